"""A batch program for Jobs: it works for `--seconds` and ends with `--exit` (both 1 and 0 where absent)."""

from __future__ import annotations

from helmward.lab.cast.process import Box


class Batch:
    """A run to completion."""

    async def main(self, box: Box) -> int:
        """Work, say so, and return the exit code asked for."""
        options = dict(argument.removeprefix("--").partition("=")[::2] for argument in box.args)
        box.print("report: started")
        await box.pause(float(options.get("seconds", "1")))
        code = int(options.get("exit", "0"))
        box.print("report: done" if code == 0 else f"report: failed with exit code {code}")
        return code
