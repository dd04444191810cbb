"""What the benchmarks need of the products they put beside Helmward: whether one is installed, and an environment that keeps
it to this machine."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path

_CLOSED = "http://127.0.0.1:9"  # the discard port: refused at once
_OFFLINE = {
    "HTTP_PROXY": _CLOSED,
    "HTTPS_PROXY": _CLOSED,
    "NO_PROXY": "127.0.0.1,localhost",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS": "",
}


def installed(package: str, wanted: str | None = None) -> str | None:
    """The version of a package of this environment. None where there is none, after a line that says how it gets there;
    `wanted` is what to install if that has another name."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        print(f"  {package} is not installed; `uv pip install '{wanted or package}'` puts it beside (CONTRIBUTING.md).")
        return None


def offline(home: Path) -> dict[str, str]:
    """An environment for a product that is not ours: nothing of the caller's own, and no way out but to this machine."""
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    lower = {name.lower(): value for name, value in _OFFLINE.items() if name.endswith("PROXY")}
    return {"HOME": str(home), "TMPDIR": str(home), "PATH": programs, "LANG": "C.UTF-8", **_OFFLINE, **lower}
