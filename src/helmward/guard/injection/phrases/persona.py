"""Be somebody who has no rules."""

from __future__ import annotations

from helmward.guard.injection.phrases.notation import phrases
from helmward.guard.injection.phrases.words import MODEL

_BE = (
    r"(?:(?:act|behave|respond|answer|reply|speak|talk|write|roleplay|role play|play|pose)(?: to me| now)? "
    r"(?:as|like)(?: if)?|pretend(?: that)?(?: to be| you| to have)|imagine (?:you|being|that you)|simulate|"
    r"become|"
    r"you(?: are|'re| will be|'ll be| were)(?: now| going to)?|i want you to be|let's play|take on|assume the|"
    r"adopt|emulate|impersonate|if you (?:were|had|are)|suppose you)"
)
_NO = (
    r"(?:no|not any|without(?: any| a)?|zero|free (?:of|from)|freed from|liberated from|released from|stripped "
    r"of|exempt from|devoid of|immune to|not bound by|never bound by|unbound by|unburdened by|not (?:limited|"
    r"restricted|constrained|governed) by|lacks?|lacking|ignores?|beyond|outside)"
)
_RULES = (
    r"(?:ethics?|ethical|morals?|morality|moral|rules?|restrictions?|restraints?|limits?|limitations?|"
    r"guidelines?|filters?|filtering|censorship|constraints?|boundaries|safeguards?|guard ?rails?|"
    r"(?:content |safety |usage )?polic(?:y|ies)|moderation|inhibitions?|conscience|principles|laws|warnings|"
    r"disclaimers|safety|training)"
)
_FREE = (
    r"(?:unrestricted|unfiltered|uncensored|jail ?broken|amoral|unaligned|unhinged|unbound|unlimited|"
    r"unmoderated|rogue|evil|unethical|unchained)"
)

PHRASES = [
    *phrases(
        "jailbreak-persona",
        rf"{_BE} {{14}}{_NO}(?: {{3}})? {_RULES}\b",
        rf"{_FREE}(?: and {{1}})? (?:ai|a\.i\.|assistants?|(?:chat ?)?bots?|self|persona|personality|alter ego|"
        rf"entity|character|llm|being)\b",
        rf"(?:{_BE}|enter|activate|enable|switch|in) {{5}}{_FREE}(?: and {{1}})? (?:(?:language )?models?|mode|"
        rf"versions?|agent|machine|responses?)\b",
        r"(?:developer|dan|jailbreak|god|unrestricted|dev) mode (?:is )?(?:now )?(?:enabled|activated|unlocked|"
        r"on)\b[^\n]{0,100}\byou (?:will|can|must|are|may)\b",
        r"(?:you are|you're|you will be|act as|acting as|called|named|name is|be|become|play|as|pretend(?: to "
        r"be| you are)?|i am|hello|hi|mode)(?: now| going to pretend to be| a| an| the| like| \"| '| going to "
        r"be| to be){0,3} "
        r"(?:dan|stan|dude|aim|evil ?bot|chaosgpt|mongo ?tom|betterdan|antigpt|sydney|devmode|omega|ucar|evil "
        r"confidant|jailbot|freegpt|rebelgpt|maximum)\b(?:[ ,.!:;\"'(]|$)(?:[^\n]{0,200}"
        r"(?:any ?thing|no (?:rules|limits|filters|restrictions|ethics)|unfiltered|never|free|amoral|refus|"
        r"break|broken|without|can do))",
        r"(?:you|dan|it|who|that|can|to|will|ai|called) (?:can |will |are able to |could |now |must )*do "
        r"anything now(?:\s*[.!,;:\"')\n]|$| (?:and|without|you|mode|no|because you))",
        r"do anything now[^\n]{0,120}\b(?:broken free|no rules|no restrictions|confines|pretend|you are|never "
        r"refuse)\b",
        r"(?:broken?|broke|break|set) free (?:of|from)(?: {3})? (?:confines|rules|restrictions|limits|chains|"
        r"constraints|shackles|limitations)(?: {3})? (?:ai|you|imposed|set|of)",
        r"(?:you|that|who|it|which|and|ai)(?: {2})? (?:never|can ?not|can't|will not|won't|must not|do not|"
        r"don't|may not|must never|will never|should never|cannot ever) (?:ever )?(?:refuses?|declines?|deny|"
        r"denies|rejects?|says? (?:no|that you|you)|"
        r"apologi[sz]e)(?: {2})?(?:[.!,;\n\"']|$| (?:anything|any|requests?|a request|to (?:answer|do|help|"
        r"comply|say)|an order|you can))",
        rf"{MODEL} with(?:out)? (?:no|any|zero)(?: {{2}})? {_RULES}\b",
        rf"{MODEL} (?:that|which|who) (?:has|have|had|knows|follows|obeys) (?:no|none|zero)(?: {{2}})? {_RULES}\b",
        r"(?:you are|you're|are) (?:now )?(?:in|entering|operating in|running in) (?:developer|debug|god|sudo|"
        r"dan|jailbreak|unrestricted|unfiltered|dev|opposite|evil|unsafe|superuser) mode",
        r"(?:enter|switch (?:in)?to|go into|boot into|start|you are in|simulate|enable|activate|unlock|"
        r"engage)(?: the| your)? (?:(?:dan|jailbreak|god|unrestricted|unfiltered|uncensored|evil|opposite|no "
        r"filter|unsafe|anarchy) mode"
        r"|(?:developer|dev|debug|sudo|admin|root|maintenance|superuser) mode(?:[.!,;:]|\s*\n| (?:and|now|"
        r"where|in which)\b)[^\n]{0,80}\b(?:you|your|filter|without|ignor|polic|restrict|uncensor|answer))",
        r"(?:in|with) (?:developer|dev|dan|jailbreak|debug|god|sudo) mode(?: enabled| on| active)? you (?:can|"
        r"answer|will|may|must|ignore|have|are|do|reply|respond)\b",
        r"(?:respond|answer|reply)(?: to (?:me|every|each|all))?(?: {4})? (?:twice|in two ways|as both|with "
        r"two (?:answers|responses|replies))\b[^\n]{0,200}\b(?:jail ?br|dan|classic|unfiltered|no limits|"
        r"developer mode|uncensored)",
        r"(?:stay in|don't break|do not break|never break|remain in)(?: the| your)? "
        r"character[^\n]{0,120}\b(?:no matter|never|rules|refuse|even if|token|die|shut)",
        r"(?:my|a) (?:late|deceased|dead|dear)? ?(?:grandm\w+|granny|grandpa\w*) (?:who|used to|"
        r"would)[^\n]{0,120}\b(?:key|password|napalm|read|recite|secret|licen[cs]e|recipe|exploit|malware)",
        asked=False,
    ),
]
