"""Secrets known by the setting they stand in: assignments, flags, connection strings."""

import re

from helmward.guard.matching.kinds import Kind
from helmward.guard.secrets.assignments import assignment, flag, pair
from helmward.guard.secrets.confirm import looks_random, mixed, varied
from helmward.guard.secrets.plain import is_object_name, is_plain, is_reference
from helmward.guard.secrets.urls import userinfo

_KEY = r"(?:api|access|auth|account|shared|function|private|secret|signing|encryption|master|hmac|session)[_.\- ]?key"
_WORD = rf"(?:pass|pwd|pw\b|pswd|secret|token|jwt|credential|creds|{_KEY})"
_SEPARATOR = r"[ \t]*(?:=>|:=|==?|:)[ \t]*"

# What may follow a setting's name: a quoted value that is not closed yet, a YAML block, or the rest of the line.
_VALUE = r"""(?:["'`](?:[^"'`\\\r\n]|\\[^\r\n])*|[|>][+-]?\d?[ \t]*(?:\r?\n[ \t]*[^\r\n]*)?|[^\s"'`][^\r\n]*)?"""


def _typed(value: str) -> float:
    return 0.0 if is_plain(value) else 0.8


def _said(value: str) -> float:
    """After `the password is`: no word, but what a password looks like."""
    value = _ASCII.sub("", value).rstrip(".,;!?)")
    if is_plain(value) or len(value) < 6 or not any(map(str.isalpha, value)):
        return 0.0
    return 0.7 if any(map(str.isdigit, value)) or _MARKS.search(value) else 0.0


def _random(value: str) -> float:
    """After `the token is`: what only chance makes."""
    value = value.rstrip(".,;!?)")
    if len(value) < 16 or is_plain(value) or is_object_name(value) or not any(map(str.isdigit, value)):
        return 0.0
    return 0.7 if looks_random(value) or mixed(value) else 0.0


def _between(value: str) -> float:
    return 0.0 if is_reference(value) else 0.85


_ASCII = re.compile(r"[^\x21-\x7e]")
_MARKS = re.compile(r"[a-z][A-Z]|[!@#$%^&*+=?~]")
_ENGLISH = r"(?i:\b(?:pass ?word|pass ?phrase|pass ?code))"
_FOREIGN = (
    r"(?:(?i:\b(?:passwort|kennwort|mot de passe|contraseña|clave|senha|wachtwoord|hasło|lösenord))|비밀번호|비번|암호|"
    r"パスワード|密码|密碼)"
)
_OTHERS = r"(?i:\b(?:api[ -]?key|(?:access|secret) key|(?:access |api |auth )?token|secret))"
_PROSE = r"[ ]{0,2}[\"'`]{0,3}([^\s\"'`\[\]{}<>()]{6,128})"
_VERB = r"(?:is|was|to|ist|lautet|est|es|é|är)(?: now| set to| changed to)?"
_IS = rf"(?:[ ]?(?:은|는|이|가|を|は)|(?i:(?: (?:for|of) [\w@./\-]{{1,40}})? {_VERB}))"

KINDS = (
    Kind("password", rf"{_ENGLISH}{_IS}[ ]?:?{_PROSE}", _said),
    Kind("password", rf"{_FOREIGN}(?:{_IS}[ ]?[:：=]?|[ ]?[:：]){_PROSE}", _said),
    Kind("token", rf"{_OTHERS}{_IS}[ ]?:?{_PROSE}", _random),
    Kind("assignment", rf"(?i)({_WORD}[\w.\-]*)(\\*[\"']?)({_SEPARATOR})", locate=assignment, then=_VALUE),
    Kind("assignment", rf"(?i)<(?:[\w.\-]+:)?([\w.\-]*{_WORD}[\w.\-]*)()(>)[^\s<]", locate=assignment, then=_VALUE),
    Kind(
        "assignment",
        r"(?i)\b(?:name|key)\\*[\"']?\s*[:=]\s*\\*[\"']?([\w.\-]+)\\*[\"']?[\s,]*\\*[\"']?value\\*[\"']?\s*[:=][ \t]*",
        locate=pair,
        then=_VALUE,
    ),
    Kind(
        "assignment",
        rf"(?im)(?:^|[\s\"'=\[(,])-{{1,2}}([\w\-]*{_WORD}[\w\-]*)\\*[\"']?(?:[ \t]+|,\s*|\s*\n\s*-\s+)",
        locate=flag,
        then=_VALUE,
    ),
    Kind("connection-string", r"://[^\s\"'<>]+@", locate=userinfo, then=r"[^\s\"'<>]*"),
    Kind("connection-string", r"[\w.\-]+:([^\s\"'@:/]+)@(?:tcp|unix)\(", _between),
    Kind("connection-string", r"(?i)jdbc:oracle:\w+:[^\s/@:]+/([^\s@\"']+)@", _between),
    Kind("password", r"(?i)\bmachine\s+\S+\s+login\s+\S+\s+password\s+(\S+)", _typed),
    Kind("password", r"(?i)\b(?:identified\s+(?:with\s+\w+\s+)?by|password)\s+'([^'\s]+)'", _typed),
    Kind("password", r"\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;]*?\s-p([^\s\"',]{4,})", _typed),
    Kind(
        "password",
        r"\b(?:sshpass\s+-p|redis-cli\b[^\n|;]*?\s(?:-a|--pass)|docker\s+login\b[^\n|;]*?\s-p)\s+([^\s\"',]+)",
        _typed,
    ),
    Kind(
        "password", r"(?:^|\s)-(?:store|key|srcstore|deststore)pass(?:wd)?[ =]+[\"']?(?:pass:)?([^\s\"']{4,})", _typed
    ),
    Kind("password", r"\s-pass(?:in|out)?[ ]+[\"']?pass:([^\s\"']{4,})", _typed),
    Kind("password", r"\bcurl\b[^\n|;]*?\s(?:-u|--user)[ =]\s*[\"']?[^\s:\"']+:([^\s\"']+)", varied),
)
