"""EmbeddedEngine: the API server and its controllers in this process, on one loopback port over TLS."""

from __future__ import annotations

import secrets
import socket
import ssl
from pathlib import Path
from urllib.parse import quote

import aiohttp
from aiohttp import web

from helmward.core.errors import HelmwardError, UsageError
from helmward.lab.certificates import Authority
from helmward.lab.embedded.controllers.manager import ControllerManager
from helmward.lab.embedded.http.access import Access
from helmward.lab.embedded.http.api import Api
from helmward.lab.embedded.http.server import application
from helmward.lab.embedded.kubeconfig import ADMIN, kubeconfig
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import User
from helmward.lab.embedded.seed import seed
from helmward.lab.embedded.storage.store import HISTORY, Store
from helmward.lab.private_files import write_private

_NAMES = ("127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "10.96.0.1")
KUBELET_TOKEN = "kubelet-token"  # noqa: S105 - a file name


class EmbeddedEngine:
    """A small control plane. Its objects live in memory, `folder` holds its certificates and kubeconfigs.

    No node is in it: a kubelet's stand-in has to register some before a pod can run. `history` is the number of
    changes of each kind that watches can still resume from.
    """

    name = "embedded"

    def __init__(self, folder: Path, port: int = 0, history: int = HISTORY) -> None:
        self.folder = folder.resolve()
        self.kubeconfig = self.folder / "kubeconfig"
        self.url = ""
        self.store = Store(history)
        self.registry = Registry(self.store)
        self._port = port
        self._access = Access()
        self._authority: Authority | None = None
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._controllers = ControllerManager(self.registry)

    async def start(self) -> None:
        """Serve. Started again after `stop`, port, objects and credentials are the same: an outage, for its clients.

        Raises UsageError when the port is in use.
        """
        listener = _listener(self._port)
        self._port = listener.getsockname()[1]
        self.url = f"https://127.0.0.1:{self._port}"
        authority = self._authority or self._prepare()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue_server("apiserver", _NAMES))
        self._session = _kubelet_session(self.folder / KUBELET_TOKEN)
        api = Api(self.store, self.registry, self._access, self._session)
        self._runner = web.AppRunner(application(api), access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await self._runner.setup()
        await web.SockSite(self._runner, listener, ssl_context=context).start()
        self._controllers.start()

    async def stop(self) -> None:
        """End all of it: requests, watches, controllers."""
        await self._controllers.stop()
        self.store.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    def user_kubeconfig(self, name: str, groups: tuple[str, ...] = ()) -> Path:
        """A kubeconfig for the user `name`. In the group `view` it reads all but Secrets; otherwise it may do all."""
        if self._authority is None:
            raise HelmwardError("The lab has no users before it has started.")
        path = self.folder / f"kubeconfig-{quote(name, safe='')}"
        self._add_user(self._authority, path, User(name, groups))
        return path

    def _prepare(self) -> Authority:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._authority = authority = Authority(self.folder / "keys")
        self._add_user(authority, self.kubeconfig, User(ADMIN, ("system:masters",)))
        seed(self.registry, authority.certificate.read_text())
        return authority

    def _add_user(self, authority: Authority, path: Path, user: User) -> None:
        token = secrets.token_urlsafe(32)
        self._access.tokens[token] = user
        write_private(path, kubeconfig(self.url, authority.certificate.read_bytes(), user.name, token))


def _listener(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise UsageError(f"Port {port} is in use on 127.0.0.1: choose another one for the lab.") from error
    listener.listen(512)
    return listener


def _kubelet_session(token_file: Path) -> aiohttp.ClientSession:
    if not token_file.exists():
        write_private(token_file, secrets.token_urlsafe(32))
    headers = {"Authorization": f"Bearer {token_file.read_text().strip()}"}
    # The stand-in's certificate is its own; both ends are on loopback.
    connector = aiohttp.TCPConnector(ssl=False)
    return aiohttp.ClientSession(headers=headers, connector=connector, timeout=aiohttp.ClientTimeout(connect=5))
