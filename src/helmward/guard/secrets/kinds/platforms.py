"""Platforms that applications are built on: hosting, data, identity, payment, monitoring."""

from helmward.guard.matching.kinds import Kind
from helmward.guard.secrets.confirm import encoded_key, varied

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _of(name: str, service: str, value: str) -> Kind:
    """A key that only the name of its service tells from an identifier: `DD_API_KEY=…`, `datadog.apiKey: "…"`."""
    gap = r"[\"'\\]{0,3}[ \t]{0,2}(?:=>|:=|[:=])[ \t]{0,2}[\"'\\]{0,3}"
    words = r"[\w.\-]{0,24}(?:key|token|secret|pat|sid|password)"
    return Kind(name, rf"(?i:(?:\b|_)(?:{service}){words}){gap}({value})(?:[^A-Za-z0-9_\-]|$)", varied)


KINDS = (
    _of("datadog-key", "dd|datadog", r"[a-f0-9]{32}(?:[a-f0-9]{8})?"),
    _of("cohere-key", "cohere|co", r"[A-Za-z0-9]{40}"),
    _of("mistral-key", "mistral", r"[A-Za-z0-9]{32}"),
    _of("together-key", "together", r"[a-f0-9]{64}"),
    _of("deepseek-key", "deepseek", r"sk-[a-f0-9]{32}"),
    _of("okta-token", "okta", r"00[A-Za-z0-9_\-]{40}"),
    _of("auth0-secret", "auth0", r"[A-Za-z0-9_\-]{64}"),
    _of("pagerduty-key", "pagerduty|pd", r"[A-Za-z0-9_+\-]{20}|[a-f0-9]{32}"),
    _of("twilio-auth-token", "twilio", r"[a-f0-9]{32}"),
    _of("plaid-secret", "plaid", r"[a-f0-9]{30}"),
    _of("algolia-key", "algolia", r"[a-f0-9]{32}"),
    _of("cloudflare-token", "cloudflare|cf", r"[A-Za-z0-9_\-]{37,40}"),
    _of("vercel-token", "vercel", r"[A-Za-z0-9]{24}"),
    _of("azure-devops-token", "azure_?devops|ado|vsts", r"[a-z2-7]{52}"),
    Kind("azure-devops-token", r"\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b", varied),
    Kind("okta-token", r"(?i:\bSSWS)[ ]+(00[A-Za-z0-9_\-]{40})", varied),
    Kind("aws-bedrock-key", r"\bABSK[A-Za-z0-9+/]{80,}={0,2}", varied),
    Kind("plaid-token", rf"\baccess-(?:sandbox|development|production)-{_UUID}", varied),
    Kind("supabase-key", r"\b(?:sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_\-]{24,})", varied),
    Kind("vercel-token", r"\bvc[piark]_[A-Za-z0-9]{24,}", varied),
    Kind("netlify-token", r"\bnf[pcoub]_[A-Za-z0-9]{36,}", varied),
    Kind("braintree-token", r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}", varied),
    Kind("razorpay-key", r"\brzp_(?:live|test)_[A-Za-z0-9]{14,}", varied),
    Kind("adyen-key", r"\bAQE[A-Za-z0-9]{2}[A-Za-z0-9+/]{75,}[A-Za-z0-9+/=.\-]*", varied),
    Kind("flutterwave-key", r"\bFLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}-X", varied),
    Kind("elastic-key", r"\bessu_[A-Za-z0-9+/=_\-]{40,}", varied),
    Kind("figma-token", r"\bfig[dou]r?_[A-Za-z0-9_\-]{36,}", varied),
    Kind("airtable-token", r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}", varied),
    Kind("hubspot-token", rf"\bpat-(?:na|eu)[0-9]-{_UUID}", varied),
    Kind("mapbox-token", r"\bsk\.eyJ[A-Za-z0-9_\-]{20,}\.[A-Za-z0-9_\-]{20,}", varied),
    Kind("dropbox-token", r"\bsl\.(?:u\.)?[A-Za-z0-9_\-]{120,}", varied),
    Kind("posthog-key", r"\bph[xsr]_[A-Za-z0-9]{40,}", varied),
    Kind("sourcegraph-token", r"\bsgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}", varied),
    Kind("contentful-token", r"\bCFPAT-[A-Za-z0-9_\-]{43}", varied),
    Kind("brevo-key", r"\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}", varied),
    Kind("typeform-token", r"\btfp_[A-Za-z0-9_.=\-]{40,}", varied),
    Kind("prefect-key", r"\bpn[ub]_[A-Za-z0-9]{36}", varied),
    Kind("clickup-token", r"\bpk_[0-9]{6,10}_[A-Z0-9]{32}\b", varied),
    Kind("harness-token", r"\bpat\.[A-Za-z0-9_\-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20}", varied),
    Kind("tencent-secret-id", r"\bAKID[A-Za-z0-9]{32}\b", varied),
    Kind("easypost-key", r"\bEZ[AT]K[A-Za-z0-9]{54}", varied),
    Kind("gitea-token", r"(?i:\bgitea[\w.\-]{0,16}token)[\"']?[ ]?[:=][ ]?[\"']?([a-f0-9]{40})\b", varied),
    # A key in base64, as kubeconfig files and Kubernetes Secrets hold it.
    Kind("encoded-private-key", r"\bLS0tLS1CRUdJTi[A-Za-z0-9+/]{40,}={0,2}", encoded_key),
    Kind(
        "password-hash",
        r"\$(?:2[abxy]\$[0-9]{2}\$[./A-Za-z0-9]{53}|(?:1|apr1)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}|[56]\$(?:rounds=[0-9]{1,9}\$)?"
        r"[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}|(?:y|gy|7)\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9$]{40,}"
        r"|argon2(?:id|i|d)\$v=[0-9]{1,3}\$[mtp=0-9,]{5,40}\$[A-Za-z0-9+/]{8,}\$[A-Za-z0-9+/]{16,})",
        varied,
    ),
    Kind("password-hash", r"\{(?:S?SHA(?:256|512)?|MD5|CRYPT)\}([A-Za-z0-9+/$.]{20,}={0,2})", varied),
)  # fmt: skip
