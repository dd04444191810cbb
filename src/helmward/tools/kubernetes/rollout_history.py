"""`rollout_history`: the revisions of a workload, and what each changed (kubectl rollout history)."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from helmward.core.times import age, parse_time
from helmward.door.tool import Page, Reading, ReadTool, Rule, tool
from helmward.tools.kubernetes.differences import changes_between
from helmward.tools.kubernetes.objects import find
from helmward.tools.kubernetes.paging import line_cursor, text_page
from helmward.tools.kubernetes.revisions import REVISIONS, TEMPLATE, Revision, revisions
from helmward.tools.kubernetes.showing import shown
from helmward.tools.kubernetes.words import change_line
from helmward.tools.kubernetes.workloads import WorkloadArguments

_STANDS = "runs now"


class HistoryArguments(WorkloadArguments):
    """Names a workload."""

    revision: int = Field(default=0, ge=0, description="Only this revision; 0 is all of them.")
    cursor: str | None = line_cursor()


@tool
class RolloutHistory(ReadTool):
    """Shows a workload's revisions."""

    name = "rollout_history"
    title = "Show a workload's revisions"
    description = "Shows the kept revisions of a Deployment, StatefulSet or DaemonSet, and what each one changed."
    permission = "read"
    arguments = HistoryArguments
    rights = (
        Rule("apps", "deployments", ("list",)),
        Rule("apps", "statefulsets", ("list",)),
        Rule("apps", "daemonsets", ("list",)),
        *REVISIONS,
    )

    async def read(self, arguments: HistoryArguments, given: Reading) -> Page:
        """The revisions, the newest first. Raises UsageError where there is no such workload."""
        document = await find(given.reader, arguments.known_kind, arguments.namespace, arguments.name)
        kept = await revisions(given.reader, document)
        current = shown({"template": document.get("spec", {}).get("template")})
        return text_page(list(_lines(arguments, kept, current, given)), arguments.cursor)


def _lines(
    arguments: HistoryArguments, kept: list[Revision], current: dict[str, object], given: Reading
) -> Iterator[str]:
    count = "1 revision is" if len(kept) == 1 else f"{len(kept)} revisions are"
    yield f"{arguments.kind} {arguments.namespace}/{arguments.name}: {count} kept."
    templates = [shown({"template": revision.template}) for revision in kept]
    for number in reversed(range(len(kept))):
        revision = kept[number]
        if arguments.revision not in (0, revision.number):
            continue
        created = parse_time(revision.created)
        since = f", {age(given.now - created)} old" if created else ""
        stands = f" ({_STANDS})" if templates[number] == current else ""
        yield f"revision {revision.number}{stands}: {revision.holder}{since}"
        if revision.cause:
            yield f"  cause: {given.mask(revision.cause)}"
        if number:
            before, after = templates[number - 1]["template"], templates[number]["template"]
            for change in changes_between(TEMPLATE, before, after):
                yield f"  {change_line(change)}"
