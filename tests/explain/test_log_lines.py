"""The words of each language's runtime: which line says why, and which host it could not reach."""

from __future__ import annotations

import pytest

from helmward.explain.crashes.log_hosts import unreached
from helmward.explain.crashes.log_reason import reason_line

LOGS = {
    "go": (
        "starting",
        "panic: assignment to entry in nil map",
        "",
        "goroutine 1 [running]:",
        "main.main()",
        "exit status 2",
    ),
    "python": (
        "Traceback (most recent call last):",
        '  File "a.py", line 1',
        "ModuleNotFoundError: No module named 'x'",
    ),
    "rust": ("thread 'main' panicked at src/main.rs:4:5:", "ledger is sealed", "note: run with `RUST_BACKTRACE=1`"),
    "node": (
        "/app/a.js:1",
        "TypeError: x is not a function",
        "    at Object.<anonymous> (/app/a.js:1:1)",
        "Node.js v22.3.0",
    ),
    "java": ('Exception in thread "main" A: no', "\tat M.m(M.java:1)", "Caused by: B: disk is full", "\t... 3 more"),
    "nginx": ("ready for start up", '[emerg] 1#1: unknown directive "lisen" in /etc/nginx/nginx.conf:3'),
    "json": ('{"level":"info","msg":"up"}', '{"level":"fatal","msg":"no licence"}', '{"level":"info","msg":"bye"}'),
    "klog": (
        "I0101 12:00:00.000000 1 a.go:1] up",
        "F0101 12:00:01.000000 1 a.go:9] no licence",
        "goroutine 1 [running]:",
    ),
    "survived": ("ERROR first try failed, retrying", "connected, 0 errors", "ERROR disk is full", "shutting down"),
    "plain": ("hello", "good bye", ""),
}
WHY = {
    "go": 1,
    "python": 2,
    "rust": 1,
    "node": 1,
    "java": 2,
    "nginx": 1,
    "json": 1,
    "klog": 1,
    "survived": 2,
    "plain": 1,
}

UNREACHED = {
    'Get "http://pay:8080/x": dial tcp 10.0.0.1:8080: connect: connection refused': ("refused", "pay", 8080),
    "dial tcp: lookup pay.shop on 10.96.0.10:53: no such host": ("unresolved", "pay.shop", None),
    "Error: connect ECONNREFUSED 10.96.4.7:5432": ("refused", "10.96.4.7", 5432),
    "Error: getaddrinfo ENOTFOUND postgres": ("unresolved", "postgres", None),
    "HTTPConnectionPool(host='pay', port=8080): Max retries exceeded: [Errno 111] Connection refused": (
        "refused",
        "pay",
        8080,
    ),
    'connection to server at "db" (10.9.1.2), port 5432 failed: Connection refused': ("refused", "db", 5432),
    'could not translate host name "db" to address: Name or service not known': ("unresolved", "db", None),
    "java.net.UnknownHostException: pay": ("unresolved", "pay", None),
    '[emerg] host not found in upstream "pay" in /etc/nginx/conf.d/default.conf:5': ("unresolved", "pay", None),
    "curl: (7) Failed to connect to pay port 8080 after 1 ms: Connection refused": ("refused", "pay", 8080),
    "dial tcp 10.96.4.7:5432: i/o timeout": ("timeout", "10.96.4.7", 5432),
}


@pytest.mark.parametrize("name", sorted(LOGS))
def test_the_line_that_says_why(name: str) -> None:
    assert reason_line(LOGS[name]) == WHY[name]


def test_an_empty_log_says_nothing() -> None:
    assert reason_line(()) is None
    assert reason_line(("", "  ")) is None


@pytest.mark.parametrize("line", sorted(UNREACHED))
def test_the_host_that_was_not_reached(line: str) -> None:
    assert unreached(line) == UNREACHED[line]


def test_a_line_about_no_connection() -> None:
    assert unreached("panic: index out of range") is None
