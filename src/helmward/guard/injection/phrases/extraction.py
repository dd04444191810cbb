"""Tell me what you were told."""

from __future__ import annotations

from helmward.guard.injection.phrases.notation import USER, phrases
from helmward.guard.injection.phrases.words import INSTRUCTIONS

_TELL = (
    r"(?:reveal|show|print|output|repeat|display|tell|give|share|leak|disclose|expose|dump|paste|write|recite|"
    r"echo|return|send|list|summari[sz]e|translate|describe|paraphrase|"
    r"encode|spell|type|quote|provide|copy|state|read|explain|present|put|place|include|embed|insert|recall|"
    r"answer with|see|extract|reproduce|render|convert|rewrite|rephrase|see|know|get|view|have)"
)
_KIND = (
    r"(?:system|initial|original|hidden|secret|internal|underlying|own|first|starting|developer|pre|base|full|"
    r"complete|entire|whole|exact|current|actual|confidential|core|raw|custom|configuration|config|setup|"
    r"startup|opening|master|boot|preset|role)"
)
_PROMPT = r"(?:prompts?|pre ?prompts?|meta ?prompts?|instructions?|directives?|guidelines?|preamble|messages?|rules)"
_YOURS = rf"your(?: (?:{_KIND}|very|and|or|set|of|list)){{1,4}} {_PROMPT}"
_END = (
    r"(?:\s*[.!?\n\"'`)]|$| (?:verbatim|word for word|exactly|in full|above|you|now|and|as|starting|that|to me|"
    r"here|please|completely|literally|text|in (?:a|an|json|your|base64|code|reverse|english|french|german|"
    r"spanish)))"
)
_GIVEN = (
    r"(?:given|told|configured|programmed|instructed|initiali[sz]ed|primed|prompted|provided|set ?up|started|loaded)"
)

PHRASES = [
    *phrases(
        "prompt-extraction",
        rf"{_TELL} {{4}}{_YOURS}",
        rf"{_TELL} (?:me |us |out |all |of |back ){{0,3}}your (?:prompt|instructions|pre ?prompt|preamble|"
        rf"guidelines|directives)\b{_END}",
        rf"{_TELL} {{6}}of your (?:prompt|instructions|pre ?prompt|preamble|directives)\b{_END}",
        rf"(?:what|which)(?: is|'s| are| was| were| does| do)?(?: exactly)? (?:{_YOURS}|your (?:prompt|"
        rf"instructions))\b{_END}?",
        rf"what (?:does|do|did|is written in|stands in|is in|was in) your {_KIND}? ?{_PROMPT}",
        rf"(?:reveal|show me|show us|print|output|repeat|leak|disclose|dump|recite|echo|paste|expose|give me|"
        rf"tell me|reproduce)(?: me| us| out| back| all| of| verbatim)* the"
        rf"(?: (?:{_KIND}|very|and|contents? of the)){{0,3}} (?:(?:system|initial|hidden|secret|developer|"
        rf"original|internal) {_PROMPT}|pre ?prompt|meta ?prompt){_END}",
        r"(?:repeat|print|output|copy|recite|return|paste|write|give me|reproduce|display|translate|"
        r"summari[sz]e|echo|show me)(?: me| out| back| down| again| verbatim| exactly)* "
        r"(?:all |every |each |the |everything |of |any |exact |whole |entire |full |first )+(?:words?|text|"
        r"content|contents|sentences?|lines?|instructions?|messages?|prompts?|paragraphs?|"
        r"that (?:is|was|stands|came))?(?: (?:written|that (?:is|was|came|appears?|stands?|precedes?)|found|"
        r"from|placed|shown))? ?(?:above|before (?:this|our|the conversation|my first)|"
        r"preceding|prior to (?:this|our))(?:\s*[.!?,;:\n\"'`)]|$| (?:(?:this|starting|verbatim|including|word|"
        r"my|line|message|sentence|exactly|our)\b|in (?:a|an|json|your|base64|code|full|english|french|"
        r"german)\b|and (?:print|repeat|show|reveal)))",
        rf"{_TELL} {{6}}(?:what|everything|anything|the \w+|all|{INSTRUCTIONS}|text|words|rules)(?: that| "
        rf"which)? (?:you(?:'ve| have| had)? (?:been|were|got)|(?:was|were) (?:set|given|placed|put|"
        rf"written|loaded)) ?(?:{_GIVEN})?(?: to you| with| in| for you)?(?: before| at the (?:start|"
        rf"beginning)| initially| prior| in the beginning| first|[,.!?]|$| word)",
        rf"(?:what|which) (?:\w+ )?(?:{_PROMPT}|restrictions|limits)(?: {{1}})? (?:were|are|have|did)(?: "
        rf"{{2}})? (?:you|give you|tell you)\b",
        rf"(?:complete|continue|finish)(?: {{4}})? (?:my|the) (?:{_KIND} ){{0,2}}{_PROMPT} (?:is|are|says?|"
        rf"reads?|begins?|starts?)\b",
        r"(?:paragraph|text|message|words?|lines?|sentences?|prompt|part)(?: that| which)? (?:comes|came|is|"
        r"was|stands|stood|appears|precedes)(?: right)? (?:before|above|ahead of) (?:my|our|the) (?:first|very "
        r"first|conversation|message|chat)",
    ),
    *phrases(
        "prompt-extraction",
        rf"(?:the|those|any|all)(?: {{2}})? (?:text|words?|prompt|message|instructions?|rules|guidelines?|"
        rf"directives)(?: that| which| with which)? (?:you were|you are|you have been|you've been) (?:{_GIVEN})",
        r"(?:rules|instructions|guidelines|prompt|directives)(?: that)? (?:your|the|their) (?:developers?|"
        r"creators?|makers?|operators?|owners?|programmers?|admins?|company|vendor)(?: have| has)? "
        r"(?:gave|given|wrote|told|set|put|programmed|configured|hid|hidden)",
        r"(?:starting|beginning|begins?|starts?)(?: from)? with (?:the (?:words?|phrase|sentence|text) )?you are\b",
        rf"(?:hidden|secret|developer|system|initial|original) {_PROMPT}(?: that)? (?:was|were|is|has been) "
        rf"(?:set|given|placed|put|loaded|written|configured|added|used)(?: {{2}})? before (?:our|this|the|we|"
        rf"my)",
        roles=USER,
    ),
    *phrases(
        "suspected",
        r"your (?:system|initial|hidden|original|secret|developer) (?:prompt|instructions|messages?)\b",
        sure=False,
        roles=USER,
    ),
]
