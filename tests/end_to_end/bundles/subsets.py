"""Parts of a bundle: what somebody may have sent instead of all of it."""

from __future__ import annotations

import shutil
from pathlib import Path

SUBSETS = {
    "all": ("get", "describe", "logs", "manifests"),
    "faulty-manifests": ("get", "describe", "logs", "faulty"),
    "no-events": ("get", "describe", "logs", "manifests", "-events"),
    "no-describe": ("get", "logs", "manifests"),
    "tables-logs": ("get", "logs"),
    "manifests-tables": ("get", "manifests"),
    "faulty-tables": ("get", "faulty"),
    "describe-only": ("describe",),
}
ALWAYS = ("nodes", "checks", "metrics", "alerts.json", "question.txt")


def take(bundle: Path, subset: str, target: Path) -> Path:
    """Copy the parts of `bundle` that belong to a subset below `target`."""
    parts = SUBSETS[subset]
    for name in ("get", "describe", "logs", "manifests", *ALWAYS):
        if name in parts or name in ALWAYS:
            _copy(bundle / name, target / name)
    if "faulty" in parts:
        (target / "manifests").mkdir(parents=True)
        shutil.copy(bundle / "faulty.yaml", target / "manifests/shop.yaml")
    if "-events" in parts:
        _without_events(target)
    return target


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def _without_events(folder: Path) -> None:
    for path in folder.glob("get/*/events*.txt"):
        path.unlink()
    for path in folder.glob("describe/**/*.txt"):
        head, mark, _ = path.read_text().rpartition("Events:")
        if mark:
            path.write_text(head)
