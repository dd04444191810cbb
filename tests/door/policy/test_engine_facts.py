"""What this version of the engine can and cannot do, found out by asking it: if it changes, so must the checks."""

from __future__ import annotations

import pytest

from helmward.door.policy.checks import implemented
from helmward.door.policy.evaluator import Evaluator, Failure

ABSENT = (
    "net.cidr_contains",
    "net.cidr_intersects",
    "net.lookup_ip_addr",
    "http.send",
    "json.match_schema",
    "trace",
    "print",
)
# A call of each family with arguments that it takes: "implemented" must mean that it really answers.
CALLS = {
    "abs": "abs(-1)", "array.concat": "array.concat([1], [2])", "base64.encode": 'base64.encode("x")',
    "bits.and": "bits.and(1, 3)", "ceil": "ceil(1.5)", "concat": 'concat(",", ["a"])', "contains": 'contains("ab", "a")',
    "count": "count([1])", "crypto.sha256": 'crypto.sha256("x")', "endswith": 'endswith("ab", "b")',
    "glob.match": 'glob.match("a*", ["."], "ab")', "graph.reachable": 'graph.reachable({"a": ["b"], "b": []}, {"a"})',
    "indexof": 'indexof("ab", "b")', "intersection": "intersection({{1}, {1}})", "json.filter": 'json.filter({"a": 1}, ["a"])',
    "json.marshal": "json.marshal({})", "json.patch": 'json.patch({}, [{"op": "add", "path": "/a", "value": 1}])',
    "json.unmarshal": 'json.unmarshal("[]")', "lower": 'lower("A")', "max": "max([1])", "numbers.range": "numbers.range(1, 2)",
    "object.get": 'object.get({"a": 1}, "a", 2)', "object.union": "object.union({}, {})", "regex.match": 'regex.match("a", "a")',
    "semver.compare": 'semver.compare("1.0.0", "1.0.1")', "split": 'split("a,b", ",")', "sprintf": 'sprintf("%d", [1])',
    "sum": "sum([1])", "time.parse_rfc3339_ns": 'time.parse_rfc3339_ns("2026-01-01T00:00:00+00:00")',
    "to_number": 'to_number("1")', "trim": 'trim("a", " ")', "type_name": "type_name(1)", "units.parse": 'units.parse("1K")',
    "upper": 'upper("a")', "urlquery.encode": 'urlquery.encode("a b")', "walk": "[p | walk([1], [p, _])]",
    "yaml.unmarshal": 'yaml.unmarshal("a: 1")',
}  # fmt: skip


@pytest.mark.parametrize("name", ABSENT)
def test_absent_builtins_are_known_to_be_absent(name: str) -> None:
    assert not implemented(name)


@pytest.mark.parametrize("name", CALLS)
def test_what_is_called_implemented_answers(name: str) -> None:
    module = {"m.rego": f"package m\n\nx := {CALLS[name]}\n"}
    if implemented(name):
        assert Evaluator(module, ("m/x",)).ask(("m/x",), {})
    else:
        with pytest.raises(Failure):
            Evaluator(module, ("m/x",)).ask(("m/x",), {})
