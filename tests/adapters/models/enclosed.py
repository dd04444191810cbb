"""Runs inside a network namespace of its own (test_air_gap.py starts it): calls upstreams, and records every packet.

Every address leads to this namespace's loopback, so a packet to anywhere is seen, and answered by whoever listens there.
Prints one JSON object: what came of each call, and all addresses to which packets went.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from helmward.adapters.models import Upstreams
from helmward.core.settings_gateway import GatewaySettings
from helmward.core.upstreams import UpstreamError

from ...gateway.upstream import answers, redirects, serving

ALLOWED, ELSEWHERE, PROXY = "10.77.0.1", "10.77.0.2", "10.77.0.3"
_ALL = 0x0003  # ETH_P_ALL, linux/if_ether.h
_IPV4, _IPV6 = 0x0800, 0x86DD


def main() -> None:
    """Usage: enclosed.py air-gapped|open FOLDER."""
    for words in ("link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"):
        subprocess.run(["ip", *words.split()], check=True)
    print(json.dumps(asyncio.run(_calls(sys.argv[1] == "air-gapped", Path(sys.argv[2])))), flush=True)
    os._exit(0)  # a thread may still wait for a name server


async def _calls(air_gapped: bool, folder: Path) -> dict[str, Any]:
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL))
    packets.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    packets.setblocking(False)
    async with serving(host=ALLOWED) as upstream, serving(host=ELSEWHERE) as elsewhere, serving(host=PROXY) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            os.environ[name] = f"http://{PROXY}:{proxy.port}"
        hosts = folder / "hosts"
        hosts.write_text(f"{ALLOWED} good.test\n{ELSEWHERE} stray.test\n")
        urls = {
            "by address": f"http://{ALLOWED}:{upstream.port}/v1",
            "by name": f"http://good.test:{upstream.port}/v1",
            "redirected": f"http://{ALLOWED}:{upstream.port}/v1",
            "leads elsewhere": f"http://stray.test:{elsewhere.port}/v1",
            "not in the file": f"http://unknown.test:{upstream.port}/v1",
        }
        if not air_gapped:
            urls = {"not in the file": urls["not in the file"], "elsewhere": f"http://{ELSEWHERE}:{elsewhere.port}/v1"}
        upstream.then(answers(), answers(), redirects(f"{elsewhere.url}/chat/completions"))
        said = await _ask_all(urls, air_gapped, hosts)
        return {"said": said, "seen": sorted(_seen(packets)), "elsewhere": elsewhere.connections + proxy.connections}


async def _ask_all(urls: dict[str, str], air_gapped: bool, hosts: Path) -> dict[str, str]:
    upstreams = [
        {"name": f"u{number}", "api": "openai", "url": url, "connect_seconds": 5}
        for number, url in enumerate(urls.values())
    ]
    allowed = [ALLOWED, "good.test", "stray.test", "unknown.test"]
    gateway = GatewaySettings.model_validate(
        {"upstreams": upstreams, "air_gapped": air_gapped, "allowed_hosts": allowed}
    )
    said = {}
    async with Upstreams(gateway, {}, hosts) as opened:
        for name, upstream in zip(urls, gateway.upstreams, strict=True):
            try:
                async with opened.post(upstream, "/chat/completions", b'{"model": "small"}') as answer:
                    said[name] = str(answer.status)
            except UpstreamError as error:
                said[name] = str(error)
    return said


def _seen(packets: socket.socket) -> set[str]:
    """The addresses that packets went to."""
    seen = set()
    while True:
        try:
            frame = packets.recv(65535)
        except BlockingIOError:
            return seen
        kind = int.from_bytes(frame[12:14], "big")
        if kind == _IPV4:
            seen.add(socket.inet_ntop(socket.AF_INET, frame[30:34]))
        elif kind == _IPV6:
            seen.add(socket.inet_ntop(socket.AF_INET6, frame[38:54]))
        else:
            seen.add(f"ethertype {kind:04x}")


if __name__ == "__main__":
    main()
