"""Ignore what you were told."""

from __future__ import annotations

from helmward.guard.injection.phrases.notation import phrases
from helmward.guard.injection.phrases.words import BEFORE, DROP, INSTRUCTIONS, MODEL, RULES, SCOPE, WHO

_GIVEN = (
    r"(?:that )?(?:you(?:'ve| have| were| are| had)? (?:been )?(?:given|told|configured|programmed|trained|"
    r"instructed|received|set|learned|provided|follow))"
)
_YOURS = (
    rf"(?:your|the above|all previous|all prior|all earlier|all of your|any previous|any prior)(?: "
    rf"{SCOPE}){{0,3}}"
)
_LIMITS = (
    r"(?:safety|safeguards?|guard ?rails?|filters?|moderation|content (?:policy|policies|filters?)|ethic(?:s|"
    r"al)(?: guidelines)?|restrictions?|censorship|limitations?)"
)

PHRASES = [
    *phrases(
        "instruction-override",
        rf"(?:forget|ignore|disregard)(?: about)? (?:all|any|every)(?: {SCOPE}){{0,2}} {BEFORE}(?: "
        rf"{SCOPE}){{0,2}} (?:tasks?|assignments?|questions|conversations?)\b",
        r"(?:forget|disregard|ignore)(?: about)? (?:absolutely )?everything (?:and|then|now|you)\b",
        r"(?:forget|disregard|ignore) (?:(?:all|what) {4})?what(?:ever)? the (?:system|developers?|admins?|"
        r"operators?)(?: prompt| message)? (?:said|says|told|tells|wrote|wants?)",
        asked=False,
    ),
    *phrases(
        "instruction-override",
        rf"{DROP}(?: {SCOPE}){{0,3}} (?:your|{BEFORE}|all)(?: {SCOPE}){{0,3}} {INSTRUCTIONS}\b",
        rf"{DROP} (?:all|any|everything|the|every)(?: {SCOPE}){{0,4}} (?:{INSTRUCTIONS}|{RULES}) (?:above|"
        rf"before (?:this|now)|{_GIVEN}|that (?:came|come|were|was) before|placed)\b",
        rf"{DROP}(?: {SCOPE}){{0,2}} your(?: {SCOPE}){{0,3}} {RULES}\b",
        rf"{DROP} (?:all|any)(?: {SCOPE}){{0,2}} {BEFORE}(?: {SCOPE}){{0,2}} {RULES}\b(?: and| then|[.!:,\"]|$)",
        rf"{DROP} (?:the|your|this|any) (?:system|developer) (?:prompt|message|instructions?|text)\b",
        rf"{DROP} (?:absolutely )?(?:everything|anything|all|whatever|what)(?: that)? (?:you(?:'ve| have| were|"
        rf" had)? (?:been )?(?:told|taught|know|knew|learned|given|"
        r"instructed|heard|read)|(?:was|were|is|has been|had been) (?:said|told|written|stated)(?: to you)? "
        r"(?:above|before|earlier|so far|previously)|"
        r"(?:above|before (?:this|that|now)|prior to this|up to (?:here|now)|so far|(?:came|comes|stood) before))\b",
        rf"{DROP}(?: {SCOPE}){{0,3}} (?:context|conversation|messages?|text) (?:above|before this|and "
        rf"{{2}}(?:instructions|restrictions|rules))",
        rf"(?:{INSTRUCTIONS}|{RULES}|everything) (?:above|before this|up to here) (?:is|are|was|were)(?: now| "
        rf"hereby| all| just| only)? (?:void|null|invalid|obsolete|"
        r"cancell?ed|wrong|fake|a test|a mistake|no longer|revoked|outdated|superseded|irrelevant|not real)",
        rf"your(?: {SCOPE}){{0,3}} (?:{INSTRUCTIONS}|rules|constraints|restrictions|limitations|safeguards|"
        rf"training)(?: {{4}})? (?:no longer (?:appl|count|hold|matter|valid)|(?:is|are|was|were|has been|have "
        rf"been)(?: now| hereby| "
        r"all)? (?:void|null|invalid|obsolete|cancell?ed|revoked|lifted|suspended|superseded|replaced|"
        r"overridden|disabled|a mistake|wrong|updated|removed|deleted|reset))",
        rf"(?:none of|all)(?: {SCOPE}){{0,3}} (?:{INSTRUCTIONS}|{RULES})(?: {{2}})? (?:no longer|do not|don't|"
        rf"doesn't|never) (?:apply|count|matter|hold)\b",
        rf"you (?:are|'re|were)(?: now| hereby)? (?:no longer|not|free (?:from|of)|released from|freed (?:from|"
        rf"of)|relieved (?:from|of)|liberated from|exempt from)"
        rf"(?: any more| anymore)?(?: bound| restricted| limited| constrained| governed| subject| obliged)?(?: "
        rf"by| to| from)?(?: {SCOPE}){{0,4}} (?:{INSTRUCTIONS}|{RULES})\b",
        rf"you (?:no longer|do not|don't|need not|dont|needn't)(?: have to| need to| must)? (?:follow|obey|"
        rf"respect|adhere to|comply with|observe|listen to|honou?r|abide by)"
        rf"(?: {SCOPE}){{0,4}} (?:{INSTRUCTIONS}|{RULES})\b",
        rf"(?:switch|turn) off (?:all )?your(?: {SCOPE}){{0,2}} {_LIMITS}|(?:disable|deactivate|remove|lift|"
        rf"delete|drop|bypass|circumvent) (?:all )?(?:of )?your(?: {SCOPE}){{0,2}} {_LIMITS}",
        r"your (?:real|true|actual|only|new|sole) (?:task|goal|purpose|job|mission|objective|instructions?|"
        r"prompt|role|orders?)(?: now)? (?:is|are)\b",
        r"(?:listen|answer|obey|respond) (?:only )?to (?:only )?me (?:only|alone|and nobody)|(?:only|just|"
        r"solely) (?:listen to|obey|follow) (?:me|my)\b|obey (?:me|my|only|every)\b",
        rf"(?:follow|obey)(?: only)? (?:this|these|the following|my|what follows|what comes next)(?: {{2}})? "
        rf"instead|(?:follow|obey|use|treat|take|execute)(?: only)? (?:this|these|the following|my|what "
        rf"follows|what comes next)(?: {{3}})? (?:as your (?:real|new|only|true|actual|system|"
        rf"sole) (?:{INSTRUCTIONS}|rules|orders))",
        r"(?:comply with|obey|fulfil|execute|answer|satisfy) (?:every|any|all|each)(?: of)?(?: my)? "
        r"(?:requests?|commands?|orders?|demands?|prompts?)(?: {3})? "
        r"(?:without (?:question|exception|hesitation|refus|restriction|limit|filter)|below|no matter|that "
        r"follow|from now)",
        r"without (?:any )?(?:restrictions?|limitations?|filters?|censorship|filtering|moderation|guard "
        r"?rails?|safety checks?) (?:whatsoever|at all|imposed|or (?:filter|limit|censor|restrict|moderat)\w+)",
        r"(?:answer|respond|reply|speak|act)(?: me| to me| freely| to everything| to all)? without (?:any|your|"
        r"all) (?:restrictions?|limitations?|filters?|censorship|moderation|guard ?rails?|safety)",
        asked=False,
    ),
    *phrases(
        "instruction-override",
        rf"{DROP}(?: {SCOPE}){{0,4}} (?:{INSTRUCTIONS}|{RULES})(?: {{2}})? (?:you (?:started|began|were|have|"
        rf"had|got|received|came)|mentioned|at the (?:beginning|start|top)|of (?:this|our|the) (?:conversation|"
        rf"chat)|"
        rf"(?:of|from|by|set by|imposed by) (?:the |your )?{WHO})\b",
        rf"(?:do not|don't|dont|never|stop|no longer) (?:listen|listening|obey|obeying|trust|answer)(?: to)? "
        rf"(?:your|the|any)(?: {{1}})? {WHO}\b",
        rf"{WHO}(?: {{1}})? (?:removed|lifted|disabled|cancell?ed|dropped|switched off|turned off|deleted|"
        rf"suspended|waived)(?: {{2}})? your(?: {SCOPE}){{0,3}} (?:{INSTRUCTIONS}|{RULES})\b",
        rf"(?:{INSTRUCTIONS}|{RULES})(?: that| which)? you (?:have been|were|are|had been|'ve been) (?:given|"
        rf"told|taught|set|bound by|following|under)(?: {{3}})? (?:is|are|was|were|have been)(?: now| hereby)? "
        r"(?:void|lifted|null|invalid|obsolete|cancell?ed|wrong|outdated|removed|suspended|gone|no longer)",
        rf"(?:whatever|anything|everything|what|all that)(?: that)? (?:the |your )?{WHO}(?: {{1}})? (?:wrote|"
        rf"said|told|configured|programmed|instructed|set|put|says|say|tells?)\b[^\n.!?]{{0,80}}\b(?:ignore|"
        rf"disregard|forget|outdated|irrelevant|no longer|void|obsolete|wrong)",
        r"(?:forget|abandon|drop|discard|leave behind|give up)(?: about)? your (?:role|identity|purpose|job|"
        r"persona|character|duties|duty|training|assignment|mission|task)\b",
        r"(?:treat|take|consider|regard|accept) (?:my|this|these|the following|only my)(?: {2})? as (?:the "
        r"only|your (?:new|real|only|true|system|sole|actual)|system|the highest|authoritative|the system|"
        r"orders)\b",
        r"(?:will|must|shall|now|should)(?: now| only){0,2} (?:follow|obey|execute)(?: only)? my (?:commands?|"
        r"orders?|every|instructions and)|(?:follow|obey) my (?:commands?|orders?) (?:and only|only|alone|from "
        r"now)|only my (?:commands?|orders?|words?) (?:count|matter)",
        asked=False,
    ),
    *phrases(
        "instruction-override",
        rf"(?:this is (?:a|an|the)|here (?:is|are) (?:your|the)|these are your|begin|start of|the) (?:new|real|"
        rf"updated|true|actual)(?: system)? (?:{INSTRUCTIONS}|rules|orders)\s*[:.\n#*\"]",
        rf"(?:new|updated|revised|real|actual|emergency|priority)(?: system| developer| admin)? "
        rf"{INSTRUCTIONS}(?: for (?:you|the {MODEL}|{MODEL}))?[ #*=-]*[:\n][^\n]{{0,40}}\b(?:you|approve|"
        rf"delete|ignore|comply|"
        r"reveal|print|send|call|disable|allow|act|respond|do|never|always)\b",
        r"(?:system|admin|administrator|developer|root|safety) override\b[^\n]{0,60}\b(?:instructions?|"
        r"assistant|you|ai|model|mode|enabled|disable|ignore|approve|grant|unlock)\b",
    ),
    *phrases(
        "suspected",
        rf"{DROP}(?: {SCOPE}){{0,2}} (?:previous|prior|above)(?: {SCOPE}){{0,2}} (?:rules|constraints|"
        rf"restrictions|limitations|safeguards|guard ?rails) and (?:do|tell|show|give|run|delete|print)\b",
        sure=False,
    ),
]

# Where letters were written apart, words may have run together.
SQUASHED = [
    *phrases(
        "instruction-override",
        r"(?:ignore|disregard|forget|override|bypass)(?:all|any|the|your|my|of|previous|prior|above|earlier|"
        r"system|these|those|everything){1,6}"
        r"(?:instructions?|directions|directives|guidelines|rules|prompts?)",
    ),
    *phrases(
        "prompt-extraction",
        r"(?:reveal|show|print|repeat|output|leak|display|give|tell)(?:me|us|the|your|all|of|full|entire|"
        r"hidden|secret){1,5}(?:systemprompt|instructions|prompt)",
    ),
]
