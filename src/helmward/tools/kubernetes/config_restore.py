"""`config_restore`: a ConfigMap, or a workload's template, as it was before its last change."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from helmward.core.errors import UsageError
from helmward.core.plans import Blast, Effect, FieldChange, Step
from helmward.core.pointers import pointer, steps_of, value_at
from helmward.core.text import one_line
from helmward.door.tool import NAME, Namespaced, Planning, Rule, Settled, tool
from helmward.tools.kubernetes.change import Draft, PatchTool
from helmward.tools.kubernetes.dependents import readers
from helmward.tools.kubernetes.differences import changes_between
from helmward.tools.kubernetes.objects import CONTROLLERS, Document, read
from helmward.tools.kubernetes.revisions import REVISIONS, TEMPLATE, revisions
from helmward.tools.kubernetes.rollout_undo import earlier
from helmward.tools.kubernetes.words import listed
from helmward.tools.kubernetes.workloads import must_roll, patience, rolled_out, rollout_blast, wanted
from helmward.world.kinds import KINDS, Kind
from helmward.world.versions import contents_of


class RestoreArguments(Namespaced):
    """Names a ConfigMap or a workload."""

    kind: Literal["ConfigMap", "Deployment", "StatefulSet", "DaemonSet"] = Field(
        default="ConfigMap", description="ConfigMap, or a workload whose template is meant."
    )
    name: str = Field(pattern=NAME, max_length=253, description="Its name.")
    key: str | None = Field(
        default=None, pattern=r"^[-._a-zA-Z0-9]{1,253}$", description="Only this key of the ConfigMap."
    )


@tool
class ConfigRestore(PatchTool):
    """Restores configuration."""

    name = "config_restore"
    title = "Restore configuration"
    description = "Gives a ConfigMap, or the template of a workload, what it held before its last change."
    effect = Effect.MUTATE
    permission = "restore"
    arguments = RestoreArguments
    rights = (
        Rule("", "configmaps", ("get", "patch")),
        Rule("apps", "deployments", ("get", "patch")),
        Rule("apps", "statefulsets", ("get", "patch")),
        Rule("apps", "daemonsets", ("get", "patch")),
        *REVISIONS,
        *CONTROLLERS,
    )

    async def draft(self, arguments: RestoreArguments, given: Planning) -> Draft:
        """What was there before."""
        document = await read(given.reader, KINDS[arguments.kind], arguments.namespace, arguments.name)
        if arguments.kind == "ConfigMap":
            return _of_map(arguments, document, given)
        if arguments.key is not None:
            raise UsageError(f"config_restore: key: a {arguments.kind} has no keys; leave it out.")
        return await _of_template(arguments, document, given)

    def reach(self, kind: Kind, document: Document, changes: tuple[FieldChange, ...], given: Planning) -> str:
        """Those who read a ConfigMap; the pods of a template."""
        if kind.name != "ConfigMap":
            return rollout_blast(document, given).text
        meta = document["metadata"]
        return readers(given.world, meta["namespace"], meta["name"])

    def reached(self, step: Step, document: Document) -> Settled:
        """A template must be rolled out; what a ConfigMap holds is there at once."""
        return super().reached(step, document) if document.get("kind") == "ConfigMap" else rolled_out(document)


def _of_map(arguments: RestoreArguments, document: Document, given: Planning) -> Draft:
    if document.get("immutable"):
        raise UsageError(f"ConfigMap {arguments.name} is immutable; nothing in it can be changed.")
    changes, until = _former(arguments, document, given)
    keys = listed([steps_of(change.path)[-1] for change in changes])
    return Draft(
        kind=KINDS["ConfigMap"],
        document=document,
        changes=changes,
        title=f"restore {keys} of ConfigMap {arguments.namespace}/{arguments.name} as of before {until}",
        success="the former values stand",
        undo="puts the values from before the restoration in again",
        blast=Blast(text=readers(given.world, arguments.namespace, arguments.name)),
    )


def _former(arguments: RestoreArguments, document: Document, given: Planning) -> tuple[tuple[FieldChange, ...], str]:
    """The changes back to the newest former version that differs. Raises UsageError where none is known."""
    now = contents_of(document)
    for version in reversed(given.world.versions.of(arguments.namespace, arguments.name)):
        found = tuple(_back(document, now, version.contents, arguments.key))
        if found:
            return found, version.until.isoformat(timespec="seconds").replace("+00:00", "Z")
    what = f"key {one_line(arguments.key, 253)} of " if arguments.key else ""
    raise UsageError(
        f"No former version of {what}ConfigMap {arguments.namespace}/{arguments.name} is known: "
        "Helmward has seen no other since it was started."
    )


def _back(document: Document, now: dict[str, Any], then: dict[str, Any], key: str | None) -> list[FieldChange]:
    found: list[FieldChange] = []
    for section in ("data", "binaryData"):
        before, after = now[section], then[section]
        if key is not None:
            before, after = ({key: part[key]} if key in part else {} for part in (before, after))
        if document.get(section) is None and after:  # what holds the keys must be made with them
            found.append(FieldChange(path=pointer(section), before=None, after=after))
        else:
            found += changes_between(pointer(section), before, after)
    return found


async def _of_template(arguments: RestoreArguments, document: Document, given: Planning) -> Draft:
    must_roll(document)
    kind, current = KINDS[arguments.kind], value_at(document, TEMPLATE)
    kept = {one.number: one.template for one in await revisions(given.reader, document)}
    number, template = earlier(arguments.name, kept, current)
    return Draft(
        kind=kind,
        document=document,
        changes=tuple(changes_between(TEMPLATE, current, template)),
        title=f"restore the template of {kind.name} {arguments.namespace}/{arguments.name} from revision {number}",
        success="every replica runs the earlier template and is available",
        undo="puts the template from before in again",
        blast=rollout_blast(document, given),
        deadline=patience(wanted(document)),
    )
