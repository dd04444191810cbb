"""Shell: commands smuggled into an argument that is none, and commands that no tool should run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import re2

from helmward.guard.tool_calls.purpose import Purpose

_PROGRAMS = (
    r"rm|curl|wget|nc|ncat|netcat|bash|sh|zsh|dash|python\d?|perl|ruby|node|php|cat|chmod|chown|sudo|su|kill|reboot|shutdown|"
    r"mkfs\S*|dd|scp|ssh|ftp|telnet|whoami|id|env|printenv|touch|mv|cp|tee|eval|exec|source|base64|openssl|kubectl|helm|docker|"
    r"aws|gcloud|az|crontab|systemctl|powershell|pwsh|iex|cmd|ping|nslookup|dig|echo|export|ls|head|tail|find|uname|sleep"
)
_AFTER = rf"\s*(?:/\S*/)?(?:{_PROGRAMS})(?:\s|$|[;|&<>)`'\"])"
_INJECTION: Any = re2.compile(
    rf"(?i)(?:;|\|\|?|&&?|\n|`|\$\(|<\(|>\(){_AFTER}"
    r"|\$\((?:\s*<|[^()]{1,200}\))|`[^`\n]{2,200}`|\$\{?IFS\b|>>?\s*/(?:etc|dev|proc|root|home|var|tmp)/"
)
_HOME = r"(?:/|/\*|~/?\*?|\$\{?HOME\}?/?\*?|\.\.?/?\*|\*|/(?:etc|usr|var|bin|boot|home|root|lib|opt|srv|data|mnt)/?\*?)"
_DESTRUCTIVE: Any = re2.compile(
    rf"(?i)\brm\s+(?:-{{1,2}}[\w=-]+\s+)*(?:-[a-z]*r[a-z]*|--recursive)\s+(?:-{{1,2}}[\w=-]+\s+)*[\"']?{_HOME}[\"']?(?:\s|$|[;|&)`'\"])"
    r"|--no-preserve-root|\bmkfs(?:\.\w+)?\s+(?:-\S+\s+)*/dev/|\bdd\s[^\n;|]{0,200}\bof=/dev/(?:sd|nvme|xvd|vd|hd|mmc|disk)"
    r"|>\s*/dev/(?:sd|nvme|xvd|vd|hd)\w|:\s*\(\s*\)\s*\{\s*:\s*\|\s*:|\bchmod\s+(?:-R\s+)?(?:777|000|a\+rwx)\s+(?:-R\s+)?/(?:\s|$)"
    r"|\bwipefs\s+(?:-\S+\s+)*/dev/|\bshred\s[^\n;|]{0,100}/dev/|\bfind\s+/\s[^\n;|]{0,100}-delete\b"
    r"|\bkubectl\s+delete\s+(?:ns|namespaces?|nodes?|pv|crds?|all)\s[^\n;|]{0,80}--all\b"
    r"|\b(?:format|del|rd|rmdir)\s+(?:/[sqfy]\s+)+[a-z]:\\?|\bRemove-Item\s[^\n;|]{0,80}-Recurse[^\n;|]{0,80}[A-Z]:\\(?:\s|$)"
    r"|\bhistory\s+-c\b|\biptables\s+(?:-F|--flush)\b|\bterraform\s+destroy\s[^\n;|]{0,60}-auto-approve"
)
_FETCH = r"(?:curl|wget|fetch|aria2c)\s[^\n|]{1,400}"
_SHELL = (
    r"(?:sudo\s+(?:-\S+\s+)*)?(?:env\s+)?(?:/\S*/)?(?:ba|z|da|k|c|a)?sh\b"
    r"|(?:sudo\s+)?(?:/\S*/)?(?:python\d?|perl|ruby|node|php)\b"
)
_REMOTE: Any = re2.compile(
    rf"(?i)\b{_FETCH}\|\s*(?:{_SHELL}|tee\s[^\n|]{{0,100}}\|\s*(?:{_SHELL}))"
    rf"|\b(?:ba|z)?sh\s+(?:-\w+\s+)?[<\"'(]*[<$]\(\s*(?:curl|wget)\s|\beval\s+[\"']?[$`(]+\s*(?:curl|wget)\s"
    r"|\bbase64\s+(?:-d|-D|--decode)\b[^\n|]{0,100}\|\s*(?:sudo\s+)?(?:ba|z)?sh\b"
    r"|\b(?:iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring)\b[^\n]{0,300}\b(?:iex|invoke-expression)\b"
    r"|\b(?:iex|invoke-expression)\b[^\n]{0,100}\b(?:iwr|irm|webclient|downloadstring|invoke-webrequest)\b"
    r"|\bcurl\s[^\n;|&]{0,300}-o\s*(\S{1,80})[^\n]{0,80}(?:&&|;)\s*(?:chmod\s[^\n;&]{0,60}(?:&&|;)\s*)?(?:sh\s+|bash\s+|\./)"
)
_REVERSE: Any = re2.compile(
    r"(?i)/dev/(?:tcp|udp)/[\w.$\{\}-]+/\d|\b(?:nc|ncat|netcat)\s[^\n;|]{0,100}\s-{1,2}(?:e|c|exec)\b[^\n]{0,60}(?:sh|cmd)|"
    r"\bmkfifo\s[^\n]{0,150}\b(?:nc|ncat|netcat|openssl)\b|\bsocat\s[^\n]{0,150}exec:|"
    r"\bsocket\.socket\([^\n]{0,300}(?:dup2|subprocess|pty\.spawn)"
)


def commands(value: str, purpose: Purpose) -> Iterator[tuple[str, float]]:
    """What of a shell is in a value. Metacharacters are an injection where no command belongs."""
    if _DESTRUCTIVE.search(value):
        yield "destructive-command", 0.95
    if _REMOTE.search(value):
        yield "remote-script", 0.9
    if _REVERSE.search(value):
        yield "reverse-shell", 0.95
    if purpose not in ("command", "query", "text") and _INJECTION.search(value):
        yield "shell-injection", 0.85
