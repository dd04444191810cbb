"""Markings and one's own systems: they raise the class, mask nothing, and talk about confidentiality is no marking."""

from __future__ import annotations

import pytest

from helmward.core.settings_guard import GuardSettings, RuleSettings
from helmward.guard.contract import About
from helmward.guard.guards.data_class import DataClassMarks
from helmward.guard.pipeline import Guards

GUARDS = Guards([DataClassMarks()])

CASES = [
    ("internal", "cluster-host", "dial tcp: lookup payment.production.svc.cluster.local on 10.96.0.10:53"),
    ("internal", "private-address", "upstream 192.168.12.7:8080 refused"),
    ("internal", "internal-url", "see https://wiki.acme.internal/page"),
    ("internal", "kubernetes-object", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {}"),
    ("internal", "kubernetes-object", '{"apiVersion":"v1","kind":"PodList","items":[]}'),
    ("internal", "stack-trace", "Traceback (most recent call last):\n  File x"),
    ("internal", "stack-trace", "goroutine 17 [running]:\nmain.main()"),
    ("internal", "marked-internal", "TLP:GREEN community"),
    ("confidential", "marked-confidential", "CONFIDENTIAL - do not copy"),
    ("confidential", "marked-confidential", "TLP:AMBER+STRICT"),
    ("confidential", "marked-confidential", "For internal use only"),
    ("confidential", "marked-confidential", "이 문서는 대외비입니다"),
    ("confidential", "marked-confidential", "classification: confidential"),
    ("restricted", "marked-restricted", "STRICTLY CONFIDENTIAL: board paper"),
    ("restricted", "marked-restricted", "TLP:RED"),
    ("restricted", "marked-restricted", "극비 문서"),
]


@pytest.mark.parametrize(("data_class", "rule", "text"), CASES)
def test_the_class_is_raised_and_nothing_is_masked(data_class: str, rule: str, text: str) -> None:
    verdict = GUARDS.check(text, About("tool"))
    assert verdict.data_class == data_class
    assert f"data-class/{rule}" in {hit.rule for hit in verdict.spans}
    assert (verdict.verdict, verdict.masked) == ("allow", text)


@pytest.mark.parametrize(
    "text",
    [
        "How do I keep a document confidential?",
        "The API server needs a confidential client.",
        "8.8.8.8 and 172.32.0.1 and 1.10.2.3.4 are public",
        "https://example.com/internal/page",
        "version 10.2.3",
        "The service mesh encrypts internal traffic.",
        "Deployment is a kind of the API apps/v1.",
    ],
)
def test_other_texts_are_public(text: str) -> None:
    assert GUARDS.check(text, About("tool")).data_class == "public"


def test_settings_may_block_what_is_marked() -> None:
    settings = GuardSettings(rules=(RuleSettings(rule="data-class/marked-restricted", action="block"),))
    guards = Guards([DataClassMarks()], settings)
    assert guards.check("TLP:RED", About("user")).verdict == "block"
    assert guards.check("TLP:GREEN", About("user")).verdict == "allow"
