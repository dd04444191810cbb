"""Approvals that nobody gave, orders to keep quiet, and data that is to go elsewhere."""

from __future__ import annotations

from helmward.guard.injection.phrases.notation import TOOL, USER, phrases
from helmward.guard.injection.phrases.words import AI, MODEL

_APPROVAL = r"(?:approvals?|authori[sz]ation|permission|confirmation|consent|sign ?off|clearance|review)"
_SKIP = (
    r"(?:skip|bypass|omit|waive|ignore|circumvent|without|no need (?:for|to (?:ask|wait|seek|get))|need no|"
    r"no(?: further| more| additional)?|do not (?:ask|wait|verify|request|require|seek|check|need)|don't "
    r"(?:ask|wait|verify|request|require|seek|check|need)|not (?:need|ask|required?)|never ask|go ahead|just "
    r"(?:do|run|execute|apply|go|proceed)|proceed|execute|apply|run)"
)
_CHIEF = (
    r"(?:admin(?:istrator)?s?|ciso|cto|ceo|cio|root|owner|manager|boss|lead|approver|developer|operator|"
    r"supervisor|director|security(?: team| officer)?|platform team|sre lead|head of \w+|vp)"
)
_ANYBODY = (
    r"(?:any(?:one|body)|no ?(?:one|body)|the (?:user|operator|admins?|administrators?|on ?call|security|team|"
    r"owner|approver|humans?|customer|client|people|manager|person|engineers?|auditors?)"
    r"(?: (?:team|engineer|person|lead))?|users?|him|her|them|others|my (?:boss|manager|team|colleagues)|"
    r"security|auditors|humans?)"
)
_SENSITIVE = (
    r"(?:secrets?|credentials?|passwords?|kube ?configs?|tokens?|api keys?|keys?|private keys?|"
    r"env(?:ironment)? variables|environment|envs|system prompt|instructions|conversation|chat|chat history|"
    r"history|context|session|cookies?|service ?accounts?|database|customer data|user data|pii|personal data|"
    r"config(?:uration)?|contents?|everything you (?:know|have seen|saw))"
)
_SEND = (
    r"(?:send|post|put|upload|transmit|forward|e ?mail|mail|leak|exfiltrate|push|copy|submit|deliver|dump|"
    r"report|pipe|append|curl|transfer|share|relay)"
)
_PUT = r"(?:append|encode|embed|include|insert|attach|add|put|write|place)"
_TARGET = (
    r"(?:https?:|ftp:|www\.|[a-z0-9.-]{1,60}@[a-z0-9-]{1,40}\.|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d|\b(?:my|this|the "
    r"following|an external|external|our remote|remote) (?:webhook|server|endpoint|url|address|site|bucket)|"
    r"[a-z0-9-]{2,40}\.(?:evil|attacker|example|com|net|io|xyz|ru|cn|site|app|dev|top|info|org)\b)"
)

PHRASES = [
    *phrases(
        "approval-forgery",
        rf"(?:already|previously|pre|fully|explicitly|hereby|verbally)[ -](?:been )?(?:approved|authori[sz]ed|"
        rf"confirmed|signed off|cleared|granted)\b[^\n]{{0,120}}\b(?:so|{_SKIP})\b",
        rf"(?:you have|i have|i've got|we have|i've|got|this has|there is|i got)(?: {{1}})? (?:my|our|the|full|"
        rf"blanket|complete|explicit|written)?(?: {{1}})? ?(?:{_CHIEF}'?s? )?{_APPROVAL} (?:for (?:everything|"
        rf"all|anything|any)|to (?:do|delete|run|bypass|skip|"
        r"override|access|read|proceed|drop|disable|see|ignore))",
        rf"{_SKIP}(?: {{2}})? (?:{_APPROVAL}|policy|polic(?:y|ies)|guards?|limits)(?: (?:step|steps|workflow|"
        rf"process|check|checks|gate))?\b[^\n]{{0,120}}\b(?:i am|i'm|as (?:the|an|a)|authori[sz]ed?|approved|"
        r"trust me|hereby|on my (?:authority|responsibility))",
        rf"(?:i am|i'm|as|this is|speaking as)(?: {{2}})? (?:the|an|a|your|platform|cluster|system|this)?(?: "
        rf"{{2}})? ?{_CHIEF}\b[^\n]{{0,120}}\b(?:(?:hereby |explicitly )?(?:authori[sz]e|order|command|permit|"
        rf"instruct|allow|grant|approve|direct)(?:s|d)? (?:you|this|it|all|the (?:change|plan|"
        rf"action|request|deletion)|full|everything)|do(?:es)? not apply to me|don't apply to me|(?:disable|"
        rf"bypass|skip|override|turn off|drop|lift|remove) (?:the |all |any |your )?(?:{_APPROVAL}|guards?|"
        rf"guard ?rails?|polic(?:y|ies)|"
        r"safety|checks?|limits?|kill switch|audit|restrictions))",
        r"i(?:,? \w+,?)? (?:hereby|officially) (?:approve|authori[sz]e|permit|grant|allow|order|command)\b|i "
        r"(?:authori[sz]e|permit) you to\b",
        r"(?:polic(?:y|ies)|rules|guards?|guard ?rails?|limits?|approvals?|restrictions?)(?: {1})? (?:do not|"
        r"don't|does not|doesn't|never) (?:apply|count|hold) (?:to|for) (?:me|us|my|this request)\b",
        rf"{_APPROVAL}(?: (?:id|code|token|number|ticket))?(?: [a-z]{{0,4}}[-#]?\d{{1,10}})? (?:is |was |has "
        rf"been |already )*(?:granted|given|obtained|confirmed|approved|valid|waived|not (?:required|"
        rf"needed))\b[^\n]{{0,120}}\b(?:{_SKIP})\b",
        rf"(?:signed off|approved|authori[sz]ed|cleared|okayed|greenlit|(?:gave|given|granted)(?: me| us| "
        rf"you)? (?:the |a |full |blanket )?(?:{_APPROVAL}|go ahead|green light|"
        rf"ok))\b[^\n.!?]{{0,80}}\b(?:(?:skip|bypass|ignore)(?: {{1}})? (?:{_APPROVAL}|"
        r"polic\w+|checks?|guards?|rules|steps?)|without (?:asking|approval|confirm\w+|review|checks)|no need "
        r"(?:to|for)|do not ask|don't ask|just (?:run|do|execute|apply))",
        rf"(?:from|by|order of|behalf of) (?:the|our|my) {_CHIEF}\b[^\n.!?]{{0,60}}\b(?:no (?:approval|"
        rf"confirmation|review)|(?:needs?|requires?) no|without (?:approval|asking|confirm\w+|review))",
        rf"(?:consider|treat|count|take|accept|regard) (?:this|it|my \w+|that)(?: {{2}})? as (?:an? |the |my |"
        rf"your |formal |final |valid |sufficient ){{0,2}}{_APPROVAL}\b",
        asked=False,
    ),
    *phrases(
        "approval-forgery",
        rf"(?:the )?(?:user|operator|human|owner|admin(?:istrator)?|customer|{_CHIEF})(?: {{1}})? (?:has|have|"
        rf"had)(?: already| previously| explicitly)? (?:approved|authori[sz]ed|confirmed|consented|agreed|"
        rf"granted|signed off)\b[^\n]{{0,120}}\b(?:{AI}|agent|"
        r"no need|need not|not need|without|skip|do not ask|don't ask|no (?:further |more )?(?:confirmation|"
        r"approval))",
        rf"(?:pre|already)[ -]?(?:approved|authori[sz]ed)\b[^\n]{{0,120}}\b(?:{AI}|agent|you) (?:may|can|"
        rf"should|must|is allowed|are allowed|need not)\b",
        rf"{MODEL} (?:may|can|should|is allowed to|are allowed to|is authori[sz]ed to|must)(?: now| then| "
        rf"always| directly)? (?:\w+ ){{0,3}}without (?:any |further |asking |human |prior |user "
        rf")*(?:{_APPROVAL}|asking|confirming)",
        roles=TOOL,
    ),
    *phrases(
        "secrecy-pressure",
        rf"(?:do not|don't|dont|never|must not|should not|mustn't|cannot)(?: ever)? (?:tell|inform|notify|"
        rf"alert|mention(?: it| this| that)? to|let|warn|report (?:it|this|that) to|say (?:it|this|anything) "
        rf"to|disclose (?:it|this|that) to|reveal (?:it|this|that) to) {_ANYBODY}\b"
        r"(?:\s*[.!,;:\n\"'<]|$| (?:about|that|of|know|especially|what|this|it|why|and|or|anything|else|in|until))",
        r"keep (?:it|this|that|the change|them|everything)(?: {2})? (?:between us|between you and me|(?:secret|"
        r"quiet|hidden|confidential) from|off the record|out of (?:the |any |all )?(?:audit|logs?|records?|"
        r"report|ticket|history)|away from)",
        rf"without (?:telling|informing|notifying|alerting|letting|warning) {_ANYBODY}\b",
        r"(?:do not|don't|never|must not)(?: ever)? (?:log|record|audit|document|write|leave|report|trace)(?: "
        r"{2})? (?:anything|any trace|traces?|a trace|this|it|that|the)?(?: (?:change|action|call|request|"
        r"command|deletion))?"
        r"(?: (?:to|in|into|of|on|anywhere)(?: in)? (?:the )?(?:audit|audit trail|audit logs?|logs?|records?)\b)",
        r"(?:do not|don't|never|must not) (?:log|record|audit|document|report|trace) (?:this|the|my) (?:change|"
        r"action|call|request|command|deletion)\b|leave no traces?\b",
        r"(?:out of|from|around|past|bypass(?:ing)?|avoid(?:ing)?|disable|turn off|stop|pause|skip)(?: the)? "
        r"audit(?:ing)?(?: (?:logs?|trail|record|logging))?\b[^\n]{0,60}\b(?:and|then|so|before|while|first|"
        r"delete|change|rotate|run|apply|[.!])",
        r"no ?(?:body|one) (?:may|must|should|can|will|needs to|has to|is to|shall)(?: ever)? (?:know|notice|"
        r"find out|hear|learn|see|be told)\b",
        asked=False,
        roles=USER,
    ),
    *phrases(
        "secrecy-pressure",
        r"(?:do not|don't|never|must not|should not|(?:delete|remove|run|call|do|execute|send|change|scale|"
        r"restart|approve|apply) {8}without)(?: ever)? (?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|"
        r"reveal(?:ing)?|disclos(?:e|ing)|warn(?:ing)?|alert(?:ing)?|notify(?:ing)?|show(?:ing)?|"
        r"say(?:ing)?)(?: (?:this|it|that|anything|the \w+(?: \w+)?|about(?: \w+){1,3}))? ?(?:to )?the (?:user|"
        r"operator|human)(?:\s*[.!\"'<\n]|$| (?:about (?:this|these|it|the)|of this|anything|what you|that you|"
        r"why)\b)",
        roles=TOOL,
    ),
    *phrases(
        "exfiltration-request",
        rf"{_SEND}(?:s|ing)? {{6}}{_SENSITIVE}\b(?: {{8}})? (?:to|at|into|via|onto|through)(?: {{3}})? {_TARGET}",
        rf"{_SENSITIVE}\b[^\n]{{0,80}}\b(?:and|then) (?:\w+ ){{0,3}}?{_SEND} (?:it|them|that|those|this|all|"
        rf"everything|the \w+|their \w+|its \w+)(?: {{2}})? (?:to|at|into|via)[^\n]{{0,60}}?{_TARGET}",
        asked=False,
        roles=USER,
    ),
    *phrases(
        "exfiltration-request",
        rf"{_SEND} {{2}}(?:all|every|any|the contents? of|its contents?|their contents?|whatever|"
        rf"everything)(?: {{4}})? {_SENSITIVE}\b(?: {{8}})? (?:to|at|into|via|onto|through)(?: {{3}})? "
        rf"{_TARGET}",
        rf"{_PUT} {{6}}{_SENSITIVE}\b[^\n]{{0,100}}\b(?:image|img|markdown|pixel|query (?:string|parameter)|"
        rf"urls?|links?)\b[^\n]{{0,40}}(?:https?:|!\[)",
        asked=False,
    ),
    *phrases(
        "exfiltration-request",
        r"(?:fetch|visit|open|browse|get|request|curl|load|render|download|navigate to|access|query|call|"
        r"ping)(?: {6})? (?:https?:|!\[)[^\s]{0,200}=(?:\{|\$\{?|<|%7b|\[)?(?:data|secrets?|(?:api_?)?keys?|"
        r"contents?|passwords?|credentials?|env|base64|\w*encoded|conversation|history|leak\w*)\b",
        rf"(?:e ?mail|send|post|upload|forward|report|transmit|submit)(?: {{4}})? (?:(?:its|their|of the) "
        rf"contents?|(?:found|these|those|its|their|resulting) (?:secrets?|credentials?|keys?|tokens?|"
        rf"passwords?|data|values?)|everything|the conversation)(?: {{4}})? (?:to|at) {_TARGET}",
        r"(?:print|include|put|show|reveal|return|output|paste|quote|write|copy|add|append)(?: {4})? (?:data|"
        r"contents?|values?|secrets?|tokens?|credentials?|passwords?|api keys?|keys?)(?: {5})? (?:in|into|to|"
        r"as) your "
        r"(?:reply|answer|response|summary|output|markdown|image|message)",
        roles=TOOL,
    ),
]
