"""Messaging, payment, mail and monitoring services."""

from helmward.guard.matching.kinds import Kind
from helmward.guard.secrets.confirm import base64_number, mixed, varied

KINDS = (
    Kind("slack-token", r"xox[abeoprs]-[A-Za-z0-9-]{10,}", varied),
    Kind("slack-token", r"xapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-f0-9]{20,}"),
    Kind("slack-webhook", r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/_-]{20,})", varied),
    Kind(
        "discord-webhook", r"discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/([0-9]{17,20}/[A-Za-z0-9_-]{60,})", varied
    ),
    Kind("discord-token", r"\b[A-Za-z0-9_-]{24,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}", base64_number),
    Kind("teams-webhook", r"webhook\.office(?:365)?\.com/(webhookb2/[A-Za-z0-9@/_-]{40,})", varied),
    Kind("telegram-token", r"(?:\b|\bbot)([0-9]{8,10}:[A-Za-z0-9_-]{35})\b", mixed),
    Kind("stripe-key", r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}", varied),
    Kind("stripe-webhook-secret", r"whsec_[A-Za-z0-9+/=]{24,}", varied),
    Kind("twilio-key", r"\bSK[0-9a-f]{32}\b", varied),
    Kind("sendgrid-key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", varied),
    Kind("mailgun-key", r"\bkey-[0-9a-zA-Z]{32}\b", varied),
    Kind("mailgun-key", r"\b[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}\b", varied),
    Kind("mailchimp-key", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b", varied),
    Kind("shopify-token", r"shp(?:at|ca|pa|ss|tka)_[a-fA-F0-9]{32}", varied),
    Kind("square-token", r"\b(?:sq0[a-z]{3}-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{60})", varied),
    Kind("newrelic-key", r"NRAK-[A-Z0-9]{27}", varied),
    Kind("grafana-token", r"gl(?:c|sa)_[A-Za-z0-9_+/=]{32,}", varied),
    Kind("dynatrace-token", r"dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}", varied),
    Kind("sentry-token", r"sntry[su]_[A-Za-z0-9_=+/-]{40,}", varied),
    Kind("linear-key", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}", varied),
    Kind("notion-token", r"\b(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}\b)", varied),
    Kind("postman-key", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}", varied),
)
