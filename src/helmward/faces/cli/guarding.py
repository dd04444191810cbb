"""What `guard` does: reads texts, asks the guards, prints what they say. What they found is never printed."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast, get_args

import click

from helmward.app import load_guards
from helmward.core import paths
from helmward.core.errors import UnreadableError
from helmward.core.settings import load
from helmward.core.text import HOSTILE, one_line, printable
from helmward.faces.cli.errors import say
from helmward.faces.cli.output import emit, names, table
from helmward.guard.contract import About, Role, Verdict
from helmward.guard.pipeline import Guards

_ROLES = get_args(Role)
_AROUND = 24  # characters that the table shows on each side of a find


def guards(config_file: Path | None) -> Guards:
    """The guards of the settings. Raises UsageError where those name what is not there."""
    return load_guards(load(paths.config_file(config_file, os.environ), os.environ).settings)


def scan_text(found: Guards, file: str, role: str, everything: bool, output: str) -> None:
    """One text. Raises UnreadableError."""
    text = _text(b"".join(_lines(file)))
    verdict = found.check(text, About(cast(Role, role)))
    report = _report(verdict, everything)
    if output != "table":
        emit(report, output)
        return
    click.echo(f"{report['verdict']}, {report['class']}")
    rows = [
        (
            span["rule"],
            f"{span['start']}-{span['end']}",
            span["action"],
            f"{span['confidence']:.2f}",
            _near(text, verdict, span),
        )
        for span in report["spans"]
    ]
    table(("RULE", "CHARACTERS", "ACTION", "SURE", "WHERE"), rows, "Nothing was found.")


def scan_lines(found: Guards, file: str, role: str, everything: bool) -> int:
    """One text a line of JSON; 1 where a line was none, 4 where none was one. Raises UnreadableError."""
    good = bad = 0
    for number, line in enumerate(_lines(file), 1):
        if not line.strip():
            continue
        try:
            identity, text, its_role = _entry(line, role)
        except ValueError as error:
            sys.stdout.flush()
            say(f"Line {number} of {_named(file)} was not scanned: {error}.")
            bad += 1
            continue
        report = _report(found.check(text, About(its_role)), everything)
        sys.stdout.write(_compact({"id": identity, **report}) + "\n")
        sys.stdout.flush()
        good += 1
    return 0 if not bad else 1 if good else 4


def list_rules(found: Guards, output: str) -> None:
    """Every rule of every guard that is on."""
    rows: list[dict[str, Any]] = []
    for one in found.all:
        for rule in sorted(one.rules, key=lambda rule: rule.name):
            name = f"{one.name}/{rule.name}"
            actions = {role: found.actions.action(name, role) for role in _ROLES if role in one.roles}
            rows.append(
                {
                    "rule": name,
                    "default": rule.action,
                    "actions": actions,
                    "longest": rule.longest,
                    "class": rule.raises,
                }
            )
    if output in ("json", "yaml"):
        emit({"rules": rows}, output)
    elif output == "name":
        names(row["rule"] for row in rows)
    else:
        cells = ((r["rule"], r["default"], _actions(r["actions"]), r["longest"], r["class"] or "-") for r in rows)
        table(("RULE", "DEFAULT", "IN FORCE", "LONGEST", "CLASS"), cells, "Every guard is off.")


def _actions(actions: dict[str, str]) -> str:
    """One word where all roles have the same."""
    different = set(actions.values())
    return (
        different.pop() if len(different) == 1 else ", ".join(f"{role}: {action}" for role, action in actions.items())
    )


def _report(verdict: Verdict, everything: bool) -> dict[str, Any]:
    """What CONTRACTS.md promises."""
    shown = [hit for hit in verdict.spans if everything or hit.action != "allow"]
    spans = [
        {
            "guard": hit.guard,
            "rule": hit.rule,
            "start": hit.start,
            "end": hit.end,
            "action": hit.action,
            "confidence": round(hit.confidence, 2),
        }
        for hit in shown
    ]
    return {"verdict": verdict.verdict, "class": verdict.data_class, "spans": spans, "masked": verdict.masked}


def _near(text: str, verdict: Verdict, span: dict[str, Any]) -> str:
    """What stands around a find; it and every other find only by its rule."""
    start, end = span["start"], span["end"]
    low, high = max(0, start - _AROUND), min(len(text), end + _AROUND)
    pieces: list[str] = []
    at = low
    for hit in verdict.spans:
        if hit.end > at and hit.start < high and hit.action != "allow":
            pieces += (text[at : max(at, hit.start)], f"[{hit.rule}]")
            at = hit.end
    return one_line(("…" if low else "") + "".join(pieces) + text[at:high] + ("…" if high < len(text) else ""), 200)


def _entry(line: bytes, role: str) -> tuple[Any, str, Role]:
    """ValueError, with the end of a sentence, for a line that is no entry."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(entry, dict):
        raise ValueError("it is not a JSON object")
    if not isinstance(entry.get("text"), str):
        raise ValueError('its "text" is missing or not a string')
    if (its_role := entry.get("role", role)) not in _ROLES:
        raise ValueError(f'its "role" is not one of {", ".join(_ROLES)}')
    return entry.get("id"), entry["text"], cast(Role, its_role)


def _compact(report: dict[str, Any]) -> str:
    text = json.dumps(report, ensure_ascii=False)
    return HOSTILE.sub(lambda match: json.dumps(match.group())[1:-1] if match.group() != "\x7f" else "\\u007f", text)


def _lines(file: str) -> Iterator[bytes]:
    """The lines of a file or of standard input, as bytes."""
    if file == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as opened:
            yield from opened
    except OSError as error:
        reason = error.strerror or "it is no file"
        raise UnreadableError(f"{printable(file)} could not be read: {reason}.") from error


def _text(data: bytes) -> str:
    """UTF-8, or UTF-16 with its mark; each byte that is neither counts as one replaced character."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _named(file: str) -> str:
    return "standard input" if file == "-" else printable(file)
