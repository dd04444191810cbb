"""The servers of bench/mcp.py: Helmward as it runs, with one tool more; and the SDK's alone with the same tool."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from bench.measure import loop_of_the_server

_TOOL = '''
from pydantic import Field

from helmward.door.tool import NAME, Namespaced, Page, Reading, ReadTool, tool


class Given(Namespaced):
    name: str = Field(pattern=NAME, max_length=253, description="An object's name.")
    limit: int = Field(default=50, ge=1, le=500, description="How many at most.")


@tool
class NothingList(ReadTool):
    """Finds nothing, at once: what is measured is the way to it."""

    name = "nothing_list"
    title = "List nothing"
    description = "Lists nothing."
    permission = "read"
    arguments = Given

    async def read(self, arguments: Given, given: Reading) -> Page:
        return Page()
'''


def main() -> None:
    """Serve until SIGTERM; the first line says where, and the token."""
    name, folder, kubeconfig = sys.argv[1:]
    loop_of_the_server(_bare() if name == "bare" else _helmward(Path(folder), kubeconfig))


async def _helmward(folder: Path, kubeconfig: str) -> None:
    from helmward.app import running_house
    from helmward.core.settings import ServerSettings, load
    from helmward.faces.serve import bind, serving

    plugins = folder / "plugins"
    plugins.mkdir()
    (plugins / "nothing.py").write_text(_TOOL)
    (folder / "data").mkdir()
    loaded = load(None, {"HOME": str(folder)}, {"kubernetes.kubeconfig": kubeconfig, "plugins.folders": [str(plugins)]})
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(running_house(loaded, folder / "data", folder / "keys"))
        address = bind(ServerSettings(port=0))
        stack.callback(address.socket.close)
        await stack.enter_async_context(serving(house, ServerSettings(port=0), address))
        await _until_ended(f"{address.url}/mcp {house.local_token}")


async def _bare() -> None:
    import uvicorn
    from mcp.server.lowlevel import Server
    from mcp_types import CallToolResult, ListToolsResult, TextContent, Tool

    from helmward.core.settings import ServerSettings
    from helmward.faces.serve import bind

    schema = {"type": "object", "properties": {"namespace": {}, "name": {}, "limit": {}}}

    async def listed(*_: object) -> ListToolsResult:
        return ListToolsResult(tools=[Tool(name="nothing_list", input_schema=schema)])

    async def called(*_: object) -> CallToolResult:
        nothing: dict[str, object] = {"items": [], "text": "", "cursor": None}
        return CallToolResult(content=[TextContent(text="{}")], structured_content=nothing)

    server = Server("bare", on_list_tools=listed, on_call_tool=called, get_tool_input_schema=lambda name: schema)
    application = server.streamable_http_app(json_response=True, stateless_http=True)
    address = bind(ServerSettings(port=0))
    config = uvicorn.Config(application, log_config=None, access_log=False, http="httptools", ws="none")
    running = uvicorn.Server(config)
    serving = asyncio.create_task(running.serve([address.socket]))  # it ends by SIGTERM too
    print(f"{address.url}/mcp none", flush=True)
    await serving


async def _until_ended(line: str) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    print(line, flush=True)
    await ended.wait()


if __name__ == "__main__":
    main()
