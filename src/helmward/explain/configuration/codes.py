"""The codes of configuration that a pod refers to and that is not there (HW-CFG)."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import Code

_WHY = "The kubelet does not start a container whose configuration it cannot read; the pod serves nothing."

CONFIG_MAP = Code(
    "HW-CFG-001",
    "configmap-not-found",
    Severity.HIGH,
    _WHY,
    "Create the ConfigMap, or correct the name in the pod template.",
    certainty=0.97,
)
SECRET = Code(
    "HW-CFG-002",
    "secret-not-found",
    Severity.HIGH,
    _WHY,
    "Create the Secret, or correct the name in the pod template.",
    certainty=0.97,
)
CONFIG_MAP_KEY = Code(
    "HW-CFG-003",
    "configmap-key-not-found",
    Severity.HIGH,
    _WHY,
    "Add the key to the ConfigMap, or correct it in the pod template.",
    certainty=0.97,
)
SECRET_KEY = Code(
    "HW-CFG-004",
    "secret-key-not-found",
    Severity.HIGH,
    _WHY,
    "Add the key to the Secret, or correct it in the pod template.",
    certainty=0.97,
)
SERVICE_ACCOUNT = Code(
    "HW-CFG-005",
    "service-account-not-found",
    Severity.HIGH,
    "The API server refuses every pod that names a ServiceAccount which does not exist, so the workload has no pods.",
    "Create the ServiceAccount, or correct serviceAccountName in the pod template.",
    certainty=0.97,
)
PULL_SECRET = Code(
    "HW-CFG-006",
    "image-pull-secret-not-found",
    Severity.INFO,
    "Without the Secret the kubelet pulls without credentials; that fails as soon as the registry wants some.",
    "Create the Secret of type kubernetes.io/dockerconfigjson, or take it out of imagePullSecrets.",
    certainty=0.6,
)
NON_ROOT = Code(
    "HW-CFG-007",
    "run-as-non-root-refused",
    Severity.HIGH,
    "runAsNonRoot forbids to start a container as root, and nothing says that this one runs as somebody else.",
    "Set securityContext.runAsUser to a number other than 0, or build the image with a numeric USER.",
    certainty=0.95,
)
OTHER = Code(
    "HW-CFG-008",
    "container-config-error",
    Severity.HIGH,
    _WHY,
    "Mend what the kubelet's message names.",
    certainty=0.75,
)
ABSENT = {
    ("ConfigMap", False): CONFIG_MAP,
    ("ConfigMap", True): CONFIG_MAP_KEY,
    ("Secret", False): SECRET,
    ("Secret", True): SECRET_KEY,
}
"""The code by the kind that is referred to, and whether it is a key that lacks."""
CODES = (*ABSENT.values(), SERVICE_ACCOUNT, PULL_SECRET, NON_ROOT, OTHER)
