"""The audit log, looked through: search, a filter's choices, verification and export, for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from helmward.core.errors import UsageError
from helmward.faces.api.access import Admin, TheHouse
from helmward.house.audit_proof import AuditProof
from helmward.house.audit_search import AuditSearch

router = APIRouter(tags=["audit"], prefix="/audit")
_MOMENT = {"max_length": 40, "examples": ["2h", "2026-01-31T12:00:00Z"]}
_SINCE = "not older: a duration back, or a time"
_UNTIL = "older than this: a duration back, or a time"

Sequence = Annotated[int | None, Query(ge=1, lt=1 << 60, description="only records with lower numbers: the next page")]
After = Annotated[int, Query(ge=0, lt=1 << 60, description="only what comes after this record")]


async def search_of(request: Request) -> AuditSearch:
    """Who looks records up."""
    found: AuditSearch = request.app.state.audit_search
    return found


async def proof_of(request: Request) -> AuditProof:
    """Who verifies."""
    found: AuditProof = request.app.state.audit_proof
    return found


async def fields_of(
    actor: Annotated[str, Query(max_length=200, description="this name exactly")] = "",
    kind: Annotated[Literal["", "user", "agent", "service"], Query(description="what kind of actor")] = "",
    action: Annotated[str, Query(max_length=200, description="exactly, or its beginning: plan.*")] = "",
    target: Annotated[str, Query(max_length=500, description="stands in the target, whatever the case")] = "",
    outcome: Annotated[Literal["", "intended", "done", "failed", "denied"], Query(description="how it ended")] = "",
    q: Annotated[str, Query(max_length=500, description="stands anywhere in the record, whatever the case")] = "",
    since: Annotated[str, Query(description=_SINCE, **_MOMENT)] = "",
    until: Annotated[str, Query(description=_UNTIL, **_MOMENT)] = "",
) -> dict[str, str]:
    """What a filter asks for; what is empty asks for nothing."""
    return {
        "actor": actor,
        "kind": kind,
        "action": action,
        "target": target,
        "outcome": outcome,
        "text": q,
        "since": since,
        "until": until,
    }


TheSearch = Annotated[AuditSearch, Depends(search_of)]
TheProof = Annotated[AuditProof, Depends(proof_of)]
Fields = Annotated[Mapping[str, str], Depends(fields_of)]


@router.get("/search")
async def search(
    _actor: Admin,
    audit: TheSearch,
    fields: Fields,
    before: Sequence = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """`{"records": […], "next": number or null, "scanned": n}`: those that fit all that is given, newest first, as they stand
    in the log. A call looks at about 200,000 records, or for half a second; `next`, if any, is the `before` that goes on:
    there may be more, even where this page is empty."""
    found = await audit.search(audit.filter(fields), before, limit)
    following = b"%d" % found.next if found.next is not None else b"null"
    parts = (b",".join(found.records), following, found.scanned)
    return Response(b'{"records":[%s],"next":%s,"scanned":%d}' % parts, media_type="application/json")


@router.get("/facets")
async def facets(_actor: Admin, audit: TheSearch) -> dict[str, list[str]]:
    """What a filter can choose from: `{"actors": […], "actions": […], "outcomes": […]}` of the last 50,000 records, at most
    500 of each; up to half a minute old."""
    return (await audit.choices())._asdict()


@router.post("/verify")
async def verify(actor: Admin, proof: TheProof) -> dict[str, Any]:
    """Verify the whole log, and the state against it, as `helmward audit verify` does. It takes a while; who asks meanwhile
    gets the same result. `problems` says in sentences what does not hold; `records` hold, `head` is what was acknowledged."""
    return await proof.run(actor)


@router.get("/verify")
async def verified(_actor: Admin, proof: TheProof) -> dict[str, Any] | None:
    """The last verification since the server started; null where there was none."""
    return proof.last


@router.get("/export", response_class=StreamingResponse)
async def export(
    actor: Admin,
    audit: TheSearch,
    house: TheHouse,
    fields: Fields,
    after: After = 0,
    format: Annotated[Literal["log", "records"], Query(description="the log's own lines, or records alone")] = "log",
) -> StreamingResponse:
    """A download, oldest first; that it was made is a record itself.

    `log`: the lines as they stand, signed commits included, so that a copy can be verified elsewhere: put it as
    `audit/000000000001.jsonl` into an empty folder F, the server's `audit-signing.pub` into a folder K beside it, and run
    `HELMWARD_KEY_DIR=K helmward audit verify --data-dir F`. With `after` it begins with the last commit up to that record,
    from whose line the chain goes on: SHA-256(its `chain` + the line).

    `records`: only records, those that fit the filter.
    """
    if format == "log" and any(fields.values()):
        raise UsageError("The log's own lines cannot be filtered, or nobody could verify them; ask for format=records.")
    wanted = audit.filter(fields)
    copy = await (audit.copy(actor, after) if format == "log" else audit.records(actor, wanted, after))
    name = f"helmward-audit-{house.clock():%Y%m%dT%H%M%SZ}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if copy.size is not None:
        headers["Content-Length"] = str(copy.size)
    return StreamingResponse(copy.chunks, media_type="application/x-ndjson", headers=headers)
