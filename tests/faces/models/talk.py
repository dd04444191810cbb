"""What the tests say to the gateway, whole or streamed, in either API, and what the model behind it does."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, NamedTuple

from ...gateway.upstream import Script, Turn, answers
from .stand import Stand

SECRET = "AKIA" + "Q3EGRT7WN2XKDM5P"
MAIL = "hong.gildong@" + "shop.example.org"


class Said(NamedTuple):
    """An answer: its status, its text, its tool calls as (name, arguments), and the error's sentence ("" for none)."""

    status: int
    text: str
    calls: list[tuple[str, str]]
    error: str


def parrot(pieces: int = 3) -> Script:
    """Says back what the user said last, in pieces of so many characters."""

    async def script(turn: Turn) -> None:
        messages = turn.received.asked["messages"]
        content = messages[-1]["content"]
        text = content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
        await answers(text, chunks=[text[at : at + pieces] for at in range(0, len(text), pieces)])(turn)

    return script


def chat(stand: Stand, text: str, model: str = "small", stream: bool = False, key: str = "", **more: Any) -> Said:
    """One question by OpenAI's API."""
    body = {"model": model, "messages": [{"role": "user", "content": text}], "stream": stream, **more}
    status, read = post(stand, "/v1/chat/completions", json.dumps(body).encode(), key)
    if status != 200:
        return Said(status, "", [], json.loads(read)["error"]["message"])
    return _streamed(read.decode()) if stream else _whole(json.loads(read))


def post(stand: Stand, path: str, body: bytes, key: str = "", **headers: str) -> tuple[int, bytes]:
    """Any bytes to any address: status and body of the answer."""
    given = {"content-type": "application/json", "authorization": f"Bearer {key or stand.key}", **headers}
    request = urllib.request.Request(stand.url + path, body, given)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _whole(answer: dict[str, Any]) -> Said:
    message = answer["choices"][0]["message"]
    calls = [(call["function"]["name"], call["function"]["arguments"]) for call in message.get("tool_calls") or []]
    return Said(200, message.get("content") or "", calls, "")


def _streamed(text: str) -> Said:
    said, calls, error = "", dict[int, list[str]](), ""
    for line in text.splitlines():
        if not line.startswith("data: ") or line == "data: [DONE]":
            continue
        event = json.loads(line[6:])
        if "error" in event:
            error = event["error"]["message"]
            continue
        for choice in event["choices"]:
            said += choice["delta"].get("content") or ""
            for call in choice["delta"].get("tool_calls") or []:
                entry = calls.setdefault(call["index"], ["", ""])
                entry[0] += call["function"].get("name") or ""
                entry[1] += call["function"].get("arguments") or ""
    return Said(200, said, [(name, arguments) for name, arguments in calls.values()], error)
