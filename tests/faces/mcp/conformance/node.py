"""Node and the two suites, installed by npm into the cache, outside of the repository; once."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

PACKAGES = (
    "node@22",
    "@modelcontextprotocol/conformance@0.2.0-alpha.12",
    "@modelcontextprotocol/inspector@2.12.0",
)
CONFORMANCE = "@modelcontextprotocol/conformance"
_PATIENCE = 300  # seconds


class Ended(NamedTuple):
    code: int
    out: str
    err: str


async def installed() -> Path:
    """The folder that has them. Skips the test where there is no npm, or where it cannot reach its registry."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "helmward" / "mcp-suites"
    if (folder / "installed").is_file():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        _untested("there is no npm")
    folder.mkdir(parents=True, exist_ok=True)
    ended = await run(npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", *PACKAGES)
    if ended.code != 0:
        _untested(f"npm could not install the suites: {ended.err[-300:]}")
    (folder / "installed").touch()
    return folder


def _untested(why: str) -> NoReturn:
    """Whoever asks for this suite and has no npm is told so; with HELMWARD_REQUIRE_NPM=1 that is a failure."""
    if os.environ.get("HELMWARD_REQUIRE_NPM") == "1":
        pytest.fail(why, pytrace=False)
    pytest.skip(f"NOT TESTED: the MCP conformance suite and the inspector need npm; {why}")


async def node(folder: Path, *words: str, home: Path) -> Ended:
    """Run a script of the packages with the Node that came with them."""
    return await run(str(folder / "node_modules" / ".bin" / "node"), *words, home=home)


async def run(*words: str, home: Path | None = None) -> Ended:
    environment = {**os.environ, **({"HOME": str(home)} if home else {})}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdout=pipe, stderr=pipe, env=environment)
    try:
        out, err = await asyncio.wait_for(process.communicate(), _PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
    return Ended(process.returncode or 0, out.decode(), err.decode())
