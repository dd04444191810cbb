"""What the value of a field reads like as evidence."""

from __future__ import annotations

import pytest

from helmward.explain.excerpts import excerpt
from helmward.world.views import Condition, ServicePort, StateTerminated, StateWaiting


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        (".state.waiting", StateWaiting(reason="ErrImagePull", message="no such tag"), "ErrImagePull: no such tag"),
        (".state.waiting", StateWaiting(reason="CrashLoopBackOff"), "reason: CrashLoopBackOff"),
        (".state", StateTerminated(exit_code=137, finished_at="2026-01-01T12:00:00Z"), "exitCode: 137"),
        (".state", StateTerminated(exit_code=1, reason="Error", message="boom"), "exitCode: 1, Error: boom"),
        (".c[0]", Condition(type="Ready", status="False", reason="Away"), "Ready: False, reason: Away"),
        (".spec.ports", (ServicePort(port=80), ServicePort(port=81)), "port: 80; port: 81"),
        (".spec.selector", {"app": "pay"}, "app: pay"),
        (".spec.replicas", "0", "replicas: 0"),
        (".spec.paused", True, "paused: true"),
        (".data[TIMEOUT]", "30x", "TIMEOUT: 30x"),
        (".spec.rules[0].backendRefs[0]", "pay:80", "backendRefs: pay:80"),
        ("(env URL of container web)", "pay:80", "env URL: pay:80"),
        (".spec.volumes[*].claimName", "ledger", "claimName: ledger"),
        (".status.conditions", [], "conditions: (none)"),
        (".status", {"hard": {"pods": "5"}, "modes": ("a", "b")}, "hard: {pods: 5}, modes: [a, b]"),
        ("", "", ""),
    ],
)
def test_a_value_never_stands_without_its_name(path: str, value: object, shown: str) -> None:
    assert excerpt(path, value) == shown
