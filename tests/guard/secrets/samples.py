"""A made-up secret of every kind, composed at run time so that no file here looks like it holds one."""

from __future__ import annotations

import base64
import random
import string

from .making import BASE64, HEX, UPPER, Make, Sample, encoded, pem, some, web_token, with_checksum
from .making import alone as _alone
from .making import of as _of
from .making import prefixed as _random
from .making import within as _in
from .platforms import PLATFORMS

__all__ = ["IN_CONTEXT", "SELF_EVIDENT", "Make", "Sample", "pem", "some"]


def _basic(source: random.Random) -> str:
    return base64.b64encode(f"user:{some(source, 12)}".encode()).decode()


def _discord(source: random.Random) -> str:
    number = encoded(str(source.randrange(10**17, 10**18)))
    return f"{number}.{some(source, 6)}.{some(source, 27)}"


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
}

IN_CONTEXT |= PLATFORMS
