"""Word lists: which words make a name one about a secret, and which values are only words."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A last word that makes the name one *about* a secret: its place, size, age, or what it is for.
ABOUT = _words(
    """
    url uri endpoint endpoints name names file files filename path paths dir directory folder ttl expiry
    expires expired expiration timeout length len min max count limit limits size sizes type id ids kid
    version policy enabled disabled required optional host hosts hostname port ref refs reference field header
    headers issuer audience algorithm alg method provider namespace label prefix suffix format mode rotation
    age interval seconds minutes hours days attempts retries hint reset manager store engine source mount env
    class usage budget window cost address server service services scope scopes username user users login
    email created updated at arn list template script cmd command helper plugin resolver validator generator
    controller operator review request requests response lifetime duration threshold rate per total left used
    remaining validation rules strength complexity backend driver sa annotation status state reason message
    error errors event resource kind group cert certificate crt pub public fingerprint checksum change
    location region zone bucket volume
    """
)

# A first word that makes the name a switch, a number or a message.
SWITCHES = _words(
    """
    enable enabled disable disabled require required requires max min num number total count allow use with
    without has have is skip no not show hide mask check validate verify prompt completion input output per
    automount reset forgot update change missing invalid
    """
)

# Last words after which the value is still the secret itself.
QUALIFIERS = _words(
    """
    value values plain plaintext raw encoded old new current previous prod production staging stage dev test
    testing main primary secondary default hash text string data json rw ro readonly live sandbox local b64
    base v
    """
)

# Values that say something about a secret and are none.
STATUS = _words(
    """
    true false yes no on off null none nil undefined empty unset set enabled disabled default auto required
    optional redacted masked hidden removed filtered omitted expired invalid missing incorrect wrong failed
    failure denied unknown error errors ok not found unexpected malformed revoked rejected forbidden
    unauthorized mismatch changed rotated updated created deleted loaded generated present absent provided
    """
)
