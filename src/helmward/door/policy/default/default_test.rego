# Tests of the default policy's own functions. Its answers are tested by examples.yaml.
package helmward.door

test_within_limits if within({"objects": 1, "replicas_share": 0.5, "namespaces": 1})

test_too_many_objects if not within({"objects": 4, "replicas_share": 0, "namespaces": 1})

test_too_many_replicas if not within({"objects": 1, "replicas_share": 0.6, "namespaces": 1})

test_too_many_namespaces if not within({"objects": 1, "replicas_share": 0, "namespaces": 2})

test_an_unknown_reach_is_too_large if not within(null)

test_the_first_reason_by_name_decides if first({"b": "2", "a": "1"}) == "a"

test_all_reasons_are_said if said({"b": "2", "a": "1"}) == "1 2"
