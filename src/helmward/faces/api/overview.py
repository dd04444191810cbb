"""What matters now, for a first look."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from helmward.faces.api.access import TheHouse, Viewer
from helmward.faces.api.encoding import encoded
from helmward.house.overview import overview

router = APIRouter(tags=["system"])


@router.get("/overview")
async def show(house: TheHouse, actor: Viewer) -> Response:
    """What is wrong now, in numbers; namespaces, the worst first; how long it takes to see and mend; what was done and waits.

    `namespaces`: those in which something runs or is wrong ("": what belongs to none). `health` is the worst of
    what lies there, as `/map` and `/cluster` tell it: `broken`, `degraded`, `progressing`, `suspended` (all of it) or `healthy`;
    `text` why. `ready` counts workloads; `incidents` all live ones, of which `suppressed` are kept quiet.
    `times`: seconds, over what was live in the last seven days. `detect`: from the earliest moment in the evidence to the
    opening; `explain`: from there to the first cause that was named; `mend`: to its end. What stood before Helmward looked has no
    known beginning and is left out of `detect` and `mend`; `count` says how many are in. `did`: the ten latest actions.
    `waiting`: plans that wait for an approval; null where `problems` says why it is not known."""
    return encoded(await overview(house, actor))
