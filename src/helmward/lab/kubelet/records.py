"""What the kubelet knows about one container: its attempts to run, why it waits, what its probes said."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from helmward.lab.cast.process import Exit, Process
from helmward.lab.cast.registry import Image
from helmward.lab.client import Json
from helmward.lab.kubelet import words


@dataclass
class Attempt:
    """One run of a container, living or dead."""

    image: Image
    process: Process
    id: str = field(default_factory=lambda: f"containerd://{secrets.token_hex(32)}")
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished: datetime | None = None
    exit: Exit | None = None

    def end(self, how: Exit) -> None:
        """Note how and when it ended."""
        self.exit = how
        self.finished = datetime.now(UTC)

    @property
    def running(self) -> bool:
        return self.exit is None

    @property
    def reason(self) -> str:
        """The reason containerd gives for the exit."""
        assert self.exit is not None
        if self.exit.killed_for_memory:
            return words.OOM_KILLED.reason
        return (words.EXITED if self.exit.code == 0 else words.EXITED_WITH_ERROR).reason


@dataclass
class Record:
    """A container of a pod. `waiting` is the reason and message of the last failure to start it."""

    spec: Json
    init: bool = False
    current: Attempt | None = None
    previous: Attempt | None = None
    restarts: int = 0
    waiting: tuple[str, str] | None = None
    ready: bool = False
    started: bool = False

    @property
    def name(self) -> str:
        name: str = self.spec["name"]
        return name

    @property
    def field(self) -> str:
        """The container's path in an Event's involvedObject (pkg/kubelet/container/ref.go)."""
        return f"spec.{'initContainers' if self.init else 'containers'}{{{self.name}}}"

    def begin(self, attempt: Attempt) -> None:
        """A new attempt runs."""
        if self.current is not None:
            self.previous = self.current
            self.restarts += 1
        self.current = attempt
        self.waiting = None
        self.started = "startupProbe" not in self.spec
        self.ready = self.started and "readinessProbe" not in self.spec

    def finish(self, how: Exit) -> None:
        """The attempt ended."""
        assert self.current is not None
        self.current.end(how)
        self.ready = self.started = False
