"""How a person is reached: e-mail addresses, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helmward.guard.matching.kinds import Found, Kind
from helmward.guard.matching.rows import alone, named, stands_alone
from helmward.guard.pii.phones import domestic, french, international, spoken


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Last labels that no mailbox has: names inside of clusters and networks, units of systemd, files.
_NO_MAIL = _words(
    """
    local internal svc cluster localdomain localhost lan intranet invalid corp home arpa onion service socket target
    timer slice scope mount automount device path swap conf cfg ini yaml yml json toml lock png jpg jpeg gif svg webp ico
    css html js mjs ts tsx jsx map txt log tar gz zip tgz bak tmp whl rpm deb exe dll jar class java proto sock pem crt key
    """
)
# Accounts that log in to machines.
_MACHINES = _words("root git hg svn ubuntu ec2-user centos core vagrant postgres nobody www-data systemd")
_SCHEME = re.compile(r"://[^\s/@]*\Z")


def _email(text: str, match: Any) -> Iterator[Found]:
    """RFC 5321's mailbox, without quotes; not the user of a URL or of a machine."""
    start, end = match.span()
    local, _, domain = text[start:end].rpartition("@")
    before = text[max(0, start - 64) : start]
    if len(local) > 64:
        return
    if local.lower() in _MACHINES or domain.endswith(".gserviceaccount.com") or _SCHEME.search(before + local):
        return
    last = domain.rpartition(".")[2].lower()
    if last in _NO_MAIL or ".svc." in domain or (before and before[-1] in "/@") or local[0] in ".-" or ".." in local:
        return
    if text[end : end + 1] in (":", "@") and text[end + 1 : end + 2] == "/":  # git@host:/path, user@host:/path
        return
    if stands_alone(text, start, end, "@"):
        yield Found(start, end, "email", 0.95)


_CALLED = (
    "phone|phone number|telephone|tel|mobile|mobile phone|cell phone|cellphone|cell|fax|whatsapp|msisdn|contact number|"
    "call me at|call me on|reach me at|reach me on|text me at|call us at|hotline|telefon|telefonnummer|handy|handynummer|"
    "mobil|téléphone|portable|teléfono|móvil|celular|telefone|telefono|cellulare|telefoon|puhelin|전화|전화번호|휴대폰|"
    "휴대폰번호|휴대전화|핸드폰|핸드폰번호|연락처|팩스|電話|電話番号|携帯|携帯電話|手机|手機|手机号|电话|联系电话"
)
_GAP = r"[ ().\-/]{0,2}"

KINDS = (
    Kind(
        "email",
        r"[A-Za-z0-9._%+'\-]+@(?:[A-Za-z0-9\x80-\xff](?:[A-Za-z0-9\x80-\xff\-]*[A-Za-z0-9\x80-\xff])?\.)+[A-Za-z]{2,24}",
        locate=_email,
    ),
    alone("phone", r"\+\(?[1-9][0-9]{0,2}\)?(?:[ .\-]?\(?[0-9]{1,5}\)?){2,6}", international, "._/+=@#"),
    alone(
        "phone", r"(?:\b1[ .\-])?(?:\([2-9][0-9]{2}\)[ \-]?|\b[2-9][0-9]{2}[.\-])[2-9][0-9]{2}[ .\-][0-9]{4}", domestic
    ),
    # Korea and Japan.
    alone(
        "phone",
        r"\b(?:01[016-9][ .\-]?[0-9]{3,4}[ .\-][0-9]{4}|010[2-9][0-9]{7}|0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70)-[0-9]{3,4}-"
        r"[0-9]{4}|0[3-6]-[0-9]{4}-[0-9]{4}|0[5789]0-[0-9]{4}-[0-9]{4})\b",
        domestic,
    ),
    # The United Kingdom, Australia, France, Brazil.
    alone(
        "phone",
        r"\b07[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}\b|(?:\b|\()0(?:20|1[0-9]{2,3}|2[3489])\)?[ \-][0-9]{3,4}[ \-][0-9]{4}\b",
        domestic,
    ),
    alone("phone", r"\b04[0-9]{2} [0-9]{3} [0-9]{3}\b|\(0[2378]\) [0-9]{4} [0-9]{4}\b", domestic),
    alone("phone", r"\b0[1-79](?:(?: [0-9]{2}){4}|(?:\.[0-9]{2}){4})\b", french, then=r" [0-9a-f]{0,2}"),
    alone("phone", r"\([1-9][0-9]\) ?9?[0-9]{4}-[0-9]{4}\b", domestic),
    named("phone", _CALLED, rf"\+?\(?[0-9](?:{_GAP}[0-9]){{6,15}}", spoken),
)
