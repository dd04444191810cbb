"""uvicorn's HTTP protocol with a bound on the head of a request: httptools itself keeps headers of any length."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64 * 1024  # bytes, of the request line and all headers; kube-apiserver allows 1 MiB, nginx 32 KiB
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedHead(HttpToolsProtocol):
    """Counts what comes until the headers are complete; then bodies are the application's business."""

    _head: int | None = 0

    def data_received(self, data: bytes) -> None:
        """From asyncio."""
        if self._head is not None:
            self._head += len(data)
            if self._head > LARGEST_HEAD and b"\r\n\r\n" not in data[:LARGEST_HEAD]:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """From httptools."""
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """From httptools."""
        self._head = None
        super().on_headers_complete()
