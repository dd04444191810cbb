"""A small Python program as an exec plugin."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from helmward.adapters.clients.kubernetes.connection import ExecPlugin

from .server import Api

V1 = "client.authentication.k8s.io/v1"

# Prints what STATUS holds (or TEXT as it is), counts its runs in COUNT, keeps what it was told in SEEN.
SCRIPT = """
import json, os, sys, time
count = os.environ["COUNT"]
runs = int(open(count).read()) + 1 if os.path.exists(count) else 1
open(count, "w").write(str(runs))
open(count + ".seen", "w").write(os.environ["KUBERNETES_EXEC_INFO"])
if "SLEEP" in os.environ:
    time.sleep(60)
if "FAIL" in os.environ:
    sys.exit(os.environ["FAIL"])
if "TEXT" in os.environ:
    print(os.environ["TEXT"])
else:
    status = json.loads(os.environ["STATUS"].replace("RUN", str(runs)))
    print(json.dumps({"apiVersion": os.environ["VERSION"], "kind": "ExecCredential", "status": status}))
"""


class Plugin:
    """A small Python program as exec plugin."""

    def __init__(self, folder: Path) -> None:
        self.count = folder / "count"
        self.script = folder / "plugin.py"
        self.script.write_text(SCRIPT)

    def __call__(self, version: str = V1, status: dict[str, Any] | None = None, **env: str) -> ExecPlugin:
        variables = {
            "COUNT": str(self.count),
            "VERSION": version,
            "STATUS": json.dumps(status or {"token": "token-RUN"}),
        }
        return ExecPlugin(
            api_version=version,
            command=sys.executable,
            args=("-S", "-E", str(self.script)),
            env=tuple({**variables, **env}.items()),
        )

    @property
    def runs(self) -> int:
        return int(self.count.read_text()) if self.count.exists() else 0

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(Path(f"{self.count}.seen").read_text())


def bearers(api: Api) -> list[str | None]:
    return [seen.header("Authorization") for seen in api.seen]
