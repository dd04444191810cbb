"""A model that helps to answer: it may look, and propose changes; what it says counts where evidence shows it."""

from helmward.ask.loop.answers import Answer, LeftOut, Proposed, Sentence
from helmward.ask.loop.budget import Budget
from helmward.ask.loop.conversation import Conversation
from helmward.ask.loop.ports import Attempt, Found, Hands, ReplyBlocked, Withheld

__all__ = [
    "Answer",
    "Attempt",
    "Budget",
    "Conversation",
    "Found",
    "Hands",
    "LeftOut",
    "Proposed",
    "ReplyBlocked",
    "Sentence",
    "Withheld",
]
