"""Not a benchmark: takes the pictures of docs/console.md, of a server on the lab with a fault and model calls (`./dev tour`)."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from playwright.async_api import Browser, async_playwright

from bench.gateway import _started

DOCS = Path(__file__).parents[1] / "docs" / "console"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 800}
PORT = 18443
_SECONDS = 90


def main() -> int:
    """Write every picture anew."""
    DOCS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mock = stack.enter_context(_started("bench.mock_upstream", "20"))
        settings = {
            "server": {"port": PORT},
            "changes": {"mode": "ask", "single_operator": True},
            "gateway": {
                "upstreams": [{"name": "local", "api": "openai", "url": mock.url}],
                "models": [
                    {"name": "small", "upstream": "local", "input_usd_per_million": 1, "output_usd_per_million": 2}
                ],
                "budgets": [{"name": "a-day", "each": "all", "usd": 5, "requests": 1000}],
            },
        }
        (home / "helmward.yaml").write_text(yaml.safe_dump(settings))
        environment = {
            **os.environ,
            "HELMWARD_CONFIG": str(home / "helmward.yaml"),
            "HELMWARD_DATA_DIR": str(home / "data"),
            "HELMWARD_KEY_DIR": str(home / "keys"),
        }
        helmward = str(Path(sys.executable).with_name("helmward"))
        server = subprocess.Popen([helmward, "up", "--lab", "--plain"], env=environment, stdout=subprocess.DEVNULL)
        try:
            asyncio.run(_taken(home / "data" / "server.json", helmward, environment))
        finally:
            server.terminate()
            server.wait()
    return 0


async def _taken(card: Path, helmward: str, environment: dict[str, str]) -> None:
    await _until(card.exists)
    said = json.loads(card.read_text())
    url, headers = said["url"], {"Authorization": f"Bearer {said['token']}"}
    async with aiohttp.ClientSession(headers=headers) as session, async_playwright() as playwright:
        for number in range(40):
            text = f"Summarise incident {number}; write to ops-{number}@example.com."
            body = {"model": "small", "messages": [{"role": "user", "content": text}]}
            async with session.post(f"{url}/v1/chat/completions", json=body) as answer:
                await answer.read()
        await asyncio.to_thread(subprocess.run, [helmward, "lab", "break", "image"], env=environment, check=True)
        incident = await _waiting(session, url)
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        await _pictures(browser, session, url, incident)
        await browser.close()


async def _waiting(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    """The incident, once its plan waits."""
    for _ in range(_SECONDS * 10):
        async with session.get(f"{url}/api/v1/incidents") as answer:
            rows = [row for row in (await answer.json())["incidents"] if row["waitingFor"]]
        if rows:
            return dict(rows[0])
        await asyncio.sleep(0.1)
    raise SystemExit("The lab's fault was never seen.")


async def _pictures(browser: Browser, session: aiohttp.ClientSession, url: str, incident: dict[str, Any]) -> None:
    async with session.post(f"{url}/api/v1/console/links") as answer:
        link = url + (await answer.json())["address"]
    first = await browser.new_context()
    await (await first.new_page()).goto(link)
    state = await first.storage_state()
    pod = f"/objects/Pod/production/{incident['resource']['name']}"
    wanted: list[tuple[str, str, str, Any]] = [
        ("now", "/", "light", DESK),
        ("incident", f"/incidents/{incident['id']}", "light", DESK),
        ("incident-phone", f"/incidents/{incident['id']}", "dark", PHONE),
        ("approve", f"/incidents/{incident['id']}?sheet={incident['waitingFor']}", "dark", DESK),
        ("approvals", "/approvals", "light", DESK),
        ("cluster", "/cluster", "dark", DESK),
        ("object", pod, "light", DESK),
        ("map", "/map", "dark", DESK),
        ("tools", "/tools/resources_scale", "light", DESK),
        ("ask", "/ask?text=why+is+payment-service+down%3F", "light", DESK),
        ("models", "/models", "light", DESK),
        ("actors", "/actors", "light", DESK),
        ("kill-phone", "/kill", "light", PHONE),
        ("audit", "/audit", "dark", DESK),
        ("settings", "/settings", "light", DESK),
    ]
    for name, path, theme, size in wanted:
        context = await browser.new_context(
            viewport=size, color_scheme="dark" if theme == "dark" else "light", storage_state=state
        )
        page = await context.new_page()
        await page.goto(url + path)
        if name == "ask":
            await page.locator("form button.primary").first.click()
            await page.wait_for_url("**conversation=**")
        await page.wait_for_timeout(700)
        await page.screenshot(path=str(DOCS / f"{name}.png"))
        await context.close()


async def _until(done: Any) -> None:
    for _ in range(_SECONDS * 10):
        if done():
            return
        await asyncio.sleep(0.1)
    raise SystemExit("The server did not start.")


if __name__ == "__main__":
    sys.exit(main())
