"""Every reason and message the stand-in kubelet may write, and the source file it was read from (Kubernetes v1.34.3).

Nothing else ever appears in a status or an Event: code takes its words from here, a test holds this table against the
sources. `{name}` is a value; `{name!q}` is one that Go prints with %q.
"""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class _GoFormatter(string.Formatter):
    def convert_field(self, value: Any, conversion: str | None) -> Any:
        return go_quote(str(value)) if conversion == "q" else super().convert_field(value, conversion)


_FORMATTER = _GoFormatter()


def go_quote(text: str) -> str:
    """`text` as Go's %q prints it, for the printable text that names and paths are."""
    return json.dumps(text, ensure_ascii=False)


def go_list(names: Sequence[str]) -> str:
    """A list of strings as Go's %s prints a slice: `[a b]`."""
    return f"[{' '.join(names)}]"


@dataclass(frozen=True, slots=True)
class Word:
    """One message: the Event's or the state's `reason` ("" where it has none), its template, and the file it is in.

    `pieces` are the literals of that file, where the message is put together from several.
    """

    reason: str
    template: str
    source: str
    pieces: tuple[str, ...] = ()

    def say(self, **values: Any) -> str:
        """The message with its values filled in. Raises KeyError when one is missing."""
        return _FORMATTER.vformat(self.template, (), values)


_IMAGES = "pkg/kubelet/images/image_manager.go"
_RUNTIME = "pkg/kubelet/kuberuntime/kuberuntime_container.go"
_MANAGER = "pkg/kubelet/kuberuntime/kuberuntime_manager.go"
_PODS = "pkg/kubelet/kubelet_pods.go"
_PROBER = "pkg/kubelet/prober/prober.go"
_HTTP = "pkg/probe/http/http.go"
_STATUS = "pkg/kubelet/status/generate.go"
_NODE = "pkg/kubelet/nodestatus/setters.go"
_NODE_EVENTS = "pkg/kubelet/kubelet_node_status.go"
_MOUNT = "pkg/volume/util/operationexecutor/operation_generator.go"
_NET = "go: net, net/http"
_CONTAINERD = "containerd: core/remotes/docker/{resolver,authorizer}.go, core/remotes/errors/errors.go, client/pull.go"

# Images
PULLING = Word("Pulling", "Pulling image {image!q}", _IMAGES)
PULLED = Word(
    "Pulled",
    "Successfully pulled image {image!q} in {took} ({waited} including waiting). Image size: {size} bytes.",
    _IMAGES,
)
PRESENT = Word("Pulled", "Container image {image!q} already present on machine", _IMAGES)
PULL_FAILED = Word("Failed", "Failed to pull image {image!q}: {error}", _IMAGES)
PULL_BACK_OFF = Word("BackOff", "Back-off pulling image {image!q}", _IMAGES)
PULL_BACK_OFF_WAITING = Word("ImagePullBackOff", "{back_off}: {error}", _IMAGES)
NEVER_PULL = Word("ErrImageNeverPull", "Container image {image!q} is not present with pull policy of Never", _IMAGES)
BAD_IMAGE_NAME = Word("InspectFailed", "Failed to apply default image tag {image!q}: {error}", _IMAGES)
PULL_ERROR = Word("ErrImagePull", "{error}", "pkg/kubelet/images/types.go")
INVALID_IMAGE_NAME = Word("InvalidImageName", "{error}", "pkg/kubelet/images/types.go")
UNPARSABLE_IMAGE = Word("", "couldn't parse image name {image!q}: {error}", "pkg/util/parsers/parsers.go")
NO_PULL_SECRET = Word(
    "FailedToRetrieveImagePullSecret",
    "Unable to retrieve some image pull secrets ({names}); attempting to pull the image may not succeed.",
    _PODS,
)

# What containerd answers. The kubelet drops `rpc error: code = Unknown desc = ` (cri-client/pkg/remote_image.go).
RESOLVE_FAILED = Word(
    "", "failed to pull and unpack image {reference!q}: failed to resolve reference {reference!q}: {error}", _CONTAINERD
)
IMAGE_NOT_FOUND = Word("", "{reference}: not found", _CONTAINERD)
RPC_NOT_FOUND = Word(
    "", "rpc error: code = NotFound desc = {error}", "google.golang.org/grpc: internal/status/status.go"
)
NO_ANONYMOUS_TOKEN = Word("", "failed to authorize: failed to fetch anonymous token: {error}", _CONTAINERD)
NO_OAUTH_TOKEN = Word("", "failed to authorize: failed to fetch oauth token: {error}", _CONTAINERD)
TOKEN_REFUSED = Word("", "unexpected status from GET request to {url}: {status}", _CONTAINERD)
PULL_DENIED = Word(
    "",
    "pull access denied, repository does not exist or may require authorization: "
    "server message: insufficient_scope: authorization failed",
    _CONTAINERD,
)
REQUEST_FAILED = Word("", "failed to do request: Head {url!q}: {error}", _CONTAINERD)
NO_SUCH_HOST = Word("", "dial tcp: lookup {host} on {resolver}: no such host", _NET)

# Containers
CREATED = Word("Created", "Created container: {container}", _RUNTIME)
STARTED = Word("Started", "Started container {container}", _RUNTIME)
CONTAINER_FAILED = Word("Failed", "Error: {error}", _RUNTIME)
CONFIG_ERROR = Word("CreateContainerConfigError", "{error}", _RUNTIME)
STOPPING = Word("Killing", "Stopping container {container}", _RUNTIME)
KILLED_BY_LIVENESS = Word(
    "Killing",
    "Container {container} failed liveness probe, will be restarted",
    _MANAGER,
    pieces=("failed liveness probe", "will be restarted"),
)
KILLED_BY_STARTUP = Word(
    "Killing",
    "Container {container} failed startup probe, will be restarted",
    _MANAGER,
    pieces=("failed startup probe", "will be restarted"),
)
RESTART_BACK_OFF = Word("BackOff", "Back-off restarting failed container {container} in pod {pod}", _MANAGER)
CRASH_LOOP = Word("CrashLoopBackOff", "back-off {delay} restarting failed container={container} pod={pod}", _MANAGER)
POD = Word("", "{name}_{namespace}({uid})", "pkg/kubelet/util/format/pod.go")
CREATING = Word("ContainerCreating", "", _PODS)
INITIALIZING = Word("PodInitializing", "", _PODS)

# Environment and volumes
CONFIG_MAP_NOT_FOUND = Word(
    "",
    "configmap {name!q} not found",
    "pkg/kubelet/configmap/configmap_manager.go",
    pieces=('corev1.Resource("configmap")',),
)
SECRET_NOT_FOUND = Word(
    "", "secret {name!q} not found", "pkg/kubelet/secret/secret_manager.go", pieces=('corev1.Resource("secret")',)
)
NO_CONFIG_MAP_KEY = Word("", "couldn't find key {key} in ConfigMap {namespace}/{name}", _PODS)
NO_SECRET_KEY = Word("", "couldn't find key {key} in Secret {namespace}/{name}", _PODS)
FAILED_MOUNT = Word(
    "FailedMount",
    "MountVolume.SetUp failed for volume {volume!q} : {error}",
    _MOUNT,
    pieces=("MountVolume.SetUp failed",),
)
NO_CONFIG_MAP_FILE = Word(
    "", "configmap references non-existent config key: {key}", "pkg/volume/configmap/configmap.go"
)
NO_SECRET_FILE = Word("", "references non-existent secret key: {key}", "pkg/volume/secret/secret.go")

# Probes
UNHEALTHY = Word("Unhealthy", "{probe} probe failed: {output}", _PROBER)
HTTP_STATUS = Word("", "HTTP probe failed with statuscode: {code}", _HTTP)
HTTP_FAILED = Word("", "Get {url!q}: {error}", _NET)
REFUSED = Word("", "dial tcp {address}: connect: connection refused", _NET)
TIMED_OUT = Word("", "context deadline exceeded (Client.Timeout exceeded while awaiting headers)", _NET)

# Conditions
NOT_READY = Word("ContainersNotReady", "containers with unready status: {names}", _STATUS)
NOT_INITIALIZED = Word("ContainersNotInitialized", "containers with incomplete status: {names}", _STATUS)
COMPLETED = Word("PodCompleted", "", _STATUS)
FAILED = Word("PodFailed", "", _STATUS)

# Exits, as containerd reports them
EXITED = Word("Completed", "", "containerd: internal/cri/server/events.go")
EXITED_WITH_ERROR = Word("Error", "", "containerd: internal/cri/server/events.go")
OOM_KILLED = Word("OOMKilled", "", "containerd: internal/cri/server/events.go")

# Nodes
NODE_STARTING = Word("Starting", "Starting kubelet.", "pkg/kubelet/kubelet.go")
NODE_STATUS = Word("NodeReady", "Node {node} status is now: {event}", _NODE_EVENTS)
READY = Word("KubeletReady", "kubelet is posting ready status", _NODE)
ENOUGH_MEMORY = Word("KubeletHasSufficientMemory", "kubelet has sufficient memory available", _NODE)
NO_DISK_PRESSURE = Word("KubeletHasNoDiskPressure", "kubelet has no disk pressure", _NODE)
ENOUGH_PIDS = Word("KubeletHasSufficientPID", "kubelet has sufficient PID available", _NODE)

# Answers to a log request that has no log
LOG_NO_POD = Word("", "pod {pod!q} does not exist\n", "pkg/kubelet/server/server.go")
LOG_NO_CONTAINER = Word("", "container {container!q} not found in pod {pod!q}\n", "pkg/kubelet/server/server.go")
LOG_NO_PREVIOUS = Word("", "previous terminated container {container!q} in pod {pod!q} not found", _PODS)
LOG_WAITING = Word("", "container {container!q} in pod {pod!q} is waiting to start: {reason}", _PODS)
LOG_PULL_ERROR = "image can't be pulled"
LOG_PULL_BACK_OFF = "trying and failing to pull image"


def table() -> dict[str, Word]:
    """Every word by its name here."""
    return {name: word for name, word in globals().items() if isinstance(word, Word)}
