"""Cloud providers and infrastructure platforms."""

from helmward.guard.matching.kinds import Kind
from helmward.guard.secrets.confirm import mixed, varied

KINDS = (
    Kind("aws-access-key", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}", varied),
    Kind(
        "aws-secret-key", r"(?:AKIA|ASIA)[A-Z0-9]{16}[\"',:;\s|\\]{1,8}([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)", mixed
    ),
    Kind("aws-secret-key", r"(?i:aws)[\w.\- \"']{0,30}[:=>, \"']{1,6}([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)", mixed),
    Kind("aws-session-token", r"(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2luX2Vj)[A-Za-z0-9/+=%]{40,}"),
    Kind("aws-signature", r"(?i)\b(?:X-Amz-)?Signature=([0-9a-f]{64})"),
    Kind("gcp-api-key", r"AIza[0-9A-Za-z_-]{35}", varied),
    Kind("gcp-service-account-key", r"\"?private_key_id\\*\"?\s*:\s*\\*\"?([0-9a-f]{40})"),
    Kind("gcp-access-token", r"ya29\.[0-9A-Za-z_.-]{20,}", varied),
    Kind("gcp-client-secret", r"GOCSPX-[0-9A-Za-z_-]{24,}", varied),
    Kind("azure-storage-key", r"(?i:(?:Account|SharedAccess|Access)Key)=([A-Za-z0-9+/]{43,86}={1,2})", varied),
    Kind("azure-shared-access-signature", r"\bsig=([A-Za-z0-9/+%_-]{40,}={0,2})", varied),
    Kind("azure-client-secret", r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}", varied),
    Kind("alibaba-access-key", r"LTAI[A-Za-z0-9]{16,20}", mixed),
    Kind("digitalocean-token", r"do[oprt]_v1_[a-f0-9]{64}", varied),
    Kind("cloudflare-origin-key", r"v1\.0-[a-f0-9]{24}-[a-f0-9]{100,}", varied),
    Kind("heroku-key", r"HRKU-[A-Za-z0-9_-]{36,}", varied),
    Kind("fly-token", r"(?:FlyV1 |\b)fm[12][ar]?_[A-Za-z0-9+/=_,-]{40,}", varied),
    Kind("vault-token", r"hv[sbr]\.[A-Za-z0-9_-]{20,}", varied),
    Kind("vault-token", r"\bs\.[A-Za-z0-9]{24}\b", mixed),
    Kind("terraform-token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}", varied),
    Kind("pulumi-token", r"pul-[a-f0-9]{40}", varied),
    Kind("doppler-token", r"dp\.(?:pt|st|sa|ct|scim|audit)\.(?:[a-z0-9_-]+\.)?[A-Za-z0-9]{40,}", varied),
    Kind("tailscale-key", r"tskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{16,}", varied),
    Kind("databricks-token", r"dapi[a-f0-9]{32}", varied),
    Kind("planetscale-token", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}", varied),
    Kind("onepassword-token", r"ops_eyJ[A-Za-z0-9+/=_-]{40,}", varied),
)
