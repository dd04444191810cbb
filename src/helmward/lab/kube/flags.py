"""The command lines of the control plane's programs, as the lab runs them: on loopback, alone, from one folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# Sockets in the engine's own folder (etcd takes no path here, so they lie where it is started): no port to collide on,
# and nobody else on the machine can reach a database that asks for no password.
ETCD_SOCKET = "etcd:2379"
_ETCD_URL = f"unix://{ETCD_SOCKET}"
_ETCD_PEER_URL = "unix://etcd:2380"
SERVICE_NETWORK = "10.96.0.0/16"


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the control plane is tuned. The defaults suit the lab; a benchmark's cluster raises them.

    `client_rate`: requests a second that controller manager and scheduler allow themselves (their defaults, 20 and 50,
    take minutes for a thousand pods). `node_grace`: seconds without a heartbeat until a node is NotReady (Kubernetes'
    default is 50). `endpoints_batch`: seconds for which changes of a Service's endpoints are gathered into one write.
    `audit`: the audit.k8s.io level at which writes are recorded (None, Metadata, Request, RequestResponse).
    """

    client_rate: int = 200
    node_grace: int = 8
    endpoints_batch: int = 0
    audit: str = "RequestResponse"


def etcd() -> list[str]:
    """etcd, whose data lie in `etcd/` of the folder it is started in; a lab need not survive a power cut."""
    return [
        "--data-dir=etcd",
        f"--listen-client-urls={_ETCD_URL}",
        f"--advertise-client-urls={_ETCD_URL}",
        f"--listen-peer-urls={_ETCD_PEER_URL}",
        f"--initial-advertise-peer-urls={_ETCD_PEER_URL}",
        f"--initial-cluster=default={_ETCD_PEER_URL}",
        "--unsafe-no-fsync",
        # Kubernetes' own largest recommended database; the default of 2 GiB is full after some benchmark runs.
        "--quota-backend-bytes=8589934592",
        "--log-level=warn",
    ]


def api_server(port: int, keys: Path, tokens: Path, audit_policy: Path, audit_log: Path) -> list[str]:
    """kube-apiserver on loopback with RBAC. The kubelet is asked for logs with a certificate of the lab's authority;
    its own is not checked, as on the many clusters whose kubelets sign their own."""
    return [
        f"--etcd-servers={_ETCD_URL}",
        f"--secure-port={port}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--permit-port-sharing",
        "--endpoint-reconciler-type=none",
        f"--tls-cert-file={keys}/apiserver.crt",
        f"--tls-private-key-file={keys}/apiserver.key",
        f"--client-ca-file={keys}/ca.crt",
        f"--token-auth-file={tokens}",
        "--authorization-mode=Node,RBAC",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={keys}/service-account.key",
        f"--service-account-signing-key-file={keys}/service-account.key",
        f"--kubelet-client-certificate={keys}/kubelet-client.crt",
        f"--kubelet-client-key={keys}/kubelet-client.key",
        "--kubelet-preferred-address-types=InternalIP,Hostname",
        f"--audit-policy-file={audit_policy}",
        f"--audit-log-path={audit_log}",
    ]


def controller_manager(kubeconfig: Path, keys: Path, tuning: Tuning) -> list[str]:
    """kube-controller-manager; each controller acts as a ServiceAccount of its own, as kubeadm sets it up."""
    return [
        f"--kubeconfig={kubeconfig}",
        "--leader-elect=false",
        "--secure-port=0",
        "--use-service-account-credentials",
        f"--service-account-private-key-file={keys}/service-account.key",
        f"--root-ca-file={keys}/ca.crt",
        "--node-monitor-period=1s",
        f"--node-monitor-grace-period={tuning.node_grace}s",
        f"--endpoint-updates-batch-period={tuning.endpoints_batch}s",
        f"--endpointslice-updates-batch-period={tuning.endpoints_batch}s",
        *_rates(tuning),
    ]


def scheduler(kubeconfig: Path, tuning: Tuning) -> list[str]:
    """kube-scheduler."""
    return [f"--kubeconfig={kubeconfig}", "--leader-elect=false", "--secure-port=0", *_rates(tuning)]


def _rates(tuning: Tuning) -> list[str]:
    return [f"--kube-api-qps={tuning.client_rate}", f"--kube-api-burst={tuning.client_rate * 2}"]
