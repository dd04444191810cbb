"""How fast the lab's clock runs: the messages say Kubernetes' own durations, the waits are a fraction of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`speed` seconds of Kubernetes' life pass in one second of the lab's."""

    speed: float = 10.0

    def seconds(self, real: float) -> float:
        """What `real` seconds of Kubernetes last here, in seconds."""
        return real / self.speed

    async def pass_(self, real: float) -> None:
        """Let `real` seconds of Kubernetes go by."""
        await asyncio.sleep(self.seconds(real))


def go_duration(seconds: float) -> str:
    """A duration as Go prints it, to the millisecond: `10s`, `2m40s`, `1.25s`, `312ms`."""
    if 0 < seconds < 1:
        return f"{round(seconds * 1000)}ms"
    whole, minutes = f"{seconds % 60:.3f}".rstrip("0").rstrip("."), int(seconds // 60)
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "") + f"{whole}s"
