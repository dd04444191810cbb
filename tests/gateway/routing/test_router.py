"""Which targets there are, in which order, and what is said where there are none."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.core.settings_gateway import GatewaySettings
from helmward.gateway.routing import NoneHealthy, NoneMay, Router, UnknownModel
from helmward.gateway.routing.breaker import FEWEST, FIRST_PAUSE

from .world import Clock


def _gateway(models: list[dict[str, Any]], **classes: str) -> GatewaySettings:
    names = sorted({model["upstream"] for model in models})
    upstreams = [
        {"name": name, "api": "openai", "url": "http://127.0.0.1:1/v1", "highest_class": classes.get(name, "internal")}
        for name in names
    ]
    return GatewaySettings.model_validate({"upstreams": upstreams, "models": models})


def _model(name: str, upstream: str, *fallbacks: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "upstream": upstream, "fallbacks": fallbacks, **more}


def _names(router: Router, model: str, leaves: Any = "internal", **more: Any) -> list[str]:
    return [f"{target.model.name}@{target.upstream.name}" for target in router.targets(model, "chat", leaves, **more)]


def _break(router: Router, upstream: str) -> None:
    for _ in range(FEWEST):
        router.breaker(upstream).failed("down")


def test_entries_of_one_name_come_before_fallbacks_and_each_once() -> None:
    models = [_model("a", "one", "b", "c"), _model("b", "two", "c", "a"), _model("a", "three"), _model("c", "one", "a")]
    router = Router(_gateway(models), Clock())
    assert _names(router, "a") == ["a@one", "a@three", "b@two", "c@one"]
    assert _names(router, "b") == ["b@two", "c@one", "a@one", "a@three"]


def test_a_model_that_falls_back_to_itself_is_tried_once() -> None:
    assert _names(Router(_gateway([_model("a", "one", "a")]), Clock()), "a") == ["a@one"]


@pytest.mark.parametrize(
    ("leaves", "expected"),
    [
        ("public", ["a@one", "a@two"]),
        ("internal", ["a@one", "a@two"]),
        ("confidential", ["a@two"]),
    ],
)
def test_data_goes_where_its_class_may(leaves: str, expected: list[str]) -> None:
    router = Router(_gateway([_model("a", "one"), _model("a", "two")], two="confidential"), Clock())
    assert _names(router, "a", leaves) == expected


def test_data_that_may_go_nowhere_is_denied_naming_class_and_model() -> None:
    router = Router(_gateway([_model("a", "one", "b"), _model("b", "two")]), Clock())
    with pytest.raises(NoneMay, match=r"'restricted' may not go to the model 'a'.*'one', 'two'"):
        _names(router, "a", "restricted")


def test_an_unknown_model_is_answered_with_near_names_that_this_caller_may_see() -> None:
    router = Router(
        _gateway([_model("gpt-large", "one"), _model("gpt-secret", "one"), _model("other", "one")]), Clock()
    )
    with pytest.raises(UnknownModel, match="no model 'gpt-larg'; did you mean 'gpt-large'") as told:
        _names(router, "gpt-larg", visible=lambda name: name != "gpt-secret")
    assert "secret" not in str(told.value)


def test_a_hidden_model_is_as_unknown_as_one_that_is_not_there() -> None:
    router = Router(_gateway([_model("a", "one"), _model("hidden", "one")]), Clock())
    with pytest.raises(UnknownModel) as hidden:
        _names(router, "hidden", visible=lambda name: name == "a")
    with pytest.raises(UnknownModel) as absent:
        _names(router, "absent", visible=lambda name: name == "a")
    assert str(hidden.value).replace("hidden", "absent") == str(absent.value)


def test_a_hidden_model_is_not_fallen_back_to() -> None:
    router = Router(_gateway([_model("a", "one", "hidden", "b"), _model("hidden", "one"), _model("b", "one")]), Clock())
    assert _names(router, "a", visible=lambda name: name != "hidden") == ["a@one", "b@one"]


def test_a_model_of_another_kind_is_not_taken() -> None:
    models = [_model("a", "one", "vectors"), _model("vectors", "one", kind="embeddings")]
    router = Router(_gateway(models), Clock())
    assert _names(router, "a") == ["a@one"]
    with pytest.raises(UnknownModel, match="'vectors' is not for chat"):
        _names(router, "vectors")
    with pytest.raises(UnknownModel, match="'a' is not for embeddings; there are 'vectors'"):
        router.targets("a", "embeddings", "public")


def test_a_long_or_hostile_name_is_shown_as_data() -> None:
    router = Router(_gateway([_model("a", "one")]), Clock())
    with pytest.raises(UnknownModel) as told:
        _names(router, "x\n\x1b[31m" + "y" * 10_000)
    assert "\n" not in str(told.value) and "\x1b" not in str(told.value) and len(str(told.value)) < 300


def test_an_upstream_that_failed_is_left_out_until_it_may_be_asked_again() -> None:
    clock = Clock()
    router = Router(_gateway([_model("a", "one"), _model("a", "two")]), clock)
    _break(router, "one")
    assert _names(router, "a") == ["a@two"]
    clock.now += FIRST_PAUSE
    assert _names(router, "a") == ["a@one", "a@two"]


def test_where_all_failed_the_sentence_says_when_to_come_back() -> None:
    router = Router(_gateway([_model("a", "one"), _model("a", "two")]), Clock())
    _break(router, "one")
    router.breaker("two").failed("limited", retry_after=60.0)
    with pytest.raises(NoneHealthy, match=r"model 'a' now \('one', 'two' failed.*again in 5 s") as told:
        _names(router, "a")
    assert told.value.retry_after == FIRST_PAUSE
    assert router.health()["two"].state == "open" and router.health()["two"].last == "limited"


def test_a_limited_model_does_not_take_its_upstreams_other_models_with_it() -> None:
    clock = Clock()
    router = Router(_gateway([_model("a", "one"), _model("b", "one")]), clock)
    (limited,) = router.targets("a", "chat", "public")
    router.limit(limited, 20.0)
    assert _names(router, "b") == ["b@one"]
    with pytest.raises(NoneHealthy, match="again in 20 s") as told:
        _names(router, "a")
    assert told.value.retry_after == 20.0
    clock.now += 20.0
    assert _names(router, "a") == ["a@one"]
