"""A model that helps to answer: it may look with tools, and propose changes; what it says counts where it is shown by evidence."""

from helmward.ask.loop.answers import Answer, LeftOut, Proposed, Sentence
from helmward.ask.loop.budget import Budget
from helmward.ask.loop.conversation import Conversation
from helmward.ask.loop.ports import Attempt, Found, Hands

__all__ = ["Answer", "Attempt", "Budget", "Conversation", "Found", "Hands", "LeftOut", "Proposed", "Sentence"]
