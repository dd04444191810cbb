"""OpenAI's content parts as Anthropic's blocks: text, images by URL or as data, PDF files."""

from __future__ import annotations

import re
from typing import Any

from helmward.gateway.translate.harmless import PART_FROM_OPENAI, only, refused

API = "Anthropic"
_DATA = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,", re.IGNORECASE)
_IMAGES = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp"))
"""What Anthropic takes as data (anthropic `types/base64_image_source_param.py`)."""


def texts(content: Any, where: str) -> list[dict[str, Any]]:
    """Text blocks of a content that may hold text alone (system, assistant, tool). Empty texts are left out."""
    found = blocks(content, where)
    for index, block in enumerate(found):
        if block["type"] != "text":
            raise refused(f"{where}[{index}]", API, "it must be text here")
    return found


def blocks(content: Any, where: str) -> list[dict[str, Any]]:
    """The blocks of a content. Empty texts, which Anthropic refuses, are left out."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    made = [_block(part, f"{where}[{index}]") for index, part in enumerate(content)]
    return [block for block in made if block.get("text") != ""]


def _block(part: dict[str, Any], where: str) -> dict[str, Any]:
    kind = part["type"]
    only(part, PART_FROM_OPENAI | {"type", kind}, where, API)
    if kind in ("text", "refusal"):
        return {"type": "text", "text": part[kind]}
    if kind == "image_url":
        return {"type": "image", "source": _image(part["image_url"], f"{where}.image_url")}
    if kind == "file" and isinstance(part.get("file"), dict):
        return _file(part["file"], f"{where}.file")
    raise refused(f"{where}.{kind[:40]}", API)


def _image(image: dict[str, Any], where: str) -> dict[str, Any]:
    only(image, frozenset(("url", "detail")), where, API)
    url = image["url"]
    found = _DATA.match(url)
    if not found:
        if url.startswith(("https://", "http://")):
            return {"type": "url", "url": url}
        raise refused(f"{where}.url", API, "it must be http, https or base64 data")
    if found[1].lower() not in _IMAGES:
        raise refused(f"{where}.url", API, "an image there is jpeg, png, gif or webp")
    return {"type": "base64", "media_type": found[1].lower(), "data": url[found.end() :]}


def _file(file: dict[str, Any], where: str) -> dict[str, Any]:
    only(file, frozenset(("file_data", "filename")), where, API)
    data = file.get("file_data")
    found = _DATA.match(data) if isinstance(data, str) else None
    if not found or found[1].lower() != "application/pdf":
        raise refused(f"{where}.file_data", API, "a file there is a PDF as base64 data")
    source = {"type": "base64", "media_type": "application/pdf", "data": file["file_data"][found.end() :]}
    made: dict[str, Any] = {"type": "document", "source": source}
    return made | {"title": file["filename"]} if isinstance(file.get("filename"), str) else made
