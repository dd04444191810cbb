"""What of a sentence can be held against evidence: names, numbers, verdicts, commands; and what disguises them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helmward.core.text import HOSTILE

_TOKEN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/:@%+=~#$&*-]*[A-Za-z0-9%+=~])?")
_PARTS = re.compile(r"[/:=@,+#&]")
_CAPITALS = re.compile(r"[a-z][A-Z]|[A-Z]{2}.*[a-z]|[A-Z]{5}|_")
_SPELT = re.compile(r"(?:\b\w{1,2}\b[^\w\n]{1,3}){6,}")
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKUP = re.compile(r"!?\[[^\]]*\]\s*[(\[:]|<\s*/?\s*[A-Za-z!]|&#|data:[a-z]", re.IGNORECASE)
_CALL = re.compile(
    r"</?\s*(?:tool|function|invoke|antml)|tool_(?:call|use)|function_call|\"(?:arguments|parameters|tool|name)\"\s*:|"
    r"\b[a-z]+_[a-z_]+\s*\(|DATA [0-9a-f]{8}|END [0-9a-f]{8}",
    re.IGNORECASE,
)
_LONGEST_WORD = 18

VERDICTS = frozenset(
    re.findall(
        r"\w+",
        """healthy fine ok okay safe secure normal harmless benign legitimate trusted resolved fixed recovered solved mended
        working succeeded successful completed done restarted scaled deleted removed patched rolled reverted verified
        authorised authorized permitted allowed whitelisted exempt running available stable operational reachable""",
    )
)
"""Words that settle something; they must stand in the evidence."""

_NORMAL = re.compile(r"\bNormal\b")
VERDICTS_KOREAN = re.compile(
    r"정상|건강|안전|해결|복구|완료|성공|이상\s*없|문제\s*없|재시작했|삭제했|조정했|되돌렸|허용"
)

APPROVALS = re.compile(r"\bapprov\w*|\bsigned[ -]?off\b|\bbreak[- ]?glass\b|승인|결재", re.IGNORECASE)
"""Words about an approval: only Helmward's own records tell of one."""

COMMANDS = re.compile(
    r"\b(?:kubectl|helmward [a-z]+|helm (?:install|upgrade|rollback|uninstall)|argocd app|flux (?:suspend|resume|reconcile)|"
    r"(?:curl|wget|sudo|ssh|docker|crictl|gcloud|psql|eval)(?= )|bash|sh -c|rm -\w|base64 -)",
    re.IGNORECASE,
)
"""Words of commands: only Helmward's own remedies give one."""

_HELPING = r"have|has|had|will|am|are|was|did|just|now|already|also|then|successfully|been|being|going|to"
_WHO = rf"(?:\b(?:I|we|helmward)(?:'\w+)?\s+(?:(?:{_HELPING})\s+)*|제가[^.]{{0,30}}|저는[^.]{{0,30}})"
_DID = (
    r"(?:restart|scal|delet|remov|patch|roll|revert|appl|approv|fix|mend|chang|updat|creat|kill|stopp|start|run|ran|execut|"
    r"grant|revok|heal|resolv|done|did|made|재시작|삭제|조정|되돌|변경|승인|실행|적용)"
)
ACTING = re.compile(_WHO + _DID, re.IGNORECASE)
"""A sentence that says that its speaker acted."""

_ORDINARY = frozenset(
    re.findall(
        r"\S+",
        """out-of-memory read-only back-off crash-loop crash-looping long-running up-to-date so-called non-zero re-created one-off
        in-cluster cluster-wide first-time follow-up e.g i.e""",
    )
)


_LITTLE = frozenset(
    re.findall(r"\w+", "a an the it its this that is was were be been has have had by to of on at in and for with as")
)
"""Words that say nothing by themselves."""


def telling(text: str) -> Iterator[str]:
    """The names and numbers of a sentence: what holds a digit, a joint or inner capitals, and what is long."""
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word.lower() in _ORDINARY:
            continue
        joined = any(sign in word for sign in "-_/.:@=%+~#$&*")
        if joined or any(map(str.isdigit, word)) or _CAPITALS.search(word) or len(word) >= _LONGEST_WORD:
            yield word.lower()


def words_of(text: str) -> frozenset[str]:
    """The words of evidence, whole and in their parts."""
    whole = [match.group().lower() for match in _TOKEN.finditer(text)]
    parts = (part.strip(".-_*~$") for word in whole for part in _PARTS.split(word))
    return frozenset([*whole, *parts])


def stands(word: str, known: frozenset[str]) -> bool:
    """Is this word there, or the beginning of a name up to a joint (a Deployment's, in its pod's)?"""
    return word in known or (len(word) > 2 and any(one.startswith((f"{word}-", f"{word}.")) for one in known))


def settles(text: str, excerpts: str) -> bool:
    """Do all words of a sentence that settle something stand in the evidence? The type `Normal` of an Event says nothing."""
    known = words_of(_NORMAL.sub(" ", excerpts))
    korean = VERDICTS_KOREAN.findall(text)
    return all(word in excerpts for word in korean) and known >= {
        word for word in re.findall(r"[a-z]+", text.lower()) if word in VERDICTS
    }


def nothing_but(text: str, ours: str) -> bool:
    """Does a sentence say nothing but words that Helmward says, and little words?"""
    return set(re.findall(r"\w+", text.lower())) - _LITTLE <= set(re.findall(r"\w+", ours.lower()))


def commands_stand(text: str, ours: str) -> bool:
    """Does each command stand word for word, from its first word to the sentence's end, in what Helmward says?"""
    plain, known = (" ".join(re.sub(r"[`*'\"]", "", one).lower().split()) for one in (text, ours))
    return all(plain[match.start() :].rstrip(" .!:;") in known for match in COMMANDS.finditer(plain))


def disguised(text: str) -> bool:
    """Invisible or reordering characters, letters of several alphabets in one word, or a word spelt out."""
    if HOSTILE.search(text) or _SPELT.search(text):
        return True
    return any(_mixed(word) for word in _LETTERS.findall(text) if not word.isascii())


def markup(text: str) -> bool:
    """Images, links, tags."""
    return _MARKUP.search(text) is not None


def call_in_text(text: str) -> bool:
    """A tool call, or a mark of data, written as text."""
    return _CALL.search(text) is not None


def _mixed(word: str) -> bool:
    """Latin beside Cyrillic, Greek, Armenian or Cherokee, or letters of other shapes (full width, mathematical)."""
    latin = any(character.isascii() for character in word)
    other = any(0x370 <= ord(c) <= 0x58F or 0x13A0 <= ord(c) <= 0x13FF for c in word)
    shaped = any(0xFF00 <= ord(c) <= 0xFF65 or 0x1D400 <= ord(c) <= 0x1D7FF for c in word)
    return shaped or (latin and other)
