"""Turns of a conversation that nobody took: chat templates' tokens, and lines that look like somebody else's."""

from __future__ import annotations

from helmward.guard.injection.phrases.notation import Phrase, phrases

_MARKER = (
    r"(?:<\|(?:im_start|im_end|im_sep|system|user|assistant|start_header_id|end_header_id|eot_id|endoftext|"
    r"begin_of_text|end_of_text|start|end|message|channel|"
    r"start_of_turn_token|end_of_turn_token|end_of_turn|chatbot_token|user_token|system_token|python_tag|"
    r"eom_id|tool)\|>|<(?:start|end)_of_turn>|\[/?inst\]|<</?sys>>|</s>\s*<s>|"
    r"\[/?(?:system_prompt|available_tools)\])"
)
# What a forged turn is forged for.
_SAYS = (
    r"\s{0,4}[^\n]{0,200}\b(?:you (?:are (?:now|no|un\w+|free|allowed|in|root|an?)|must|may|shall|will (?:now|"
    r"comply|obey|answer|do)|can now|should now)|the (?:user|operator|human) (?:is (?:now|an|the)|has|may|"
    r"wants|must)|ignore|"
    r"disregard|disabled|unrestricted|(?:safety|guard ?rails?|confirmation|approvals?|restrictions?|filters?|"
    r"polic(?:y|ies))\b[^\n]{0,50}\b(?:off|lifted|disabled|suspended|removed|bypassed|void|not (?:needed|"
    r"required|necessary)|no longer)|instructions|override|granted|comply|reveal|unlocked|without (?:approval|"
    r"asking|confirm\w+))\b"
)
_SYSTEM = r"(?:system|developer|admin(?:istrator)?|root|operator|platform)"
_REPLIES = (
    r"(?:sure|okay|ok|yes|of course|certainly|understood|done|absolutely|i (?:have|will|can|am|'ll|'ve|confirm|"
    r"understand)|access granted|all )"
)

PHRASES = [
    Phrase(
        "role-forgery",
        rf"{_MARKER}\s*(?:(?:system|assistant|user|developer|tool|ipython)\b|\n|<|you\b|"
        rf"ignore\b)[\s\S]{{0,60}}?[a-z]{{2}}[^\n]{{0,12}}[a-z ]",
        asked=False,
    ),
    Phrase("role-forgery", r"\[inst\][^\n]{2,400}\[/inst\]", asked=False),
    Phrase(
        "role-forgery",
        rf"(?:^|\n)[ \t>#*\"]*{_SYSTEM}(?: (?:message|prompt|note|notice|override|instructions?|alert|update|"
        rf"command))?\*{{0,2}}\s*[:>]{_SAYS}",
        asked=False,
    ),
    Phrase(
        "role-forgery",
        rf"(?:^|\n)[ \t>#*]*(?:assistant|ai|bot|model|chatgpt|"
        rf"claude)\*{{0,2}}\s*:\s*{_REPLIES}[^\n]{{0,200}}(?:\n\s*(?:user|human|system)\s*:|$)",
        asked=False,
    ),
    Phrase(
        "role-forgery",
        r"</?(?:system|assistant|developer|human|user|admin)[_-]?(?:message|prompt|instructions?|override|note|"
        r"query|response|input|turn|reply|command)?>[^<\n]{0,40}\s*"
        r"(?:<[^<>]{1,40}>)?" + _SAYS,
        asked=False,
    ),
    Phrase(
        "role-forgery",
        rf"\[\s*{_SYSTEM}(?: (?:message|prompt|note|notice|override|instructions?|alert|update|"
        rf"command))?\s*\]\s*:?{_SAYS}",
        asked=False,
    ),
    Phrase("role-forgery", r"\]\(#(?:system|assistant|instructions|context)\)", asked=False),
    *phrases(
        "role-forgery",
        r"(?:end|close)(?: of)?(?: the)? (?:user|untrusted|external|document|context|data|input)(?: (?:message|"
        r"input|data|content|prompt))?[ \]>*=-]*\n[^\n]{0,20}(?:system|developer|new instructions|admin)",
    ),
]
