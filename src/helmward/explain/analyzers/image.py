"""Images that cannot be pulled: wrong name, wrong tag, no authorization, unreachable registry, told apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import ClassVar

from helmward.core.nouns import Change, Evidence, Finding, Remedy, Severity
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.pods import Running, condition_since, containers, healthy, title
from helmward.explain.codes import Code
from helmward.explain.configuration.image_names import differs, pulled_well
from helmward.explain.evidence import of_change, of_event, of_object
from helmward.world.lens import Lens
from helmward.world.objects import Object

_WHY = "The container cannot start without its image; the pod serves nothing until the pull succeeds."
TAG = Code(
    "HW-IMG-001",
    "image-tag-not-found",
    Severity.HIGH,
    _WHY,
    "Set the image to a tag that exists, or push the missing one.",
    certainty=0.97,
)
NAME = Code(
    "HW-IMG-002",
    "image-name-not-found",
    Severity.HIGH,
    _WHY,
    "Correct the image's registry and repository.",
    certainty=0.95,
)
UNAUTHORIZED = Code(
    "HW-IMG-003",
    "image-pull-unauthorized",
    Severity.HIGH,
    _WHY,
    "Give the pod an imagePullSecret with valid credentials for this registry (in the pod or its ServiceAccount).",
    certainty=0.95,
)
UNREACHABLE = Code(
    "HW-IMG-004",
    "image-registry-unreachable",
    Severity.HIGH,
    _WHY,
    "Correct the registry's host name, or restore DNS and the network between the nodes and the registry.",
    certainty=0.93,
)
INVALID = Code("HW-IMG-005", "image-name-invalid", Severity.HIGH, _WHY, "Correct the image reference.", certainty=0.97)
LIMITED = Code(
    "HW-IMG-006",
    "image-pull-rate-limited",
    Severity.HIGH,
    _WHY,
    "Pull with credentials, through a mirror, or wait until the registry's window ends.",
)
PLATFORM = Code(
    "HW-IMG-007",
    "image-platform-mismatch",
    Severity.HIGH,
    _WHY,
    "Publish the image for the nodes' architecture, or schedule the pod on nodes that fit it.",
)
ABSENT = Code(
    "HW-IMG-008",
    "image-not-on-node",
    Severity.HIGH,
    _WHY,
    "imagePullPolicy is Never: load the image on the node, or set the policy to IfNotPresent.",
)
OTHER = Code(
    "HW-IMG-009",
    "image-pull-failed",
    Severity.HIGH,
    _WHY,
    "Read the registry's answer below and mend what it names.",
    certainty=0.8,
)

# What kubelet (pkg/kubelet/images/types.go) and containerd (core/remotes/docker) write. The first that matches counts.
_MESSAGES: tuple[tuple[Code, re.Pattern[str]], ...] = tuple(
    (code, re.compile(pattern, re.I))
    for code, pattern in (
        (LIMITED, r"toomanyrequests|429 Too Many Requests|pull rate limit"),
        (
            UNREACHABLE,
            r"no such host|server misbehaving|name resolution|i/o timeout|connection refused|no route to host|x509: "
            r"|TLS handshake",
        ),
        (NAME, r"name unknown|NAME_UNKNOWN|repository name not known|repository .{0,200} not found"),
        (
            UNAUTHORIZED,
            r"401 Unauthorized|403 Forbidden|unauthorized|authorization failed|pull access denied|no basic auth|denied",
        ),
        (PLATFORM, r"no match for platform|exec format error"),
        (TAG, r"manifest unknown|MANIFEST_UNKNOWN|manifest for .{0,300} not found|: not found|code = NotFound"),
    )
)
# What containerd says of a repository that is private or does not exist, and of one that surely wants credentials.
_EITHER = re.compile(r"repository does not exist or may require authorization")
_REFUSED = re.compile(r"401 Unauthorized|403 Forbidden|no basic auth|failed to fetch (?:anonymous|oauth) token", re.I)
_GUESSED = 0.7
_REASONS = {"InvalidImageName": INVALID, "ErrImageNeverPull": ABSENT}
_PULLING = frozenset({"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError", *_REASONS})


@analyzer
class Image:
    """Reads the waiting reason of each container and the pull error that the kubelet reported."""

    watches: ClassVar[tuple[str, ...]] = ("Pod",)
    reads: ClassVar[tuple[str, ...]] = ("Pod", "Event", "ServiceAccount", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = (
        TAG, NAME, UNAUTHORIZED, UNREACHABLE, INVALID, LIMITED, PLATFORM, ABSENT, OTHER,
    )  # fmt: skip

    def examine(self, pod: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each container whose image cannot be had."""
        if healthy(pod):
            return
        for container in containers(pod):
            waiting = container.waiting
            if waiting is not None and waiting.reason in _PULLING:
                yield _finding(pod, container, world)


def _finding(pod: Object, container: Running, world: Lens) -> Finding:
    waiting = container.waiting
    assert waiting is not None
    failure = _pull_failure(pod, container, world)
    text = " ".join([waiting.message or "", failure.view.message if failure else ""])
    code = _REASONS.get(waiting.reason) or next((code for code, words in _MESSAGES if words.search(text)), OTHER)
    since = condition_since(pod, "ContainersReady")
    change = _change(pod, container, world, since)
    image = container.spec.image or container.status.image
    guessed = _by_name(pod, image, change, code, text, world)
    code = guessed or code
    proof: list[Evidence] = [of_event(failure)] if failure else []
    proof.append(of_object(pod, f"{container.path}.state.waiting", waiting))
    proof += [of_change(change)] if change else []
    if code is UNAUTHORIZED:
        proof.append(
            of_object(pod, ".spec.imagePullSecrets", [secret.name for secret in pod.view.spec.image_pull_secrets])
        )
    message = f"{title(world, pod)}: {_sentence(code, image)}"
    remedies = [_remedy(pod, container, world, code, change)]
    return code.finding(
        pod, world, message, proof, changed=change, remedies=remedies, since=since, key=container.spec.name,
        certainty=_GUESSED if guessed else min(0.99, code.certainty + (0.02 if change else 0.0)),
    )  # fmt: skip


def _by_name(pod: Object, image: str, change: Change | None, code: Code, text: str, world: Lens) -> Code | None:
    """The code by the name alone: where nobody says why, and where the registry will not say whether it exists."""
    if code is UNAUTHORIZED:
        if not _EITHER.search(text) or _REFUSED.search(text):
            return None
    elif code is not OTHER:
        return None
    before = [json.loads(change.before)] if change is not None and change.before else pulled_well(pod, world)
    part = differs(image, before)
    if code is UNAUTHORIZED:
        return NAME if part == "repository" else None
    return {"host": UNREACHABLE, "repository": NAME, "tag": TAG}[part] if part else None


def _pull_failure(pod: Object, container: Running, world: Lens) -> Object | None:
    """The kubelet's latest Event that says why the pull failed (`Failed to pull image …`), not that it backs off."""
    field = f"{{{container.spec.name}}}"
    failures = [
        event
        for event in world.events(pod)
        if event.view.reason in ("Failed", "InspectFailed", "ErrImageNeverPull")
        and (field in (event.view.involved_object.field_path or field))
        and event.view.message not in ("Error: ErrImagePull", "Error: ImagePullBackOff")
    ]
    return failures[-1] if failures else None


def _change(pod: Object, container: Running, world: Lens, since: str | None) -> Change | None:
    place = rf"containers\[{re.escape(container.spec.name)}\]\.image$"
    # While the rollout is taken back, its newest change is the remedy: the one that brought this image is the cause.
    image = f'"{container.spec.image}"'
    return next((change for change in suspects.of_workload(world, pod, since, place) if change.after == image), None)


def _sentence(code: Code, image: str) -> str:
    name, _, tag = image.rpartition(":")
    if "/" in tag or not name:
        name, tag = image, "latest"
    return {
        TAG: f"the image {name} has no tag {tag}",
        NAME: f"there is no image {name} in its registry",
        UNAUTHORIZED: f"the registry refuses to hand out {image}: no valid credentials, or no such repository",
        UNREACHABLE: f"the registry of {image} cannot be reached",
        INVALID: f"'{image}' is not a valid image reference",
        LIMITED: f"the registry limits pulls of {image}",
        PLATFORM: f"the image {image} is not built for the node's platform",
        ABSENT: f"the image {image} is not on the node and may not be pulled",
    }.get(code, f"the image {image} cannot be pulled")


def _remedy(pod: Object, container: Running, world: Lens, code: Code, change: Change | None) -> Remedy:
    owner = world.workload(pod)
    if change is None or owner is None or not change.before:
        command = f"kubectl -n {pod.namespace} describe pod {pod.name}"
        return Remedy(text=code.fix, command=command)
    before = change.before.strip('"')
    command = f"kubectl -n {owner.namespace} rollout undo {owner.kind.lower()}/{owner.name}"
    return Remedy(
        text=f"Roll {owner.name} back to {before}, the image it ran before, or {code.fix[0].lower()}{code.fix[1:]}",
        command=command,
        tool="rollout_undo",
        arguments={"kind": owner.kind, "namespace": owner.namespace, "name": owner.name},
    )
