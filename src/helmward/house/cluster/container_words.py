"""What the reason of a container's state means, in a short sentence: the runtime's own message names ids that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Reasons: kubernetes v1.34, pkg/kubelet/container/sync_result.go, pkg/kubelet/images/types.go, and the CRI runtimes'.
_WORDS: Mapping[str, str] = {
    "ContainerCreating": "it is being made",
    "PodInitializing": "it waits for the init containers",
    "ErrImagePull": "its image cannot be pulled",
    "ImagePullBackOff": "its image cannot be pulled; the kubelet tries again, ever more seldom",
    "ErrImageNeverPull": "its image is not on the node, and imagePullPolicy is Never",
    "InvalidImageName": "its image's name is malformed",
    "ImageInspectError": "its image on the node cannot be read",
    "RegistryUnavailable": "the image registry cannot be reached",
    "SignatureValidationFailed": "its image's signature is not valid",
    "CreateContainerConfigError": "it cannot be made: something that its configuration names is missing",
    "CreateContainerError": "the container runtime cannot make it",
    "RunContainerError": "the container runtime cannot start it",
    "StartError": "its command cannot be started",
    "ContainerCannotRun": "its command cannot be started",
    "PostStartHookError": "its postStart hook failed",
    "DeadlineExceeded": "it ran longer than it may",
    "OOMKilled": "it used more memory than it may, and was killed",
    "ContainerStatusUnknown": "its node lost track of it",
}
_BACK_OFF = re.compile(r"back-off (?:(\d+)m)?(?:(\d+)s)?\b")


def words_of(reason: str, message: str) -> str:
    """Empty where the reason says it all, or is none that we know."""
    if reason != "CrashLoopBackOff":
        return _WORDS.get(reason, "")
    found = _BACK_OFF.search(message)
    minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0)
    pause = f"{minutes}m" if minutes and not seconds else f"{minutes * 60 + seconds}s"
    within = f"at most {pause} after it ended" if minutes or seconds else "after a pause"
    return f"it ends again and again; the kubelet starts it anew {within}"
