"""The findings about configuration that lacks: what needs it, what is like it, what changed, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches

from helmward.core.nouns import Change, Evidence, Finding, Remedy, Resource, Severity
from helmward.explain.clues import culprits
from helmward.explain.clues.pods import title
from helmward.explain.clues.references import Reference
from helmward.explain.codes import Code
from helmward.explain.configuration import codes as config_codes
from helmward.explain.configuration import missing
from helmward.explain.configuration.missing import Complaint
from helmward.explain.evidence import clean, of_change, of_event, of_object
from helmward.explain.workloads.creation import Refusal, lacks, refusal
from helmward.world.indexes import pod_spec
from helmward.world.lens import Lens
from helmward.world.objects import Object

_LATENT = 0.75
_SETTLES = timedelta(seconds=30)
# Kubernetes plugin/pkg/admission/serviceaccount/admission.go; the API server's caches say serviceaccount, its storage
# serviceaccounts.
_NO_ACCOUNT = re.compile(r"error looking up service account ([^/\s]+)/([^:\s]+): serviceaccounts? \"[^\"]+\" not found")
# Kubelet pkg/kubelet/kuberuntime/security_context_others.go, verifyRunAsNonRoot.
_NON_ROOT = re.compile(r"container's runAsUser breaks non-root policy|container has runAsNonRoot and image ")


def is_about_account(message: str) -> bool:
    """True if the API server refused a pod because its ServiceAccount does not exist."""
    return _NO_ACCOUNT.search(message) is not None


def absent(item: Object, reference: Reference, proof: list[Evidence], since: str | None, world: Lens) -> Finding:
    """`item` (a pod, or a workload whose next pod it concerns) refers to what is not there."""
    change = missing.cause(reference, item, since, world)
    near = missing.near(reference, item.namespace, world)
    latent = item.kind.name != "Pod"
    who = "its next pod" if latent else f"container {reference.container}" if reference.container else "a volume"
    like = f" (did you mean {near}?)" if near else ""
    code = config_codes.ABSENT[reference.kind, bool(reference.key)]
    return code.finding(
        item,
        world,
        f"{title(world, item)}: {who} needs {reference.what}, which does not exist{like}",
        [*proof, *([of_change(change)] if change else [])],
        changed=change,
        remedies=_remedies(item, reference, change, world, code),
        blames=[_resource(reference.kind, item.namespace, reference.name)],
        since=since,
        severity=Severity.MEDIUM if latent else None,
        certainty=_LATENT if latent else code.certainty,
        key="/".join((reference.kind, reference.name, reference.key, reference.container)),
    )


def _remedies(item: Object, reference: Reference, change: Change | None, world: Lens, code: Code) -> Iterator[Remedy]:
    place = f"kubectl -n {item.namespace}"
    if change is not None and change.path.startswith("spec."):
        back = culprits.roll_back(world.workload(item), f"Roll back the change that refers to {reference.what}.")
        yield from [back] if back else []
    elif change is not None and reference.key and change.before:
        yield culprits.restore(change, reference.key)
    elif change is not None:
        arguments = {"kind": reference.kind, "namespace": item.namespace, "name": reference.name}
        text = f"Create {reference.kind} {reference.name} again; it was deleted at {change.time}."
        yield Remedy(
            text=text, command=f"{place} get {reference.kind.lower()}s", tool="config_restore", arguments=arguments
        )
    shown = f"describe {reference.kind.lower()} {reference.name}" if reference.key else f"get {reference.kind.lower()}s"
    yield Remedy(text=code.fix, command=f"{place} {shown}")


def other(pod: Object, complaint: Complaint, since: str | None, world: Lens) -> Finding:
    """The kubelet cannot make a container's configuration for a reason that is no reference."""
    code = config_codes.NON_ROOT if _NON_ROOT.search(complaint.message) else config_codes.OTHER
    said = clean(complaint.message, 220) or "the kubelet cannot read its configuration, and its message is not here"
    change = culprits.of_container(world, pod, complaint.container, since)
    return code.finding(
        pod,
        world,
        f"{title(world, pod)}: container {complaint.container} cannot be made: {said}",
        [complaint.evidence, *([of_change(change)] if change else [])],
        changed=change,
        remedies=[Remedy(text=code.fix, command=f"kubectl -n {pod.namespace} describe pod {pod.name}")],
        since=since,
        certainty=code.certainty if complaint.message else 0.5,
        key=complaint.container,
    )


def account(maker: Object, world: Lens) -> Iterator[Finding]:
    """A controller's pods are refused because their ServiceAccount does not exist."""
    refused = refusal(maker, world)
    found = _NO_ACCOUNT.search(refused.message) if refused is not None else None
    if refused is None or not refused.message:
        refused, namespace, name = _unsaid(maker, refused, world)
    elif found is not None:
        namespace, name = found.groups()
    else:
        return
    if refused is None:
        return
    if world.knows("ServiceAccount") and world.get("ServiceAccount", namespace, name) is not None:
        return  # it was made, and the controller will try again
    like = get_close_matches(name, [item.name for item in world.all("ServiceAccount", namespace)], 1)
    deleted = [change for change in world.changes_of("ServiceAccount", namespace, name) if change.after == '"deleted"']
    change = deleted[-1] if deleted else culprits.of_template(world, maker, refused.since, r"serviceAccount(?:Name)?$")
    said = f"its pods are refused: ServiceAccount {name} does not exist{f' (did you mean {like[0]}?)' if like else ''}"
    make = Remedy(text=config_codes.SERVICE_ACCOUNT.fix, command=f"kubectl -n {namespace} create serviceaccount {name}")
    back = culprits.roll_back(world.workload(maker), "Roll back the change of serviceAccountName.")
    yield config_codes.SERVICE_ACCOUNT.finding(
        maker,
        world,
        f"{title(world, maker)}: {said}",
        [*refused.proof, *([of_change(change)] if change else [])],
        changed=change,
        remedies=[back, make] if back and change and change.path else [make],
        blames=[_resource("ServiceAccount", namespace, name)],
        since=refused.since,
    )


def _unsaid(maker: Object, refused: Refusal | None, world: Lens) -> tuple[Refusal | None, str, str]:
    """It lacks pods, nobody says why, and the ServiceAccount that it names does not exist."""
    specs = [pod_spec(maker), pod_spec(world.owner(maker) or maker)]  # a ReplicaSet of a table does not say it
    name = next((spec.service_account_name for spec in specs if spec is not None and spec.service_account_name), "")
    known = name in ("", "default") or not world.knows("ServiceAccount")
    if known or world.get("ServiceAccount", maker.namespace, name) is not None:
        return None, "", ""
    if refused is None and not (lacks(maker, world) and world.elapsed(maker.meta.creation_timestamp, _SETTLES)):
        return None, "", ""
    proof = of_object(maker, ".spec.template.spec.serviceAccountName", name)
    return refused or Refusal("", None, (proof,)), maker.namespace, name


def pull_secrets(item: Object, severity: Severity, world: Lens) -> Iterator[Finding]:
    """Secrets of imagePullSecrets that do not exist: a warning, or what a failing pull may want."""
    spec = pod_spec(item)
    for secret in spec.image_pull_secrets if spec else ():
        if not world.knows("Secret") or world.get("Secret", item.namespace, secret.name) is not None:
            continue
        command = f"kubectl -n {item.namespace} get secrets --field-selector type=kubernetes.io/dockerconfigjson"
        told = world.events(item, "FailedToRetrieveImagePullSecret")[-1:]
        yield config_codes.PULL_SECRET.finding(
            item,
            world,
            f"{title(world, item)}: its imagePullSecret {secret.name} does not exist",
            [
                of_object(item, ".spec.imagePullSecrets", [ref.name for ref in spec.image_pull_secrets]),
                *map(of_event, told),
            ]
            if spec
            else [],
            remedies=[Remedy(text=config_codes.PULL_SECRET.fix, command=command)],
            severity=severity,
            blames=[_resource("Secret", item.namespace, secret.name)],
            key=secret.name,
        )


def _resource(kind: str, namespace: str, name: str) -> Resource:
    return Resource(api_version="v1", kind=kind, namespace=namespace, name=name)
