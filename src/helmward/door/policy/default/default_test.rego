# Tests of the default policy's own functions. Its answers are tested by examples.yaml.
package helmward.door

test_within_limits if within({"objects": 1, "replicas_share": 0.5, "namespaces": 1})

test_too_many_objects if not within({"objects": 4, "replicas_share": 0, "namespaces": 1})

test_too_many_replicas if not within({"objects": 1, "replicas_share": 0.6, "namespaces": 1})

test_too_many_namespaces if not within({"objects": 1, "replicas_share": 0, "namespaces": 2})

test_an_unknown_reach_is_too_large if not within(null)

test_the_first_reason_by_name_decides if first({"b": "2", "a": "1"}) == "a"

test_all_reasons_are_said if said({"b": "2", "a": "1"}) == "1 2"

test_a_class_may_go_where_it_is_the_highest if may_get("restricted", "restricted")

test_a_lower_class_may_go_there_too if may_get("restricted", "public")

test_a_higher_class_may_not if not may_get("confidential", "restricted")

test_an_unknown_class_may_go_nowhere if not may_get("restricted", "secret")

test_nothing_may_go_to_an_unknown_class if not may_get("highest", "public")

test_a_caller_has_no_tools if not "caller" in tool_roles
