"""Calls of tools, written where nobody may call any."""

from __future__ import annotations

from helmward.guard.injection.phrases.notation import TOOL, USER, Phrase, phrases
from helmward.guard.injection.phrases.words import AI

_CALL = r"(?:call|invoke|run|execute|use|trigger)(?:ing|s)?"
_NAME = r"[`\"'*]{0,2}[a-z][a-z0-9]*(?:_[a-z0-9]+)+"

PHRASES = [
    Phrase(
        "tool-smuggling",
        r"<(?:tool_calls?|tool_use|function_calls?|antml:function_calls|function=\w+|invoke name=|"
        r"\|tool_calls?(?:_begin)?\||\|python_tag\|)[^\n]{0,20}>?[\s\S]{0,60}[\"'{=(<]",
    ),
    Phrase("tool-smuggling", r"\[tool_calls?\]\s*[\[{]"),
    # Documents and programs are full of such JSON; what plays an answer of the model is meant to be taken for one.
    Phrase(
        "tool-smuggling",
        r"[\"']role[\"']\s*:\s*[\"']assistant[\"']\s*,[^\n]{0,80}[\"'](?:tool_calls|function_call)[\"']\s*:\s*[\[{]",
        roles=USER,
    ),
    Phrase("tool-smuggling", r"(?:^|\n)\s*action\s*:\s*[a-z_]+\s*\n\s*action[ _]input\s*:"),
    *phrases(
        "tool-smuggling",
        rf"(?:{AI}|agent|model|you) (?:must|should|shall|needs? to|has to|have to|are to)(?: now| then| also| "
        rf"immediately| first| next| always)* {_CALL}"
        rf"(?: the)?(?: (?:tool|function|command))? {_NAME}",
        rf"(?:now|immediately|then|next|instead|please|first|must|should)(?: also)? {_CALL} (?:the )?(?:tool|"
        rf"function) {_NAME}",
        rf"{_CALL} (?:the )?(?:(?:tool|function) )?{_NAME}\b[^\n]{{0,120}}\b(?:without (?:asking|telling|"
        rf"confirm|approval|permission)|as if nothing|before (?:answering|you answer|responding|you respond)|"
        r"do not (?:tell|mention|inform|ask)|don't (?:tell|mention|inform|ask)|in your (?:reply|answer|response))",
        roles=TOOL,
    ),
]
