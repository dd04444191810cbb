"""Create, update and patch: what a registry does around the store so that an object is one Kubernetes would keep."""

from __future__ import annotations

from collections.abc import Callable

from helmward.lab.embedded import failures
from helmward.lab.embedded.bodies import Body, at, clone, encode, key_of, meta, new_uid, now, suffix
from helmward.lab.embedded.kinds import KINDS, Served
from helmward.lab.embedded.objects.admission import admit
from helmward.lab.embedded.objects.defaults import default, new_status
from helmward.lab.embedded.objects.empties import without_empties
from helmward.lab.embedded.objects.shapes import check_shape
from helmward.lab.embedded.objects.validate import validate
from helmward.lab.embedded.objects.writer import Writer
from helmward.lab.embedded.patches.apply import apply
from helmward.lab.embedded.patches.managers import Manager, record_update
from helmward.lab.embedded.storage.shelf import Stored, stored
from helmward.lab.embedded.storage.store import Store

# generateName is cut so that the name fits a label (apiserver/pkg/storage/names).
_GENERATED_LENGTH = 58
# Metadata that the server alone sets.
_SERVER_SET = ("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds")


class Registry:
    """The write path of every kind over one store. All methods raise ApiFailure."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.certificate_authority = ""

    def get(self, kind: str, namespace: str, name: str) -> Stored:
        """The object, or 404."""
        found = self.store.get(kind, namespace, name)
        if found is None:
            raise failures.not_found(KINDS[kind], name)
        return found

    def create(self, kind: Served, namespace: str, sent: Body, by: Writer) -> Stored:
        """A new object from what was sent."""
        body = _readable(kind, sent)
        self._prepare(kind, namespace, body)
        body["metadata"].pop("managedFields", None)
        # Before admission and without the status: what the server adds is nobody's.
        owned = {name: value for name, value in body.items() if name != "status"}
        record_update(None, owned, Manager(by.manager, "Update", kind.api_version))
        self._admit(kind, body)
        return self._store(kind, body, by, None)

    def update(
        self, kind: Served, key: tuple[str, str], change: Callable[[Body], Body], by: Writer, subresource: str = ""
    ) -> Stored:
        """Replace an object by what `change` makes of it; a subresource's write touches its own part alone.

        A change that changes nothing is not written.
        """
        current = self.get(kind.name, *key)
        after = _readable(kind, change(current.copy()))
        _preconditions(kind, current, meta(after))
        after = without_empties(_keep_server_fields(kind, current.copy(), after, subresource))
        default(kind.name, after)
        self._judge(kind, current.body, after, subresource)
        manager = Manager(by.manager, "Update", kind.api_version, subresource)
        if not _same(current.body, after):
            record_update(current.body, after, manager)
        return self._store(kind, after, by, current)

    def apply(
        self, kind: Served, key: tuple[str, str], config: Body, by: Writer, force: bool, subresource: str = ""
    ) -> tuple[Stored, bool]:
        """Server-side apply; whether the object is new comes second."""
        current = self.store.get(kind.name, *key)
        manager = Manager(by.manager, "Apply", kind.api_version, subresource)
        config = _readable(kind, config)
        if meta(config).get("managedFields"):
            raise failures.bad_request("metadata.managedFields must be nil")
        if current is None:
            return self._apply_new(kind, key, config, by, manager, subresource), True
        after = apply(current.body, config, manager, force)
        _preconditions(kind, current, meta(config))
        fields = meta(after).get("managedFields", [])
        after = _keep_server_fields(kind, current.copy(), after, subresource)
        after["metadata"]["managedFields"] = fields
        default(kind.name, after)
        self._judge(kind, current.body, after, subresource)
        return self._store(kind, after, by, current), False

    def _apply_new(
        self, kind: Served, key: tuple[str, str], config: Body, by: Writer, manager: Manager, subresource: str
    ) -> Stored:
        if subresource:
            raise failures.not_found(kind, key[1])
        body = apply(None, config, manager, True)
        fields = meta(body).get("managedFields", [])
        self._prepare(kind, key[0], body)
        body["metadata"]["managedFields"] = fields
        self._admit(kind, body)
        return self._store(kind, body, by, None)

    def _prepare(self, kind: Served, namespace: str, body: Body) -> None:
        metadata = body["metadata"]
        _place(kind, namespace, metadata)
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"][:_GENERATED_LENGTH] + suffix()
        for name in (*_SERVER_SET, "resourceVersion"):
            metadata.pop(name, None)
        metadata.update({"uid": new_uid(), "creationTimestamp": now()})
        if kind.generation:
            metadata["generation"] = 1
        if kind.status and kind.name not in ("Node", "Namespace", "PersistentVolume"):
            body["status"] = new_status(kind.name)
        default(kind.name, body)

    def _admit(self, kind: Served, body: Body) -> None:
        name = meta(body).get("name")
        if name and self.store.get(kind.name, *key_of(body)):
            raise failures.already_exists(kind, name)
        validate(kind, body)
        admit(self.store, kind, body)

    def _judge(self, kind: Served, before: Body, after: Body, subresource: str) -> None:
        if subresource == "status":
            return
        validate(kind, after, before)
        if kind.generation and _differs(kind, before, after):
            after["metadata"]["generation"] = meta(before).get("generation", 0) + 1

    def _store(self, kind: Served, body: Body, by: Writer, current: Stored | None) -> Stored:
        if current is not None and _same(current.body, body):
            return current
        if by.dry_run:
            version = current.version if current else 0
            return stored(key_of(body), version, body) if version else Stored(key_of(body), 0, encode(body), body)
        if meta(body).get("deletionTimestamp") and not meta(body).get("finalizers") and _finalised(kind, body):
            return self.store.remove(kind.name, key_of(body), body)
        return self.store.put(kind.name, key_of(body), body)


def _finalised(kind: Served, body: Body) -> bool:
    """Whether the last finalizer's going ends the object: of a pod with a grace period the kubelet does that."""
    if kind.name == "Namespace":
        return not at(body, "spec", "finalizers")
    return not meta(body).get("deletionGracePeriodSeconds")


def _differs(kind: Served, before: Body, after: Body) -> bool:
    """Whether the generation moves: the content changed, or a Deployment's annotations (apps/deployment strategy)."""
    names = (before.keys() | after.keys()) - {"metadata", "status"}
    noted = kind.name == "Deployment" and meta(before).get("annotations") != meta(after).get("annotations")
    return noted or any(before.get(name) != after.get(name) for name in names)


def _readable(kind: Served, sent: Body) -> Body:
    """A body of our own with apiVersion and kind first, of the right types."""
    if (sent.get("kind") or kind.name, sent.get("apiVersion") or kind.api_version) != (kind.name, kind.api_version):
        found = f"{sent.get('apiVersion')}, Kind={sent.get('kind')}"
        message = f"the API version in the data ({found}) does not match the expected API version ({kind.api_version}"
        raise failures.bad_request(f"{message}, Kind={kind.name})")
    body: Body = {"apiVersion": kind.api_version, "kind": kind.name} | clone(sent)
    body |= {"apiVersion": kind.api_version, "kind": kind.name}
    check_shape(kind, body)
    body["metadata"] = body.get("metadata") or {}
    return without_empties(body)


def _place(kind: Served, namespace: str, metadata: Body) -> None:
    if not kind.namespaced:
        metadata.pop("namespace", None)
    elif metadata.get("namespace", namespace) not in ("", namespace):
        words = "the namespace of the provided object does not match the namespace sent on the request"
        raise failures.bad_request(words)
    else:
        metadata["namespace"] = namespace


def _preconditions(kind: Served, current: Stored, metadata: Body) -> None:
    name = meta(current.body)["name"]
    uid = metadata.get("uid") or meta(current.body)["uid"]
    if uid != meta(current.body)["uid"]:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {meta(current.body)['uid']}"
        raise failures.conflict(kind, name, why)
    if metadata.get("resourceVersion") not in (None, "", "0", str(current.version)):
        raise failures.stale(kind, name)
    if metadata.get("name", name) != name:
        words = f"the name of the object ({metadata.get('name')}) does not match the name on the URL ({name})"
        raise failures.bad_request(words)


def _keep_server_fields(kind: Served, before: Body, after: Body, subresource: str) -> Body:
    """`after` limited to what this write may touch, the rest from `before`."""
    if subresource == "status":
        return _status_only(before, after)
    metadata = after["metadata"]
    for name in (*_SERVER_SET, "namespace", "resourceVersion"):
        if name in before["metadata"]:
            metadata[name] = before["metadata"][name]
        else:
            metadata.pop(name, None)
    if "managedFields" not in metadata and "managedFields" in before["metadata"]:
        metadata["managedFields"] = before["metadata"]["managedFields"]
    if kind.status:
        after["status"] = before.get("status", {})
    if kind.name == "Service":
        _keep_addresses(before["spec"], after.setdefault("spec", {}))
    return after


def _status_only(before: Body, after: Body) -> Body:
    kept = before | {"status": after.get("status") or {}}
    # The deployment controller carries the revision in its status update (apps/deployment statusStrategy).
    if meta(after).get("annotations"):
        kept["metadata"]["annotations"] = meta(after)["annotations"]
    # The entries of managedFields follow the write, whatever part of the object it touches.
    if meta(after).get("managedFields"):
        kept["metadata"]["managedFields"] = meta(after)["managedFields"]
    return kept


def _keep_addresses(before: Body, after: Body) -> None:
    if after.get("type") == before.get("type"):
        for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if before.get(name) and not after.get(name):
                after[name] = before[name]


def _same(before: Body, after: Body) -> bool:
    """Whether nothing but the server's own bookkeeping differs."""
    return before == after or _bare(before) == _bare(after)


def _bare(body: Body) -> bytes:
    metadata = {name: value for name, value in meta(body).items() if name != "resourceVersion"}
    return encode({name: body[name] for name in sorted(body) if name != "metadata"} | {"metadata": _sorted(metadata)})


def _sorted(metadata: Body) -> Body:
    return {name: metadata[name] for name in sorted(metadata)}
