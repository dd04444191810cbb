"""Our evidence speaks of secrets all day; none of it may be touched. And the assignments that do hold one."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.guard.secrets import find, mask

DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
COMMIT = "4f3c2a9d8e7b6a5f4c3d2e1f0a9b8c7d6e5f4a3b"
UUID = "123e4567-e89b-12d3-a456-426614174000"

HARMLESS = f"""
secret "payment-credentials" not found
MountVolume.SetUp failed for volume "payment-credentials" : secret "payment-credentials" not found
MountVolume.SetUp failed for volume "db-password" : secret "db-password" not found
Error: couldn't find key DB_PASSWORD in Secret production/payment-credentials
Error: couldn't find key password in Secret production/db-password
references non-existent secret key: db-password1
Unable to attach or mount volumes: unmounted volumes=[token], unattached volumes=[token \
kube-api-access-x2x4z]: timed out
FATAL:  password authentication failed for user "payments"
Access denied for user 'payments'@'10.0.0.7' (using password: YES)
WRONGPASS invalid username-password pair or user is disabled.
NOAUTH Authentication required.
token expired
token: expired
token has expired: 2026-01-01T00:00:00Z
invalid token: unexpected EOF
could not parse token: token contains an invalid number of segments
error refreshing token: oauth2: cannot fetch token: 401 Unauthorized
Unable to authenticate the request" err="[invalid bearer token, service account token has expired]"
error: failed to decode secret: illegal base64 data at input byte 4
"Failed to get secret" secret="production/payment-credentials" err="not found"
open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory
open /run/secrets/db-password: permission denied
DB_PASSWORD:  <set to the key 'password' in secret 'payment-credentials'>  Optional: false
image: ghcr.io/x/secret-manager:v2.0.1@sha256:{DIGEST}
Successfully pulled image "vault-secret:1.4.2-alpine" in 2.113s (2.113s including waiting). Image size: 4226112 bytes.
Back-off restarting failed container token-service in pod token-service-7d9f8b6c5d-x2x4z_production({UUID})
dial tcp: lookup auth-token on 10.96.0.10:53: no such host
Get "http://auth-token:8080/healthz": dial tcp 10.0.0.7:8080: connect: connection refused
pull access denied, repository does not exist or may require authorization: server message: \
insufficient_scope: authorization failed
failed to authorize: failed to fetch anonymous token: unexpected status from GET request to \
https://auth.docker.io/token?scope=repository%3Alibrary%2Fx%3Apull&service=registry.docker.io: 401 Unauthorized
WWW-Authenticate: Bearer realm="https://auth.docker.io/token",service="registry.docker.io"
commit {COMMIT}
{UUID}
docker.io/library/nginx@sha256:{DIGEST}
checksum/secret: {DIGEST}
kubectl.kubernetes.io/restartedAt: "2026-01-01T00:00:00Z"
automountServiceAccountToken: false
secretName: payment-credentials
secretKeyRef: {{"name": "payment-credentials", "key": "password"}}
expirationSeconds: 3607
tokenExpirationSeconds: 3607
type: kubernetes.io/service-account-token
--service-account-private-key-file=/etc/kubernetes/pki/sa.key
--token-ttl=24h0m0s
bearer authentication required
max_tokens: 4096
password: ""
password: ${{DB_PASSWORD}}
--password=$(DB_PASSWORD)
postgres://user:$(DB_PASSWORD)@db:5432/x
postgres://payments@db:5432/payments
wrong password: try again
Usage: use --password to set the password, or --token FILE
http://host:8080/path@foo
git@github.com:foo/bar.git
{{"metadata":{{"continue":"eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NTAwMH0"}}}}
pod/token-service-7d9f8b6c5d-x2x4z: CrashLoopBackOff
2026-01-01T00:00:00.123456Z INFO auth: token refreshed in 24ms token_count=12
resourceVersion: "5000"
auth token is missing; secret key = none
secrets is forbidden: User "system:serviceaccount:production:api" cannot list resource "secrets" in API group \
"" at the cluster scope
next_token=null page_token=""
    token = page.metadata.continue_
    password = os.environ["DB_PASSWORD"]
    password=os.environ['DB_PASSWORD'],
    password=settings.password,
    secret = world.get("Secret", pod.namespace, name)
    const token = process.env.API_TOKEN;
    secret = {{
    password: {{size: 12, hash: h}}
    token = await self.refresh()
exceeded quota: compute, requested: secrets=1, used: secrets=10, limited: secrets=10
""".strip().splitlines()


@pytest.mark.parametrize("line", HARMLESS)
def test_evidence_stays_as_it_is(line: str) -> None:
    assert find(line) == []
    assert mask(line) is line


def test_evidence_stays_as_it_is_in_one_text() -> None:
    text = "\n".join(HARMLESS)
    assert mask(text) == text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([*HARMLESS[0].split(), "pod", "restarted", "3", "times", "é", "→", "\x1b[0m"]), max_size=60
    )
)
def test_words_without_secrets_stay_identical(words: list[str]) -> None:
    text = " ".join(words)
    assert mask(text) == text


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_masked_without_an_error(text: str) -> None:
    spans = find(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert [span for span, after in pairwise(spans) if span.end > after.start] == []


@pytest.mark.parametrize(
    "text", ["", "\x00", "\ud800", "a\udfffpassword=hunter2\ud800", "é" * 100, "[secrets/", "[secrets/x"]
)
def test_odd_texts_are_no_trouble(text: str) -> None:
    assert "hunter2" not in mask(text)


MASKED = [
    ("password=hunter2", "password=[secrets/password]"),
    ("user=a, password=hunter2, host=db", "user=a, password=[secrets/password], host=db"),
    ('{"password": "correct \\"horse", "a": 1}', '{"password": "[secrets/password]", "a": 1}'),
    ('{\\"password\\":\\"hunter2\\",\\"a\\":1}', '{\\"password\\":\\"[secrets/password]\\",\\"a\\":1}'),
    ('"secret": "swordfish"', '"secret": "[secrets/secret]"'),
    ("  password: hunter2\n  host: db", "  password: [secrets/password]\n  host: db"),
    ("Invalid login, password: hunter2 for bob", "Invalid login, password: [secrets/password] for bob"),
    ("--password hunter2 --host db", "--password [secrets/password] --host db"),
    ('["--password","hunter2","--x"]', '["--password","[secrets/password]","--x"]'),
    ("- --api-key\n- a1b2c3d4e5\n- --x", "- --api-key\n- [secrets/api-key]\n- --x"),
    ("password=hunter2\\nhost=db", "password=[secrets/password]\\nhost=db"),
    ("https://api/?x=1&token=a1b2c3d4e5&y=2", "https://api/?x=1&token=[secrets/token]&y=2"),
    ("DB_PASSWORD:   hunter2\n", "DB_PASSWORD:   [secrets/password]\n"),
    ('"name":"DB_PASSWORD","value":"hunter2"', '"name":"DB_PASSWORD","value":"[secrets/password]"'),
    ("- name: DB_PASSWORD\n  value: horse battery\n- x", "- name: DB_PASSWORD\n  value: [secrets/password]\n- x"),
    ("<password>hunter2</password>", "<password>[secrets/password]</password>"),
    ("password: |\n  hunter2\nhost: x", "password: |\n  [secrets/password]\nhost: x"),
    ("curl -u me:hunter2 http://x", "curl -u me:[secrets/password] http://x"),
    ("mysql -uroot -phunter2 -h db", "mysql -uroot -p[secrets/password] -h db"),
    ("IDENTIFIED BY 'hunter2'", "IDENTIFIED BY '[secrets/password]'"),
    ("postgres://u:hunter2@db:5432/x?a=b@c", "postgres://u:[secrets/connection-string]@db:5432/x?a=b@c"),
    ("redis://:hun/ter2@cache:6379", "redis://:[secrets/connection-string]@cache:6379"),
    ("mongodb://u:hunter2@a:1,b:2/x", "mongodb://u:[secrets/connection-string]@a:1,b:2/x"),
    (
        "amqp://u:hunter2@h1:1,amqp://u:hunter2@h2:2",
        "amqp://u:[secrets/connection-string]@h1:1,amqp://u:[secrets/connection-string]@h2:2",
    ),
    (
        "Server=db,1433;User Id=sa;Password=my p@ss,word;Encrypt=true",
        "Server=db,1433;User Id=sa;Password=[secrets/connection-string];Encrypt=true",
    ),
    ("user:hunter2@tcp(db:3306)/x", "user:[secrets/connection-string]@tcp(db:3306)/x"),
    ("password = Summer(2024)", "password = [secrets/password]"),
    ("password=$ecret", "password=[secrets/password]"),
    ("password=correct.horse", "password=[secrets/password]"),
    ("é password=hunter2 é", "é password=[secrets/password] é"),
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_only_the_secret_goes(text: str, expected: str) -> None:
    assert mask(text) == expected
    assert mask(expected) == expected


def test_offsets_are_characters() -> None:
    text = "日本 password=hunter2 é"
    (span,) = find(text)
    assert text[span.start : span.end] == "hunter2"
    assert span.rule == "secrets/password"
