"""A made-up secret of every kind, composed at run time so that no file here looks like it holds one."""

from __future__ import annotations

import base64
import json
import random
import string
import zlib
from collections.abc import Callable
from typing import NamedTuple

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
BASE64 = LETTERS + "+/"


class Sample(NamedTuple):
    """What a text says before the secret, the secret, and what it says after."""

    before: str
    secret: str
    after: str

    @property
    def text(self) -> str:
        return f"{self.before}{self.secret}{self.after}"


def some(source: random.Random, size: int, alphabet: str = LETTERS) -> str:
    """Random characters; in every alphabet with letters and digits, at least three of each sort."""
    while True:
        text = "".join(source.choice(alphabet) for _ in range(size))
        sorts = [
            sort
            for sort in (string.ascii_lowercase, string.ascii_uppercase, string.digits)
            if set(sort) & set(alphabet)
        ]
        if size < 20 or all(sum(character in sort for character in text) >= 3 for sort in sorts):
            return text


def encoded(text: str) -> str:
    """Base64 for URLs, without padding, as JSON Web Tokens write it."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def with_checksum(prefix: str, source: random.Random) -> str:
    """A token that ends in the CRC-32 of its random part, in six base62 digits."""
    body, digits = some(source, 30), "0123456789" + string.ascii_uppercase + string.ascii_lowercase
    value, tail = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        tail = digits[digit] + tail
    return f"{prefix}_{body}{tail}"


def web_token(source: random.Random, issuer: str) -> str:
    """A JSON Web Token with a random signature."""
    claims = {"iss": issuer, "sub": some(source, 8), "exp": 1_900_000_000}
    return ".".join(
        (encoded(json.dumps({"alg": "RS256"})), encoded(json.dumps(claims)), some(source, 86, LETTERS + "-_"))
    )


def pem(source: random.Random, line_break: str = "\n") -> str:
    """A private key whose body is noise."""
    body = line_break.join([*(some(source, 64, BASE64) for _ in range(4)), some(source, 22, BASE64) + "=="])
    dashes = "-" * 5
    return f"{dashes}BEGIN RSA PRIVATE KEY{dashes}{line_break}{body}{line_break}{dashes}END RSA PRIVATE KEY{dashes}"


Make = Callable[[random.Random], Sample]


def _alone(make: Callable[[random.Random], str]) -> Make:
    return lambda source: Sample("", make(source), "")


def _random(prefix: str, size: int, alphabet: str = LETTERS) -> Make:
    return _alone(lambda source: prefix + some(source, size, alphabet))


def _in(before: str, make: Callable[[random.Random], str], after: str = "") -> Make:
    return lambda source: Sample(before, make(source), after)


def _of(size: int, alphabet: str = LETTERS) -> Callable[[random.Random], str]:
    return lambda source: some(source, size, alphabet)


def _basic(source: random.Random) -> str:
    return base64.b64encode(f"user:{some(source, 12)}".encode()).decode()


def _discord(source: random.Random) -> str:
    number = encoded(str(source.randrange(10**17, 10**18)))
    return f"{number}.{some(source, 6)}.{some(source, 27)}"


def _uuid(source: random.Random) -> str:
    return "-".join(some(source, size, HEX) for size in (8, 4, 4, 4, 12))


def _hash(source: random.Random) -> str:
    return source.choice(
        (
            f"$2b$12${some(source, 53)}",
            f"$6${some(source, 16)}${some(source, 86)}",
            f"$apr1${some(source, 8)}${some(source, 22)}",
        )
    )


UPPER = string.ascii_uppercase + string.digits
BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

# These are known by themselves, whatever stands around them.
SELF_EVIDENT: dict[str, Make] = {
    "private-key": _alone(pem),
    "age-secret-key": _random("AGE-SECRET-" + "KEY-1", 58, BECH32),
    "jwt": _alone(lambda source: web_token(source, "https://issuer.example")),
    "kubernetes-service-account-token": _alone(lambda source: web_token(source, "kubernetes.io/serviceaccount")),
    "aws-access-key": _random("AKI" + "A", 16, UPPER),
    "aws-session-token": _random("IQoJb3JpZ2lu" + "X2Vj", 80, BASE64),
    "gcp-api-key": _random("AIz" + "a", 35),
    "gcp-access-token": _random("ya29" + ".", 60),
    "gcp-client-secret": _random("GOCS" + "PX-", 28),
    "azure-client-secret": _alone(lambda source: f"{some(source, 3)}8Q~{some(source, 34)}"),
    "alibaba-access-key": _random("LTA" + "I", 20),
    "digitalocean-token": _random("dop" + "_v1_", 64, HEX),
    "cloudflare-origin-key": _alone(lambda source: f"v1.0-{some(source, 24, HEX)}-{some(source, 146, HEX)}"),
    "heroku-key": _random("HRK" + "U-", 60),
    "vault-token": _random("hvs" + ".", 90),
    "terraform-token": _alone(lambda source: f"{some(source, 14)}.atlasv1.{some(source, 67)}"),
    "pulumi-token": _random("pul" + "-", 40, HEX),
    "doppler-token": _random("dp.st" + ".", 43),
    "tailscale-key": _alone(lambda source: f"tskey-auth-{some(source, 12)}-{some(source, 32)}"),
    "databricks-token": _random("dap" + "i", 32, HEX),
    "planetscale-token": _random("pscale" + "_tkn_", 43),
    "onepassword-token": _random("ops_" + "eyJ", 80),
    "github-token": _alone(lambda source: with_checksum("ghp", source)),
    "github-fine-grained-token": _alone(lambda source: f"github_pat_{some(source, 22)}_{some(source, 59)}"),
    "gitlab-token": _random("glpa" + "t-", 20),
    "gitlab-runner-token": _random("GR134" + "8941", 20),
    "bitbucket-token": _random("ATB" + "B", 32),
    "atlassian-token": _random("ATA" + "TT3", 180),
    "npm-token": _alone(lambda source: with_checksum("npm", source)),
    "pypi-token": _random("pypi" + "-", 150),
    "rubygems-token": _random("rubygems" + "_", 48, HEX),
    "docker-token": _random("dckr" + "_pat_", 27),
    "circleci-token": _random("CCIP" + "AT_", 60),
    "buildkite-token": _random("bkua" + "_", 40),
    "anthropic-key": _random("sk-a" + "nt-api03-", 95),
    "openai-key": _random("sk-p" + "roj-", 100),
    "openrouter-key": _random("sk-o" + "r-v1-", 64, HEX),
    "huggingface-token": _random("hf" + "_", 34),
    "groq-key": _random("gsk" + "_", 52),
    "perplexity-key": _random("ppl" + "x-", 48),
    "nvidia-key": _random("nvap" + "i-", 64),
    "langsmith-key": _alone(lambda source: f"lsv2_pt_{some(source, 32, HEX)}_{some(source, 10, HEX)}"),
    "slack-token": _alone(lambda source: f"xoxb-{some(source, 12, string.digits)}-{some(source, 24)}"),
    "stripe-key": _random("sk_" + "live_", 24),
    "stripe-webhook-secret": _random("whse" + "c_", 32),
    "sendgrid-key": _alone(lambda source: f"SG.{some(source, 22)}.{some(source, 43)}"),
    "shopify-token": _random("shpa" + "t_", 32, HEX),
    "newrelic-key": _random("NRA" + "K-", 27, UPPER),
    "grafana-token": _random("glsa" + "_", 41),
    "dynatrace-token": _alone(lambda source: f"dt0c01.{some(source, 24, UPPER)}.{some(source, 64, UPPER)}"),
    "sentry-token": _random("sntr" + "ys_", 80),
    "linear-key": _random("lin_" + "api_", 40),
    "postman-key": _alone(lambda source: f"PMAK-{some(source, 24, HEX)}-{some(source, 34, HEX)}"),
}

# These need their surroundings, or a word boundary, to be told from ordinary text.
IN_CONTEXT: dict[str, Make] = {
    "key-material": _in("", _of(64, BASE64)),
    "putty-private-key": _in(
        "Private-Lines: 2\n", lambda source: f"{some(source, 64, BASE64)}\n{some(source, 40, BASE64)}"
    ),
    "wireguard-key": _in("PrivateKey = ", lambda source: some(source, 42, BASE64) + "A="),
    "aws-secret-key": _in("aws_secret_access_key = ", _of(40, BASE64)),
    "aws-signature": _in("https://bucket.example/a?X-Amz-Signature=", _of(64, HEX)),
    "gcp-service-account-key": _in('"private_key_id": "', _of(40, HEX), '"'),
    "azure-storage-key": _in("AccountName=a;AccountKey=", lambda source: some(source, 86, BASE64) + "==", ";B=c"),
    "azure-shared-access-signature": _in("https://a.example/c?sv=2024-01-01&sig=", _of(46)),
    "fly-token": _in("", lambda source: "fm2_" + some(source, 80)),
    "crates-io-token": _in("", lambda source: "cio" + some(source, 32)),
    "nuget-key": _in("", lambda source: "oy2" + some(source, 43, string.ascii_lowercase + string.digits)),
    "docker-config-auth": _in('{"auths": {"r.example": {"auth": "', _basic, '"}}}'),
    "artifactory-token": _in("", lambda source: "AKCp" + some(source, 69)),
    "sonar-token": _in("", lambda source: "squ_" + some(source, 40, HEX)),
    "replicate-token": _in("", lambda source: "r8_" + some(source, 37)),
    "xai-key": _in("", lambda source: "xai-" + some(source, 80)),
    "slack-webhook": _in("https://hooks.slack.com/services/", lambda s: f"T{some(s, 8)}/B{some(s, 8)}/{some(s, 24)}"),
    "discord-webhook": _in("https://discord.com/api/webhooks/", lambda s: f"{some(s, 18, '123456789')}/{some(s, 68)}"),
    "discord-token": _in("", _discord),
    "teams-webhook": _in("https://a.webhook.office.com/", lambda source: f"webhookb2/{some(source, 60)}"),
    "telegram-token": _in("", lambda source: f"{some(source, 9, '123456789')}:AA{some(source, 33)}"),
    "twilio-key": _in("", lambda source: "SK" + some(source, 32, HEX)),
    "mailgun-key": _in("", lambda source: "key-" + some(source, 32, HEX)),
    "mailchimp-key": _in("", lambda source: some(source, 32, HEX) + "-us21"),
    "square-token": _in("", lambda source: "sq0atp-" + some(source, 22)),
    "notion-token": _in("", lambda source: "ntn_" + some(source, 46)),
    "authorization-header": _in("Authorization: Bearer ", _of(30)),
    "bearer-token": _in("sent with bearer ", _of(40)),
    "basic-credentials": _in("Authorization: Basic ", _basic),
    "session-cookie": _in("Cookie: ", lambda source: "sid=" + some(source, 32)),
    "connection-string": _in("postgres://user:", _of(14), "@db:5432/x"),
    "password": _in("password=", _of(12)),
    "token": _in("the API token is ", _of(32)),
    "datadog-key": _in("DD_API_KEY=", _of(32, HEX)),
    "cohere-key": _in("COHERE_API_KEY=", _of(40)),
    "mistral-key": _in("MISTRAL_API_KEY: ", _of(32)),
    "together-key": _in("TOGETHER_API_KEY=", _of(64, HEX)),
    "deepseek-key": _in("DEEPSEEK_API_KEY=", lambda source: "sk-" + some(source, 32, HEX)),
    "okta-token": _in("OKTA_API_TOKEN=", lambda source: "00" + some(source, 40)),
    "auth0-secret": _in("AUTH0_CLIENT_SECRET=", _of(64)),
    "pagerduty-key": _in("PAGERDUTY_TOKEN=", _of(20)),
    "twilio-auth-token": _in("TWILIO_AUTH_TOKEN=", _of(32, HEX)),
    "plaid-secret": _in("PLAID_SECRET=", _of(30, HEX)),
    "algolia-key": _in("ALGOLIA_ADMIN_KEY=", _of(32, HEX)),
    "cloudflare-token": _in("CLOUDFLARE_API_TOKEN=", _of(40)),
    "vercel-token": _in("VERCEL_TOKEN=", _of(24)),
    "azure-devops-token": _in("AZURE_DEVOPS_EXT_PAT=", _of(52, string.ascii_lowercase + "234567")),
    "gitea-token": _in("GITEA_TOKEN=", _of(40, HEX)),
    "elevenlabs-key": _in("", lambda source: "sk_" + some(source, 48, HEX)),
    "wandb-key": _in("WANDB_API_KEY=", _of(40, HEX)),
}

IN_CONTEXT |= {
    "plaid-token": _alone(lambda source: f"access-production-{_uuid(source)}"),
    "supabase-key": _random("sbp" + "_", 40, HEX),
    "netlify-token": _random("nfp" + "_", 40),
    "braintree-token": _alone(
        lambda source: f"access_token$production${some(source, 16, 'abcdefgh23456789')}${some(source, 32, HEX)}"
    ),
    "razorpay-key": _random("rzp_" + "live_", 14),
    "adyen-key": _random("AQE" + "yh", 110),
    "flutterwave-key": _alone(lambda source: f"FLWSECK-{some(source, 32)}-X"),
    "elastic-key": _random("ess" + "u_", 60),
    "figma-token": _random("fig" + "d_", 40),
    "airtable-token": _alone(lambda source: f"pat{some(source, 14)}.{some(source, 64, HEX)}"),
    "hubspot-token": _alone(lambda source: f"pat-na1-{_uuid(source)}"),
    "mapbox-token": _alone(lambda source: f"sk.{encoded(json.dumps({'u': some(source, 12)}))}.{some(source, 22)}"),
    "dropbox-token": _random("sl" + ".", 140),
    "posthog-key": _random("ph" + "x_", 43),
    "sourcegraph-token": _random("sgp" + "_", 40, HEX),
    "contentful-token": _random("CFP" + "AT-", 43),
    "brevo-key": _alone(lambda source: f"xkeysib-{some(source, 64, HEX)}-{some(source, 16)}"),
    "typeform-token": _random("tf" + "p_", 44),
    "prefect-key": _random("pn" + "u_", 36),
    "clickup-token": _alone(lambda source: f"pk_{some(source, 8, '123456789')}_{some(source, 32, UPPER)}"),
    "harness-token": _alone(lambda s: f"pat.{some(s, 22)}.{some(s, 24, HEX)}.{some(s, 20)}"),
    "tencent-secret-id": _random("AKI" + "D", 32),
    "easypost-key": _random("EZA" + "K", 54),
    "aws-bedrock-key": _random("ABS" + "K", 109),
    "encoded-private-key": _alone(lambda source: base64.b64encode(pem(source).encode()).decode()),
    "pinecone-key": _random("pcs" + "k_", 60),
    "fireworks-key": _random("fw" + "_", 24),
    "cerebras-key": _random("cs" + "k-", 48, string.ascii_lowercase + string.digits),
    "tavily-key": _random("tvl" + "y-", 32),
    "jina-key": _random("jin" + "a_", 60),
    "langfuse-key": _alone(lambda source: f"sk-lf-{_uuid(source)}"),
    "password-hash": _alone(_hash),
}
