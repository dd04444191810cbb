"""A made-up secret of every kind of platform, composed at run time."""

from __future__ import annotations

import base64
import json
import random
import string

from .making import HEX, UPPER, Make, encoded, pem, some
from .making import alone as _alone
from .making import of as _of
from .making import prefixed as _random
from .making import within as _in


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


PLATFORMS: dict[str, Make] = {
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
