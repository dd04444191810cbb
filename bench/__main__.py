"""Runs the benchmarks named, or all of them."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = {
    "startup": "helmward --help, and a warm start to serving, beside a bare Python and a bare FastAPI",
    "snapshot": "a cold snapshot of 10,000 pods and all analyzers, beside the official client only listing the pods",
    "scale": "the same over 1,000, 3,000, 10,000 and 30,000 pods",
    "latency": "watch event → finding at 200 events/s on 10,000 pods",
    "files": "the same 10,000 pods from JSON files, beside json.load of them",
    "door": "audited tool calls, approve → act, fault → verified fix, and a start with changes on",
    "gateway": "model calls through the guards, beside calling the model server directly: rate, CPU, added time, memory",
    "mcp": "MCP calls of a tool that does nothing, with token, policy, schema and audit, beside the bare SDK server",
    "guards": "what the guards find and find by mistake on labelled texts; cost of secrets + PII beside stdlib re",
    "console": "pages with 1,000 incidents, the first load, 500 open pages and how soon they know of an event",
    "audit": "durable audit records a second, beside one fsync a record, and verifying 1,000,000 of them",
}


def main() -> int:
    """Run, in the table's order; 2 for an unknown name."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark '{unknown[0]}'. There are:", file=sys.stderr)
        for name, line in BENCHMARKS.items():
            print(f"  {name:<10}{line}", file=sys.stderr)
        return 2
    for name in names:
        print(f"\n== {name}: {BENCHMARKS[name]}", flush=True)
        importlib.import_module(f"bench.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
