"""What the build takes from npm: exactly what the lock file names, into the wheel, whether the machine has Node or not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = "helmward/faces/console/static/vendor/"
NAMES = {"htmx.js", "uplot.js", "uplot.css", "LICENSES.txt"}
_SOURCES = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "CHANGELOG.md")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which nothing was built, with as much of the package as the build needs."""
    folder = tmp_path / "checkout"
    (folder / "src/helmward/faces/console/static").mkdir(parents=True)
    shutil.copy(ROOT / "src/helmward/__init__.py", folder / "src/helmward")
    shutil.copytree(ROOT / "control-plane", folder / "control-plane")
    shutil.copytree(ROOT / "console", folder / "console", ignore=shutil.ignore_patterns("node_modules"))
    for name in _SOURCES:
        shutil.copy(ROOT / name, folder)
    return folder


def test_the_lock_file_names_no_host_and_every_integrity() -> None:
    locked = json.loads((ROOT / "console/package-lock.json").read_text())["packages"]
    asked = json.loads((ROOT / "console/package.json").read_text())
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    for name, package in locked.items():
        assert "resolved" not in package
        assert not name or package["integrity"].startswith("sha512-")


def test_a_wheel_from_an_sdist_holds_them_and_no_node_modules(checkout: Path, tmp_path: Path) -> None:
    (checkout / "console/node_modules/left-over").mkdir(parents=True)
    (checkout / "console/node_modules/left-over/index.js").write_text("")
    wheel = _built(_uv("build", "--out-dir", str(tmp_path), str(checkout)), tmp_path)
    assert {name for name in wheel if name.startswith(VENDOR)} == {VENDOR + name for name in NAMES}
    assert not [name for name in wheel if "node_modules" in name or "left-over" in name or "axe" in name]
    assert "htmx.org 4.0.1" in wheel[VENDOR + "LICENSES.txt"]
    assert "uplot 1.6.32" in wheel[VENDOR + "LICENSES.txt"]
    assert 'registerExtension("sse"' in wheel[VENDOR + "htmx.js"].replace(
        "'", '"'
    )  # in htmx's own file, or it comes too late
    for name in NAMES:
        assert wheel[VENDOR + name].strip()
        assert "sourceMappingURL" not in wheel[VENDOR + name]


@pytest.mark.slow
def test_a_machine_without_node_builds_the_same_wheel(checkout: Path, tmp_path: Path) -> None:
    arguments = ("build", "--wheel", "--python", sys.executable, "--out-dir")
    (tmp_path / "empty").mkdir()
    without = _uv(*arguments, str(tmp_path / "without"), str(checkout), PATH=str(tmp_path / "empty"))
    bare = _built(without, tmp_path / "without")
    shutil.rmtree(checkout / "src" / VENDOR)
    assert bare == _built(_uv(*arguments, str(tmp_path / "with"), str(checkout)), tmp_path / "with")


def test_npm_that_fails_says_what_where_and_what_to_do(checkout: Path, tmp_path: Path) -> None:
    lock = checkout / "console/package-lock.json"
    locked = json.loads(lock.read_text())
    locked["packages"]["node_modules/uplot"]["integrity"] = locked["packages"]["node_modules/axe-core"]["integrity"]
    lock.write_text(json.dumps(locked))
    built = _uv("build", "--wheel", "--out-dir", str(tmp_path / "dist"), str(checkout))
    assert built.returncode != 0
    (said,) = [line.strip() for line in built.stderr.splitlines() if "npm could not" in line]
    assert said.startswith("npm could not fetch the console's scripts into ")
    assert "EINTEGRITY" in said
    assert said.endswith("see that `npm ping` reaches your registry, then build again.")
    assert "Traceback" not in built.stderr


def test_an_installed_checkout_has_them_too() -> None:
    here = ROOT / "src" / VENDOR
    assert {path.name for path in here.iterdir()} == NAMES
    assert (ROOT / "console/node_modules/axe-core/axe.min.js").is_file()


def _uv(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """uv of this environment, which makes an environment of its own for the build."""
    program = Path(sys.executable).parent / "uv"
    assert program.is_file(), "uv is not installed beside Python here; `./dev` installs it"
    return subprocess.run(
        [program, "--no-progress", *arguments], capture_output=True, text=True, env={**os.environ, **environment}
    )


def _built(build: subprocess.CompletedProcess[str], folder: Path) -> dict[str, str]:
    """The files of the wheel that was built into `folder`, by name."""
    assert build.returncode == 0, build.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
