"""Which one thing a reading asks for: a change, a question, or nothing that words may do."""

from __future__ import annotations

from helmward.ask.grammar import Reading
from helmward.ask.results import Reason
from helmward.ask.tags import BY_HAND, CHANGES, IN_A_CHANGE, READS, WEAK, WEAK_STEMS

INTENTS = {
    "RESTART": "restart",
    "SCALE": "scale",
    "SCALE_UP": "scale",
    "SCALE_DOWN": "scale",
    "ROLLBACK": "rollback",
    "UNDO": "undo",
    "DELETE": "evict",
    "RESTORE": "restore",
    "MEND": "mend",
    "DENY": "deny",
}
"""The change that a head asks for. REVERT depends on what it is said of."""

CHANGE_INTENTS = frozenset({*INTENTS.values()})


def changes_in(reading: Reading) -> list[str]:
    """The changes that are asked for, each once, in the order of the words."""
    if reading.has("KEEPS"):
        return []  # it keeps restarting
    found = []
    numbered = reading.counts or reading.relative or reading.has("REPLICAS", "DOUBLE", "RANGE", "ODD")
    for tag in reading.tags:
        if tag not in CHANGES:
            continue
        strong = not all(phrase in WEAK or phrase.startswith(WEAK_STEMS) for phrase in reading.phrases[tag])
        if tag in ("SCALE", "SCALE_UP", "SCALE_DOWN") and not (strong or numbered):
            continue
        if reading.phrases[tag] == ["roll"] and not reading.has("BACK"):
            continue
        intent = _revert(reading) if tag == "REVERT" else INTENTS[tag]
        if intent == "undo" and reading.has("PRIOR") and reading.targets:
            intent = "rollback"  # undo the latest release
        if intent not in found:
            found.append(intent)
    if not found and reading.targets and not reading.has("ASK", "BROKEN", "WHY"):
        wanted = bool(reading.counts) and reading.has("REPLICAS")
        multiple = any(phrase in _MULTIPLE for phrase in reading.phrases.get("DOUBLE", ()))
        return ["scale"] if wanted or multiple else []
    return _joined(found, reading)


_MULTIPLE = frozenset({"double", "triple", "halve", "quadruple"})


def _revert(reading: Reading) -> str:
    """To revert a ConfigMap, a workload, or what was done last."""
    if any(thing.kind == "ConfigMap" for named in reading.targets for thing in named.things):
        return "restore"
    return "rollback" if reading.targets and not reading.has("LAST") else "undo"


def _joined(found: list[str], reading: Reading) -> list[str]:
    """Phrases of which one says how the other is meant: undo the restart; restore the previous version."""
    if "undo" in found and len(found) == 2 and ("rollback" not in found or not reading.targets):
        return ["undo"]
    if set(found) == {"restore", "rollback"}:
        config = any(thing.kind == "ConfigMap" for named in reading.targets for thing in named.things)
        return ["restore" if config else "rollback"]
    if set(found) == {"undo", "rollback"} and reading.targets:
        return ["rollback"]
    return found


def barred(reading: Reading, found: list[str]) -> Reason | None:
    """Why words that speak of a change do not ask for it now; None where they do, or speak of none."""
    speaks = bool(found) or reading.has("MENTION", "NOTOOL", *BY_HAND)
    if reading.has("WHY") and not (found or reading.has(*BY_HAND, "DATA")):
        return None  # why does it stop, why can it not start
    if (reading.has("NOT") or _refused(reading)) and (speaks or not reading.has(*READS)):
        return "negated"
    if not (found or reading.has("NOTOOL", *BY_HAND)):
        return "question" if reading.has("MENTION") and not reading.has("WHY", "LOGS", "EVENTS") else None
    one_pod = found == ["evict"] and set(reading.phrases.get("ALL", ())) <= {"one", "one of", "single"}
    for tags, reason in _BARS:
        if reading.has(*tags) and not (one_pod and reason == "several"):
            return reason
    if reading.has("QMARK") and not polite(reading):
        return "question"
    if reading.has("PRIOR") and found != ["rollback"]:
        return "question"
    if (reading.has("LAST") and found != ["undo"]) or (reading.has("BACK") and found != ["rollback"]):
        return "question"
    if reading.has(*BY_HAND):
        return "by-hand"
    if reading.has("NOTOOL"):
        return "no-tool"
    both = reading.has("AND") and not (len(reading.counts) > 1 and len(reading.targets) == 1)
    if len(found) > 1 or both or len({named.name for named in reading.targets}) > 1:
        return "several"
    allowed = all(tag in IN_A_CHANGE or (one_pod and tag == "ALL") for tag in reading.tags if tag != "QMARK")
    return None if allowed else "question"


_MILD = frozenset({"actually", "i meant", "i mean", "sorry", "rather", "instead", "correction", "make that"})


def _refused(reading: Reading) -> bool:
    """A no that is more than a turn of phrase: no restart of frontend."""
    return any(phrase not in _MILD for phrase in reading.phrases.get("NO", ()))


_BARS: tuple[tuple[tuple[str, ...], Reason], ...] = (
    (("DATA",), "quoted"),
    (("IF", "TIME"), "condition"),
    (("ASK", "WHY", "MENTION"), "question"),
    (("ALL",), "several"),
)


def polite(reading: Reading) -> bool:
    """An order in the form of a question: could you restart …?"""
    said = reading.phrases.get("FILLER", [])
    return any(
        phrase.startswith(("can you", "could you", "will you", "could u", "can u", "would you p")) for phrase in said
    ) or any(
        "줄래" in phrase or "주실래" in phrase or "주겠어" in phrase
        for tag in CHANGES
        for phrase in reading.phrases.get(tag, [])
    )


def question_in(reading: Reading) -> str | None:
    """What is asked, by its words; None where no word says it."""
    for intent, holds in _QUESTIONS:
        if holds(reading):
            return intent
    return None


def _aimed(reading: Reading) -> bool:
    return bool(reading.targets or reading.ids)


def _listed(reading: Reading) -> bool:
    named = set(reading.kinds)
    asked = reading.has("LIST", "SHOW") or not reading.has("ASK")
    return bool(named) and asked and (not reading.targets or ("Pod" in named and reading.has("LIST", "SHOW")))


_QUESTIONS = (
    ("decisions", lambda r: r.has("DECISIONS")),
    ("explain", lambda r: any(one.startswith("inc-") for one in r.ids) and r.has(*READS, "SHOW")),
    ("help", lambda r: r.has("HELP") and not _aimed(r) and not r.has("WHY", "BROKEN", "LOGS")),
    ("get", lambda r: r.has("GET") and _aimed(r) and not {"log", "logs"} & set(r.phrases.get("LOGS", ()))),
    ("logs", lambda r: r.has("LOGS") and not r.has("EVENTS")),
    ("events", lambda r: r.has("EVENTS")),
    ("explain", lambda r: r.has("WHY") and (_aimed(r) or not r.places)),
    ("incidents", lambda r: r.has("WHY")),
    ("history", lambda r: r.has("HISTORY")),
    ("describe", lambda r: r.has("DESCRIBE") and _aimed(r)),
    ("actions", lambda r: r.has("ACTIONS")),
    ("changes", lambda r: r.has("CHANGES")),
    ("top", lambda r: r.has("TOP") and (r.kinds == ["Node"] or not r.kinds)),
    ("explain", lambda r: r.has("EXPLAIN", "BROKEN", "INCIDENTS", "STATUS") and _aimed(r)),
    ("explain", lambda r: r.has("EXPLAIN", "BROKEN") and r.has("IT")),
    ("explain", lambda r: r.has("KEEPS") and _aimed(r)),
    ("incidents", lambda r: r.has("INCIDENTS", "BROKEN")),
    ("list", _listed),
    ("list", lambda r: "running" in r.phrases.get("LIST", ()) and bool(r.places) and not r.targets and not r.kinds),
    ("status", lambda r: r.has("STATUS") and not _aimed(r)),
    ("describe", lambda r: r.has("SHOW") and bool(r.targets)),
    ("explain", lambda r: bool(r.targets) and _asks_after(r)),
)


def _asks_after(reading: Reading) -> bool:
    """Is it up? It does not answer: said of an object, without any word for what is wanted."""
    if reading.has("MENTION", "IF", "TIME", "NO", "DATA"):
        return False
    if not reading.has("NOT"):
        return reading.has("ASK")
    aux = {"does", "did", "is", "are", "was", "can", "will", "has", "have"} & set(reading.phrases.get("ASK", ()))
    fails = {"안", "못", "않"} & set(reading.phrases["NOT"])
    return bool(aux or fails)


def is_change(intent: str) -> bool:
    """Does this intent change something?"""
    return intent in CHANGE_INTENTS
