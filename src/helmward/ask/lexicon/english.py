"""English: phrases by tag, kinds, numbers, contractions, and other words for places."""

from __future__ import annotations

from helmward.ask.lexicon import read

PHRASES = read("english")
"""By tag; the longest phrase wins, and of two of one length the tag that stands first. Contractions are written out."""

KINDS = read("english_kinds")

NUMBERS: dict[str, int] = {
    "zero": 0,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
}
"""Without one, which is said of other things too: the old one."""

CONTRACTIONS: dict[str, str] = {
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "cant": "can not",
    "cannot": "can not",
    "can't": "can not",
    "wont": "will not",
    "won't": "will not",
    "shouldnt": "should not",
    "wouldnt": "would not",
    "couldnt": "could not",
    "mustnt": "must not",
    "whats": "what is",
    "what's": "what is",
    "whys": "why is",
    "why's": "why is",
    "hows": "how is",
    "how's": "how is",
    "who's": "who is",
    "where's": "where is",
    "that's": "that is",
    "there's": "there is",
    "it's": "it is",
    "let's": "let us",
    "lets": "let us",
    "i'd": "i would",
    "i'm": "i am",
    "i've": "i have",
    "we've": "we have",
    "you've": "you have",
    "everything's": "everything is",
    "wanna": "want to",
    "gonna": "will",
    "lemme": "let me",
}

ALIASES: dict[str, str] = {
    "prod": "production",
    "prd": "production",
    "stg": "staging",
    "stage": "staging",
    "dev": "development",
    "develop": "development",
    "preprod": "pre-production",
    "mon": "monitoring",
    "pg": "postgres",
    "postgresql": "postgres",
}
"""Other words for what a namespace, an environment or a workload is called."""
