"""Why a container crashes, as its exit code, the runtime's message and the log's line tell: the first match counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from helmward.core.nouns import Change, Evidence, Remedy, Resource
from helmward.explain.clues import culprits
from helmward.explain.clues.settings import Setting, named, settings, unset_variable
from helmward.explain.codes import Code
from helmward.explain.crashes import codes
from helmward.explain.crashes.crashes import NOT_STARTED, Crash, LogLine
from helmward.explain.crashes.exit_codes import failed
from helmward.explain.crashes.hosts import Target, target_of
from helmward.explain.crashes.log_hosts import unreached
from helmward.explain.crashes.log_reason import says_why
from helmward.explain.evidence import clean, of_object
from helmward.world.lens import Lens
from helmward.world.objects import Object

# What runc writes where it cannot start a process (libcontainer, Go os/exec), wrapped by containerd and the kubelet.
_NO_FILE = re.compile(
    r"executable file not found in \$PATH|stat [^:]{1,200}: no such file or directory|exec: \"[^\"]*\": .*no such file"
)
_NO_EXEC = re.compile(
    r"exec: \"[^\"]*\": (?:.*: )?permission denied|exec format error|exec [^ ]+: (?:permission denied|is a directory)"
)
_EXECUTABLE = re.compile(r"exec: \"([^\"]+)\"|stat ([^:]+): no such file|exec (\S+): ")
# strerror(3) and libuv's names. A database's own "permission denied for table" is not the system's.
_PERMISSION = re.compile(
    r"permission denied(?! for )|EACCES|EPERM|operation not permitted|read-only file system|EROFS", re.I
)
_PORT = re.compile(r"address already in use|EADDRINUSE|Address in use|port \d+ is already (?:in use|allocated)", re.I)


class Case(NamedTuple):
    """What there is to judge by. `line` is "" where no log line speaks of an error."""

    pod: Object
    crash: Crash
    line: str
    found: LogLine | None
    world: Lens

    @property
    def since(self) -> str | None:
        """The instant before which a change can have caused it: when the container last ended."""
        return self.crash.ended.finished_at if self.crash.ended else None


class Verdict(NamedTuple):
    """`says` completes `container NAME …`; `change` is the change that fits this verdict and no other."""

    code: Code
    says: str
    evidence: tuple[Evidence, ...] = ()
    blames: tuple[Resource, ...] = ()
    change: Change | None = None
    remedies: tuple[Remedy, ...] = ()
    by_log: bool = True
    """The log's line is part of the proof."""
    certainty: float | None = None
    """Instead of the code's."""


def judge(case: Case) -> Verdict:
    """The verdict; a crash that nothing special is known of crashes for a reason of its own."""
    for look in _LOOKS:
        verdict = look(case)
        if verdict is not None:
            return verdict
    return Verdict(codes.CRASH, "crashes")


def _not_started(case: Case) -> Verdict | None:
    waiting, ended = case.crash.container.waiting, case.crash.ended
    message = " ".join(state.message for state in (waiting, ended) if state is not None and state.message)
    reasons = {waiting.reason if waiting else "", ended.reason if ended else ""}
    if _NO_FILE.search(message):
        return Verdict(
            codes.COMMAND_NOT_FOUND, f"cannot start: {_program(case, message)} is not in the image", by_log=False
        )
    if _NO_EXEC.search(message):
        return Verdict(
            codes.COMMAND_NOT_EXECUTABLE, f"cannot start: {_program(case, message)} cannot be executed", by_log=False
        )
    if reasons & NOT_STARTED:
        return Verdict(codes.START_FAILED, f"cannot be started: {clean(message, 200)}".rstrip(": "), by_log=False)
    return None


def _program(case: Case, message: str) -> str:
    found = _EXECUTABLE.search(message)
    name = next((group for group in found.groups() if group), None) if found else None
    return f"'{name or ' '.join(case.crash.container.spec.command[:1]) or 'its command'}'"


def _by_exit_code(case: Case) -> Verdict | None:
    ended = case.crash.ended
    if ended is None:
        return None
    if not failed(ended):
        return Verdict(codes.COMPLETES, "ends with success and is started again and again", by_log=False)
    if ended.exit_code == 127:
        return Verdict(codes.COMMAND_NOT_FOUND, "calls a command that is not in the image")
    if ended.exit_code == 126:
        return Verdict(codes.COMMAND_NOT_EXECUTABLE, "calls a command that cannot be executed")
    return None


def _by_port(case: Case) -> Verdict | None:
    return Verdict(codes.PORT_IN_USE, "wants a port that is in use") if _PORT.search(case.line) else None


def _by_permission(case: Case) -> Verdict | None:
    return Verdict(codes.PERMISSION, "is not permitted what it tries") if _PERMISSION.search(case.line) else None


def _by_dependency(case: Case) -> Verdict | None:
    failure = unreached(case.line)
    if failure is None:
        return None
    target = target_of(failure, case.pod, case.world)
    if target.service is not None:
        says = f"cannot reach Service {target.service.name}{f' port {failure.port}' if failure.port else ''}"
        return Verdict(codes.DEPENDENCY, says, target.evidence, (target.service.resource,))
    if failure.how == "unresolved" and failure.host and not failure.is_address:
        return _wrong_name(case, failure.host, target)
    host = failure.host + (f":{failure.port}" if failure.port else "")
    what = f"cannot reach {host}" if host else "cannot reach what it needs"
    return Verdict(codes.DEPENDENCY, f"{what}{target.remark}", target.evidence)


def _wrong_name(case: Case, host: str, target: Target) -> Verdict:
    """The host name is in some setting: that one is wrong, unless the name is of the world outside."""
    holder = next((known for known in _settings(case) if known.value and host in known.value.lower()), None)
    says = f"asks for the host {host}, which no DNS server knows{target.remark}"
    return _of_setting(case, codes.NAME, says, holder, target.evidence)


def _by_setting(case: Case) -> Verdict | None:
    if not case.line:
        return None
    known = _settings(case)
    setting = named(case.line, known)
    if setting is not None:
        return _of_setting(case, codes.CONFIGURATION, f"rejects its configuration ({setting.place})", setting)
    variable = unset_variable(case.line, known)
    if variable is None:
        return None
    change = culprits.of_template(case.world, case.pod, case.since, rf"env\[{variable}\]") or _lost_key(case, variable)
    says = f"needs the environment variable {variable}, which is not set"
    return Verdict(codes.CONFIGURATION, says, change=change)


def _by_lost_variable(case: Case) -> Verdict | None:
    """Nothing says why, and the rollout that crashes took an environment variable away."""
    name = re.escape(case.crash.container.spec.name)
    for change in culprits.all_of_template(case.world, case.pod, rf"ontainers\[{name}\]\.env\["):
        if not case.line and change.before is not None and change.after is None:
            variable = change.path.rpartition("[")[2].rstrip("]")
            says = f"crashes since the environment variable {variable} was taken away"
            return Verdict(codes.CONFIGURATION, says, change=change, by_log=False, certainty=0.8)
    return None


def _lost_key(case: Case, variable: str) -> Change | None:
    change = culprits.of_any_configuration(case.world, case.pod, case.since)
    return change if change is not None and variable in change.path else None


def _settings(case: Case) -> list[Setting]:
    return list(settings(case.pod, case.crash.container.spec, case.world))


def _of_setting(
    case: Case, code: Code, says: str, setting: Setting | None, evidence: Iterable[Evidence] = ()
) -> Verdict:
    """A verdict about one setting: the object that holds it, its last change, and how to take that back."""
    if setting is None:
        return Verdict(code, says, tuple(evidence))
    if setting.holder is None:
        place = rf"env\[{re.escape(setting.name)}\]"
        change = culprits.of_template(case.world, case.pod, case.since, place)
        spec = of_object(
            case.pod, f".spec.containers[{case.crash.container.spec.name}].env[{setting.name}]", setting.value or ""
        )
        return Verdict(code, says, (*evidence, spec), change=change)
    held = case.world.get(setting.holder.kind, setting.holder.namespace, setting.holder.name)
    change = culprits.of_setting(case.world, case.pod, case.since, setting.holder, setting.key)
    proof = [of_object(held, f".data[{setting.key}]", setting.value or "(hidden)")] if held else []
    remedies = (culprits.restore(change, setting.key),) if change is not None and change.path else ()
    return Verdict(code, says, (*evidence, *proof), change=change, remedies=remedies)


_LOOKS: tuple[Callable[[Case], Verdict | None], ...] = (
    _not_started, _by_exit_code, _by_port, _by_permission, _by_dependency, _by_setting, _by_lost_variable,
)  # fmt: skip


def case_of(pod: Object, crash: Crash, found: LogLine | None, world: Lens) -> Case:
    """What there is to judge by; a termination message stands in for a log that is not here."""
    text = found.text if found else (crash.ended.message or "" if crash.ended else "")
    return Case(pod, crash, text[:2000] if says_why(text) else "", found, world)
