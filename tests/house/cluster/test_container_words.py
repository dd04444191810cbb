"""The reasons of containers' states, in words."""

from __future__ import annotations

import pytest

from helmward.house.cluster.containers import containers_of

AGAIN = "it ends again and again; the kubelet starts it anew"


@pytest.mark.parametrize(
    ("reason", "message", "text"),
    [
        (
            "CrashLoopBackOff",
            "back-off 5m0s restarting failed container=app pod=web-1_production(0d2a)",
            f"{AGAIN} at most 5m after it ended",
        ),
        ("CrashLoopBackOff", "back-off 10s restarting …", f"{AGAIN} at most 10s after it ended"),
        ("CrashLoopBackOff", "back-off 1m20s …", f"{AGAIN} at most 80s after it ended"),
        ("CrashLoopBackOff", "", f"{AGAIN} after a pause"),
        ("OOMKilled", "", "it used more memory than it may, and was killed"),
        ("SomethingNew", "as it was", ""),
    ],
)
def test_a_state_is_told_in_words_and_its_message_kept(reason: str, message: str, text: str) -> None:
    state = {"waiting": {"reason": reason, "message": message}}
    status = {"containerStatuses": [{"name": "app", "state": state}]}
    (row,) = containers_of({"kind": "Pod", "spec": {"containers": [{"name": "app"}]}, "status": status})
    assert (row["reason"], row["text"], row["message"]) == (reason, text, message)
