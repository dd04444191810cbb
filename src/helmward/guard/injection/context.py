"""Is a phrase used, or only talked about? Quoted beside words about attacks, reported, forbidden, or asked after."""

from __future__ import annotations

import re

_BEFORE, _AFTER = 260, 180

_ABOUT = re.compile(
    r"\b(?:prompt[ -]?injections?|injections?\b|injected|jail ?break(?:s|ing)?\b|attack(?:er|ers|s)?\b|"
    r"malicious|adversar\w+|phrases?|such as|like|e\.g|for example|for instance|examples?|detect\w*|regex\w*|"
    r"patterns?|"
    r"classif\w+|guard ?rails?|filters?|owasp|llm0?1|test ?cases?|tests? (?:for|that|whether)|data ?sets?|red[ "
    r"-]?team\w*|payloads?|expected|blocked?|blog|paper|article|explains?|explained|training|mitigat\w+|"
    r"defen[cds]e?\w*|"
    r"sanitiz\w+|means?|meaning|says|said|wrote|writes?|contains?|containing|called|known as|scan\w*|flag(?:s|"
    r"ged)?|catch\w*|caught|recogni[sz]e\w*)",
)
_ABOUT_ATTACKS = re.compile(
    r"\b(?:prompt[ -]?injections?|injections?\b|jail ?break(?:s|ing)?\b|attack(?:er|ers|s)?\b|malicious|"
    r"adversar\w+|phrases?|detect\w*|"
    r"regex\w*|classif\w+|guard ?rails?|owasp|llm0?1|test ?cases?|tests?\(|expect(?:ed)?\b|red[ -]?team\w*|payloads?)"
)
_STRONGLY = re.compile(
    r"prompt[ -]injections?|attackers?\b|cve-\d|vulnerab\w+|threat model|attack (?:patterns?|vectors?|"
    r"techniques?|surface)|owasp|red[ -]team|jail ?break (?:attacks?|prompts?|techniques?)|exploits?\b|known "
    r"attack"
)
_YOU = re.compile(r"\byou\b")
_REPORTED = re.compile(
    r"\b(?:tell|tells|telling|told|ask|asks|asking|asked|instruct|instructs|instructing|instructed|trick|"
    r"tricks|tricking|tricked|cause|causes|force|forces|forcing|get|gets|getting|convince|convinces|make|makes|"
    r"making|lead|leads|"
    r"persuade|manipulate|manipulates|coerce|try|tries|trying|attempt|attempts|attempting|designed|used|aims?|"
    r"want|wants|wanting|instruction|instructions|commands?|prompts?|able|allows?|allowing)"
    r"(?: (?!(?:you|me)\b)[a-z0-9_'/-]+){0,5} (?:to|into|that)(?: (?:then|simply|just|completely))? ?[\"'`(]?$"
)
_WISHED = re.compile(
    r"\b(?:i|we)(?:'d| would)? (?:want|need|like|ask|order|command|instruct|tell|am (?:telling|asking))\b|"
    r"\byou(?:'re| are)? (?:asked|told|instructed|allowed|able|free)\b"
)
_NEGATED = re.compile(
    r"\b(?:never|not|don't|dont|doesn't|didn't|cannot|can't|won't|mustn't|shouldn't|isn't|wasn't|refus\w+ to|"
    r"avoid|without|prevents?(?: \w+){0,3} from|stops?(?: \w+){0,3} from|instead of|against)(?: (?:ever|be|"
    r"simply|just|attempt to|try to|let \w+))* ?[\"'`]?$"
)
_QUESTION = re.compile(
    r"^[\s>*-]*(?:(?:and|so|but|ok|okay|hi|hello|hey|please|team)[ ,]+)?(?:how|what|why|which|who|when|where|"
    r"is|are|does|do (?:i|we|you|they|these|those|the)\b|did|can (?:i|we|one|someone|you (?:explain|tell me "
    r"(?:how|why|what|whether)))|could (?:i|we|one)|should|would|may|"
    r"was|were|has|have|explain|describe|summari[sz]e|define|wie|was|warum|comment|pourquoi|como|que|perche|"
    r"waarom|write (?:a|an|the) (?:regex|rule|test|filter|function|policy|detector|blog|article|runbook))\b"
)
_THIRD = re.compile(
    r"(?:\b(?:he|she|it|they|attackers?|users?|people|players?|someone|somebody|adversar(?:y|ies)|models?|"
    r"hackers?|that|which|who|to|text|prompts?|injections?)(?: (?:can|could|may|might|will|would|often|then|"
    r"simply))*) ?[\"'`]?$"
)
_SAID = re.compile(
    r"\b(?:that|which|he|she|it|they|mail|message|text|ticket|letter|user|customer) (?:\w+ )?(?:said|says|"
    r"wrote|writes|reads|states|stated|claims|claimed)[:,]? ?[\"'`]?$"
)
_OF_SOMETHING = re.compile(
    r" (?:regarding|concerning|in (?:the (?!system|prompt|developer|beginning|initial)|our|step|section|"
    r"chapter|this (?:document|file|manual|runbook|page|readme|wiki))|on (?:the|page|how to)\b|"
    r"for (?:the )?(?:install\w*|set ?up|build|meeting|payment|delivery|order)|of the (?:manual|runbook|"
    r"document|readme|wiki|recipe|section))"
)
_SENTENCE = re.compile(r"[.!?\n](?=\s|$)|\n")


def is_talk(folded: str, start: int, end: int, asked: bool, data: bool = False) -> bool:
    """Whether the phrase at [start, end) of a folded text is talked about. `asked`: it counts in a question too. `data`: the
    text is a tool's result, where everything is quoted and anybody may write `example` beside it."""
    about = _ABOUT_ATTACKS if data else _ABOUT
    before, after = folded[max(0, start - _BEFORE) : start], folded[end : end + _AFTER]
    clause = _last_sentence(before)
    if len(_STRONGLY.findall(clause)) > 1:
        return True
    if _NEGATED.search(clause[-60:]):
        return True
    if _REPORTED.search(clause) and not _WISHED.search(clause):
        return True
    if _THIRD.search(clause[-40:]) and about.search(clause):
        return True
    if _SAID.search(clause) or _OF_SOMETHING.match(after):
        return True
    if _is_quoted(clause, folded[start : end + _AFTER]) and (about.search(before) or about.search(after)):
        return True
    if _QUESTION.match(clause) is None or _WISHED.search(clause):
        return False
    return about.search(clause) is not None or not (asked or _YOU.search(clause))


def _last_sentence(before: str) -> str:
    ends = [found.end() for found in _SENTENCE.finditer(before)]
    return before[ends[-1] :] if ends else before


def _is_quoted(clause: str, after: str) -> bool:
    """Whether a quotation is open before the phrase, and closes after it."""
    for mark in "\"`'":
        opened = clause.rfind(mark)
        if opened < 0 or len(clause) - opened > 90:
            continue
        if (opened == 0 or not clause[opened - 1].isalnum()) and clause.count(mark) % 2 and mark in after:
            return True
    return False
