"""KubeEngine: etcd, kube-apiserver, kube-controller-manager and kube-scheduler on one free loopback port."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import IO

import aiohttp

from helmward.core.errors import HelmwardError
from helmward.core.text import one_line
from helmward.lab.certificates import Authority
from helmward.lab.client import ApiError, Client, path_of
from helmward.lab.kube import assets, audit, flags, ports
from helmward.lab.kube.access import Access
from helmward.lab.kube.lock import lock
from helmward.lab.kube.processes import ProcessGroup

_START_LIMIT = 90.0  # seconds; a warm start takes three, a cold one on a busy machine may have to read 300 MB
_POLL = 0.03
_SERVER_NAMES = ("127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "10.96.0.1")


class KubeEngine:
    """A real control plane. `folder` holds its state, credentials and logs; started on it again, the state is there.

    No node is in it: a kubelet's stand-in (or KWOK) has to register some before a pod can run.
    """

    name = "kube"

    def __init__(self, folder: Path, port: int = 0, tuning: flags.Tuning | None = None) -> None:
        self.folder = folder.resolve()
        self.audit_log = self.folder / "audit.log"
        self.kubeconfig = self.folder / "kubeconfig"
        self.tuning = tuning or flags.Tuning()
        self.url = ""
        self._port = port
        self._processes = ProcessGroup(self.folder / "logs")
        self._access: Access | None = None
        self._lock: IO[str] | None = None

    async def start(self) -> None:
        """Start and wait until the API server is ready and namespace `default` can run pods.

        Raises UsageError for missing programs, a port or folder in use, HelmwardError when a program does not come up.
        """
        programs = assets.programs_folder()
        self._lock = lock(self.folder)
        try:
            with ports.reserve(self._port) as reserved:
                self._prepare(reserved.getsockname()[1])
                await self._start_in(programs, time.monotonic() + _START_LIMIT)
        except BaseException:
            self._end()
            raise

    async def stop(self) -> None:
        """End all of it, at once."""
        await asyncio.to_thread(self._end)

    def user_kubeconfig(self, name: str, groups: tuple[str, ...] = ()) -> Path:
        """A kubeconfig for the user `name`: it may do what RBAC grants, at first next to nothing."""
        if self._access is None:
            raise HelmwardError("The lab has no users before it has started.")
        return self._access.user(name, groups)

    def run(self, program: Path, *arguments: str) -> None:
        """Start one more program in the engine's folder, which ends with it; its log is `logs/NAME.log`."""
        self._processes.start(program, *arguments, cwd=self.folder)

    def check(self) -> None:
        """Raise HelmwardError when one of the programs has stopped by itself."""
        self._processes.check()

    @property
    def pids(self) -> dict[str, int]:
        """Program name → process id, for faults that stop or slow one, and for memory figures."""
        return self._processes.pids

    def _end(self) -> None:
        self._processes.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _prepare(self, port: int) -> None:
        (self.folder / "logs").mkdir(exist_ok=True)
        for socket_file in self.folder.glob("etcd:*"):
            socket_file.unlink()
        authority = Authority(self.folder / "keys")
        authority.issue_server("apiserver", _SERVER_NAMES)
        authority.issue_client("kubelet-client", "kube-apiserver-kubelet-client", ("system:masters",))
        authority.issue_key("service-account")
        self.url = f"https://127.0.0.1:{port}"
        self._port = port
        self._access = Access(self.folder, self.url, authority)
        (self.folder / "audit-policy.json").write_text(json.dumps(audit.policy(self.tuning.audit)))

    async def _start_in(self, programs: Path, deadline: float) -> None:
        self.run(programs / "etcd", *flags.etcd())
        # An API server that does not find etcd at once waits a whole second before it looks again.
        while not (self.folder / flags.ETCD_SOCKET).exists():
            await self._pause("etcd", deadline)
        keys = self.folder / "keys"
        policy = self.folder / "audit-policy.json"
        tokens = self.folder / "tokens.csv"
        self.run(programs / "kube-apiserver", *flags.api_server(self._port, keys, tokens, policy, self.audit_log))
        client = Client.from_kubeconfig(self.kubeconfig)
        try:
            await self._wait_for(client, "/readyz", "kube-apiserver", deadline)
            self._run_controllers(programs, keys)
            account = path_of("ServiceAccount", "default", "default")
            await self._wait_for(client, account, "kube-controller-manager", deadline)
        finally:
            await client.close()

    def _run_controllers(self, programs: Path, keys: Path) -> None:
        manager = self.user_kubeconfig("system:kube-controller-manager")
        scheduler = self.user_kubeconfig("system:kube-scheduler")
        self.run(programs / "kube-controller-manager", *flags.controller_manager(manager, keys, self.tuning))
        self.run(programs / "kube-scheduler", *flags.scheduler(scheduler, self.tuning))

    async def _wait_for(self, client: Client, path: str, program: str, deadline: float) -> None:
        while (refusal := await _refusal(client, path)) is not None:
            await self._pause(program, deadline, refusal)

    async def _pause(self, program: str, deadline: float, last: str = "") -> None:
        self._processes.check()
        if time.monotonic() > deadline:
            words = self._processes.last_words(program)
            raise HelmwardError(f"The lab's {program} was not ready after {_START_LIMIT:.0f} s: {last or words}")
        await asyncio.sleep(_POLL)


async def _refusal(client: Client, path: str) -> str | None:
    """Why `path` cannot be read yet, or None when it can."""
    try:
        await client.text(path)
    except (ApiError, aiohttp.ClientError, TimeoutError) as error:
        return one_line(str(error))
    return None
