"""Pulls images for one node: what is cached, which credential opens a registry, back-off, and the Events on the way."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable

import msgspec

from helmward.lab.cast.registry import Image, InvalidName, PullFailed, Reference, Registry, parse
from helmward.lab.client import Client, Json, path_of
from helmward.lab.kubelet import words
from helmward.lab.kubelet.backoff import BackOff
from helmward.lab.kubelet.events import Recorder
from helmward.lab.kubelet.pace import Pace, go_duration

_PULL_SECONDS = 2.4


class ImageError(Exception):
    """The container cannot start for want of its image: the waiting reason and message."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ImageStore:
    """The images of one node."""

    def __init__(self, client: Client, registry: Registry, events: Recorder, pace: Pace) -> None:
        self._client = client
        self._registry = registry
        self._events = events
        self._pace = pace
        self._present: dict[str, Image] = {}

    async def ensure(self, pod: Json, container: Json, field: str, puller: Puller) -> Image:
        """EnsureImageExists of pkg/kubelet/images/image_manager.go; raises ImageError."""
        name = container["image"]

        def tell(kind: str, word: words.Word, message: str) -> None:
            self._events.pod(pod, "Warning" if kind == "Warning" else "Normal", word, message, field)

        try:
            reference = parse(name)
        except InvalidName as error:
            wrong = words.UNPARSABLE_IMAGE.say(image=name, error=error)
            message = words.BAD_IMAGE_NAME.say(image=name, error=wrong)
            tell("Warning", words.BAD_IMAGE_NAME, message)
            raise ImageError(words.INVALID_IMAGE_NAME.reason, message) from error
        policy = container.get("imagePullPolicy") or ("Always" if reference.tag == "latest" else "IfNotPresent")
        present = self._present.get(str(reference))
        if present is not None and policy != "Always":
            tell("Normal", words.PRESENT, words.PRESENT.say(image=name))
            return present
        if policy == "Never":
            message = words.NEVER_PULL.say(image=name)
            tell("Warning", words.NEVER_PULL, message)
            raise ImageError(words.NEVER_PULL.reason, message)
        return await self._pull(pod, name, reference, puller, tell)

    async def _pull(
        self,
        pod: Json,
        name: str,
        reference: Reference,
        puller: Puller,
        tell: Callable[[str, words.Word, str], None],
    ) -> Image:
        puller.refuse_in_back_off(name, tell)
        tell("Normal", words.PULLING, words.PULLING.say(image=name))
        begun = time.monotonic()
        credential = await self._credential(pod, reference.host)
        await self._pace.pass_(_PULL_SECONDS)
        try:
            image = self._registry.pull(reference, credential)
        except PullFailed as error:
            tell("Warning", words.PULL_FAILED, words.PULL_FAILED.say(image=name, error=error))
            puller.failed(str(error))
            raise ImageError(words.PULL_ERROR.reason, str(error)) from error
        took = go_duration(round(time.monotonic() - begun, 3))
        tell("Normal", words.PULLED, words.PULLED.say(image=name, took=took, waited=took, size=image.size))
        self._present[str(reference)] = image
        return image

    async def _credential(self, pod: Json, host: str) -> str | None:
        namespace, missing = pod["metadata"]["namespace"], []
        found = None
        for reference in pod["spec"].get("imagePullSecrets") or []:
            secret = await self._client.find(path_of("Secret", namespace, reference["name"]))
            if secret is None:
                missing.append(reference["name"])
                continue
            found = found or _login(secret, host)
        if missing:
            message = words.NO_PULL_SECRET.say(names=", ".join(missing))
            self._events.pod(pod, "Warning", words.NO_PULL_SECRET, message)
        return found


class Puller:
    """One container's pull back-off."""

    def __init__(self, pace: Pace) -> None:
        self._back_off = BackOff(pace)
        self._error = ""

    def failed(self, error: str) -> None:
        """Remember a failed pull."""
        self._back_off.next()
        self._error = error

    def refuse_in_back_off(self, name: str, tell: Callable[[str, words.Word, str], None]) -> None:
        """Raises ImageError while the back-off lasts."""
        if not self._back_off.remaining():
            return
        message = words.PULL_BACK_OFF.say(image=name)
        tell("Normal", words.PULL_BACK_OFF, message)
        previous = f"{words.PULL_ERROR.reason}: {self._error}"
        waiting = words.PULL_BACK_OFF_WAITING.say(back_off=message, error=previous)
        raise ImageError(words.PULL_BACK_OFF_WAITING.reason, waiting)


def _login(secret: Json, host: str) -> str | None:
    """`user:password` for `host` from a kubernetes.io/dockerconfigjson Secret."""
    try:
        raw = base64.b64decode((secret.get("data") or {}).get(".dockerconfigjson", ""))
        entry = msgspec.json.decode(raw)["auths"][host]
        if "auth" in entry:
            return base64.b64decode(entry["auth"]).decode()
        return f"{entry['username']}:{entry['password']}"
    except (msgspec.DecodeError, binascii.Error, KeyError, TypeError, UnicodeDecodeError):
        return None
