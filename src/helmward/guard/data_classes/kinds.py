"""The table: markings of documents, and the names and shapes by which a text is about one's own systems."""

from __future__ import annotations

from helmward.core.model import DataClass
from helmward.guard.matching.kinds import Kind
from helmward.guard.matching.rows import alone

_OCTET = r"(?:\.(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]))"
_CLASSIFIED = r"(?i:\b(?:classification|data class|sensitivity|confidentiality)[\"'*]{0,3}[ ]?[:=][ ]?[\"'*]{0,3}"


def _kind(name: str, pattern: str, confidence: float) -> Kind:
    return Kind(name, pattern, lambda _: confidence)


INTERNAL = (
    _kind("cluster-host", r"\b[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.[a-z0-9\-]+\.(?:svc|pod)(?:\.cluster\.local)?\b", 0.8),
    alone(
        "private-address",
        rf"\b(?:10{_OCTET}{{3}}|192\.168{_OCTET}{{2}}|172\.(?:1[6-9]|2[0-9]|3[01]){_OCTET}{{2}})\b",
        lambda _: 0.7,
        "._",
    ),
    _kind("internal-url", r"\bhttps?://[A-Za-z0-9.\-]+\.(?:internal|local|intra|intranet|corp|lan|home\.arpa)\b", 0.8),
    _kind("kubernetes-object", r"(?m)(?:^|[ \-])apiVersion: ?[\w./]{1,80}\r?\n[ ]{0,8}kind: ?\w{1,60}", 0.8),
    _kind("kubernetes-object", r"\"apiVersion\": ?\"[\w./]{1,80}\", ?\s{0,12}\"kind\": ?\"\w{1,60}\"", 0.8),
    _kind("kubernetes-object", r"\"(?:resourceVersion|ownerReferences|managedFields)\": ?[\[\"]", 0.7),
    _kind("stack-trace", r"\bTraceback \(most recent call last\):|\bgoroutine [0-9]{1,9} \[[a-z ]{1,40}\]:", 0.7),
    _kind("stack-trace", r"(?m)(?:^|\s)at [\w.$<>]{3,160}\([\w.]{1,80}(?:\.java|\.kt|\.scala):[0-9]{1,6}\)", 0.7),
    _kind("marked-internal", r"\bTLP ?: ?GREEN\b", 0.9),
    _kind("marked-internal", rf"{_CLASSIFIED}internal)\b", 0.9),
)

CONFIDENTIAL = (
    _kind("marked-confidential", r"\bTLP ?: ?AMBER(?:\+STRICT)?\b", 0.9),
    _kind("marked-confidential", rf"{_CLASSIFIED}confidential)\b", 0.9),
    _kind("marked-confidential", r"\bCONFIDENTIAL\b", 0.75),
    _kind(
        "marked-confidential",
        r"(?im)(?:^|[#*\[(=\-])confidential(?: information| document)?[\])*=.:\-]{0,12}\r?$",
        0.8,
    ),
    _kind(
        "marked-confidential",
        r"(?i)\b(?:company|business|client|customer|commercial in|attorney[ -]client|privileged and|private and|proprietary and"
        r"|private &|proprietary &) (?:confidential|confidence|privileged)\b",
        0.8,
    ),
    _kind(
        "marked-confidential",
        r"(?i)\b(?:for )?internal (?:use )?only\b|\bdo not (?:distribute|forward|share) (?:outside|externally|beyond)\b"
        r"|\bnot for (?:external|public) (?:distribution|release|use)\b|\bcompany[ -]internal\b|\bunder (?:an )?nda\b",
        0.8,
    ),
    _kind(
        "marked-confidential",
        "대외비|사외비|사내 한정|사내한정|외부 유출 금지|외부유출금지|社外秘|部外秘|机密|機密",
        0.85,
    ),
    _kind(
        "marked-confidential",
        r"(?i)\b(?:vertraulich|nur für den internen gebrauch|confidentiel|confidencial|riservato)\b",
        0.75,
    ),
)

RESTRICTED = (
    _kind("marked-restricted", r"\bTLP ?: ?RED\b", 0.95),
    _kind("marked-restricted", rf"{_CLASSIFIED}(?:restricted|secret|top secret|highly confidential))\b", 0.95),
    _kind(
        "marked-restricted",
        r"\b(?:STRICTLY|HIGHLY|MOST) CONFIDENTIAL\b|\b[Ss]trictly [Cc]onfidential\b|\bTOP SECRET\b",
        0.95,
    ),
    _kind("marked-restricted", r"(?i)\bstreng (?:vertraulich|geheim)\b|\bstrictement confidentiel\b", 0.9),
    _kind("marked-restricted", "극비|일급비밀|1급 비밀|1급비밀|極秘|绝密|絕密", 0.9),
)

KINDS: tuple[Kind, ...] = (*INTERNAL, *CONFIDENTIAL, *RESTRICTED)

CLASSES: dict[str, DataClass] = {
    **{kind.name: "internal" for kind in INTERNAL},
    **{kind.name: "confidential" for kind in CONFIDENTIAL},
    **{kind.name: "restricted" for kind in RESTRICTED},
}
"""The class of data that each kind tells."""
