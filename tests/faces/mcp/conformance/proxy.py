"""A loopback proxy that adds the bearer token: the suites cannot send a header. Host and Origin go through as they came."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import ClientConnectionResetError, ClientSession, ClientTimeout, web

_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "authorization"}


@asynccontextmanager
async def proxy(server: str, token: str, port: int) -> AsyncIterator[str]:
    """Its URL, while the block lasts."""
    async with ClientSession(timeout=ClientTimeout(total=None), auto_decompress=False) as session:

        async def passed_on(request: web.Request) -> web.StreamResponse:
            headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _HOP]
            headers.append(("Authorization", f"Bearer {token}"))
            body = await request.read()
            async with session.request(
                request.method, server + request.path_qs, data=body or None, headers=headers, allow_redirects=False
            ) as answer:
                kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in _HOP]
                response = web.StreamResponse(status=answer.status, headers=dict(kept))
                await response.prepare(request)
                with suppress(ClientConnectionResetError):  # the suite hangs up on streams that it has seen enough of
                    async for chunk in answer.content.iter_any():
                        await response.write(chunk)
                    await response.write_eof()
                return response

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", passed_on)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await runner.cleanup()
