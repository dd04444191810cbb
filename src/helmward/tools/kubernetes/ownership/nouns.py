"""What an ownership answer is made of: who wrote a field, which controller would undo a change, where to make it instead."""

from __future__ import annotations

from typing import Literal

from helmward.core.nouns import Noun, Resource

System = Literal["argocd", "flux", "helm", "hpa", "keda", "vpa", "operator", "owner"]


class Manager(Noun, frozen=True, kw_only=True):
    """A field manager, from metadata.managedFields (Kubernetes API, ManagedFieldsEntry v1).

    `operation` is Apply or Update, `subresource` "" for the object itself, `time` RFC 3339 or "". `others` are further
    managers that hold the field, or a part of it. Texts are as the server has them: `core.text.one_line` shows them.
    """

    name: str
    operation: str
    subresource: str = ""
    time: str = ""
    others: tuple[str, ...] = ()


class Where(Noun, frozen=True, kw_only=True):
    """Where a change lasts. Everything is printable; "" is what is not known for sure.

    `repository` is a URL, `path` a folder or chart in it, `revision` what is followed (and what is applied now), `field`
    what to change there, `command` the native command that changes it or takes the change over.
    """

    repository: str = ""
    path: str = ""
    revision: str = ""
    field: str = ""
    command: str = ""
    text: str = ""


class Controller(Noun, frozen=True, kw_only=True):
    """Something that manages the object. `paths` are the touched paths it stands for (all of them where none were named).

    `reverts`: it would put a change of `paths` back by itself. `overwrites`: its next upgrade or sync does. `certain` is
    False where that could not be read and the worse is assumed. `reason` says it in words.
    """

    system: System
    name: str
    resource: Resource | None
    paths: tuple[str, ...]
    reverts: bool
    overwrites: bool
    reason: str
    where: Where
    certain: bool = True

    @property
    def text(self) -> str:
        """One or two sentences: what it does, and where the change lasts."""
        lead = f"{self.name} {self.reason}."
        return f"{lead} {self.where.text}" if self.where.text and (self.reverts or self.overwrites) else lead


class Ownership(Noun, frozen=True, kw_only=True):
    """Who manages the touched fields of one object. `text` is what a plan shows as managedBy."""

    managers: dict[str, Manager | None]
    controllers: tuple[Controller, ...]
    reverted_by: tuple[str, ...]
    overwritten_by: tuple[str, ...]
    text: str
