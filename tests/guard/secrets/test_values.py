"""Named settings: what the name says, what the value says, and hosts that stay readable."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.guard.secrets import mask_value
from helmward.world.hosts import Host, hosts_in

from .samples import some

RANDOM = some(random.Random(5), 40)

KEPT = [
    ("TOKEN_URL", "https://auth.example/token"),
    ("SECRET_NAME", "payment-credentials"),
    ("PASSWORD_FILE", "/run/secrets/db"),
    ("TOKEN_TTL", "3600"),
    ("MAX_TOKENS", "4096"),
    ("KEY_PATH", "/etc/tls/key"),
    ("PASSWORD", "true"),
    ("PASSWORD", ""),
    ("DB_PASSWORD", "$(OTHER)"),
    ("DB_PASSWORD", "/run/secrets/password"),
    ("REQUIRE_PASSWORD", "always-required"),
    ("CACHE_KEY", "users"),
    ("PAYMENT_HOST", "payment-service"),
    ("GIT_SHA", "4f3c2a9d8e7b6a5f4c3d2e1f0a9b8c7d6e5f4a3b"),
    ("IMAGE", "registry.example/payment@sha256:" + "0a1b" * 16),
    ("REQUEST_ID", "123e4567-e89b-12d3-a456-426614174000"),
    ("SECRET", "production/payment-credentials"),
    ("POSTGRES_USER", "payments"),
    ("tls.crt", "not-a-secret"),
]

MASKED = [
    ("PASSWORD", "hunter2", "[secrets/password]"),
    ("DB_PASS", "a", "[secrets/password]"),
    ("PGPASSWORD", "a", "[secrets/password]"),
    ("PASSWORD", "12345678", "[secrets/password]"),
    ("dbPassword", "x", "[secrets/password]"),
    ("spring.datasource.password", "x", "[secrets/password]"),
    ("clientSecret", "swordfish", "[secrets/secret]"),
    ("API_KEY", "abc", "[secrets/api-key]"),
    ("api-key", "abc", "[secrets/api-key]"),
    ("GITHUB_TOKEN", "gh" + "p_" + some(random.Random(5), 36), "[secrets/github-token]"),
    ("AUTH_TOKEN_PROD", "abc", "[secrets/token]"),
    ("PRIVATE_KEY", "abc", "[secrets/private-key]"),
    ("credentials.json", '{"a": "b"}', "[secrets/credentials]"),
    ("ENCRYPTION_KEY", some(random.Random(5), 32), "[secrets/private-key]"),
    ("VAULT_SECRET_ID", "123e4567-e89b-12d3-a456-426614174000", "[secrets/high-entropy]"),
    ("ANYTHING", RANDOM, "[secrets/high-entropy]"),
    ("DATABASE_URL", "postgres://u:hunter2@db:5432/x", "postgres://u:[secrets/connection-string]@db:5432/x"),
    ("DSN", "postgres://u:hunter2@db:5432/x", "postgres://u:[secrets/connection-string]@db:5432/x"),
    ("DSN", "scott/tiger@db:1521", "scott/[secrets/connection-string]@db:1521"),
    ("DB_PASSWORD", "postgres://u:hunter2@db:5432/x", "postgres://u:[secrets/connection-string]@db:5432/x"),
    ("HOOK_SECRET", "https://hooks.example/a/b", "https://hooks.example/[secrets/secret]"),
    ("application.properties", "user=a\npassword=hunter2\n", "user=a\npassword=[secrets/password]\n"),
    ("secret.yaml", "host: db\npassword: hunter2\n", "host: db\npassword: [secrets/password]\n"),
]


@pytest.mark.parametrize(("name", "value"), KEPT)
def test_what_is_no_secret_stays(name: str, value: str) -> None:
    assert mask_value(name, value) == value


@pytest.mark.parametrize(("name", "value", "expected"), MASKED)
def test_what_is_one_goes(name: str, value: str, expected: str) -> None:
    assert mask_value(name, value) == expected


names = st.one_of(st.text(max_size=20), st.sampled_from([name for name, *_ in (*KEPT, *MASKED)]))
values = st.one_of(st.text(max_size=60), st.sampled_from([row[1] for row in (*KEPT, *MASKED)]))


@settings(max_examples=300, deadline=None)
@given(names, values)
def test_masking_a_setting_twice_changes_nothing(name: str, value: str) -> None:
    once = mask_value(name, value)
    assert mask_value(name, once) == once


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("postgres://user:hunter2@db:5432/x", Host("db", "", 5432)),
        ("postgres://user:hunter2@db.production/x", Host("db", "production", None)),
        ("amqp://user:p/w@queue.production.svc:5672", Host("queue", "production", 5672)),
        ("Server=db:1433;User Id=sa;Password=hun ter2;", Host("db", "", 1433)),
        ("user:hunter2@tcp(db:3306)/x", Host("db", "", 3306)),
        ("redis://:hunter2@cache", Host("cache", "", None)),
    ],
)
@pytest.mark.parametrize("name", ["DATABASE_URL", "DSN", "DB_PASSWORD", "ANY"])
def test_the_host_is_still_found_after_masking(name: str, value: str, host: Host) -> None:
    masked = mask_value(name, value)
    if name == "DB_PASSWORD" and "://" not in value:
        assert masked == "[secrets/password]"
        return
    assert masked != value
    assert hosts_in(name, masked) == (host,)
