import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from coach.agenda.words import (
    MOST_PREP_STEPS,
    PREP_CHARACTERS,
    STARTER_CHARACTERS,
    SUMMARY_CHARACTERS,
    TITLE_CHARACTERS,
    AgendaWords,
    PrepWords,
    description_characters,
)
from coach.asking import wire_schema


def words(**changes: Any) -> dict[str, Any]:
    item = {"slot": 1, "title": "Check in", "description": "A minute each, mentor first.", "sources": ["k1"]}
    starter = {"starter": 1, "text": "What surprised you this week?"}
    return {
        "title": "Session 2",
        "summary": "Two people meet.",
        "items": [item | changes.pop("item", {})],
        "starters": [starter | changes.pop("starter", {})],
    } | changes


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


def test_words_in_order_are_read() -> None:
    assert AgendaWords.model_validate(words()).items[0].sources == ("k1",)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"title": "x" * (TITLE_CHARACTERS + 1)}, id="long title"),
        pytest.param({"summary": "x" * (SUMMARY_CHARACTERS + 1)}, id="long summary"),
        pytest.param({"item": {"title": "x" * (TITLE_CHARACTERS + 1)}}, id="long item title"),
        pytest.param({"item": {"description": "x" * 901}}, id="long description"),
        pytest.param({"item": {"description": "   short   "}}, id="empty description"),
        pytest.param({"item": {"slot": 0}}, id="slot 0"),
        pytest.param({"item": {"sources": ["k"] * 5}}, id="five sources"),
        pytest.param({"item": {"minutes": 10}}, id="a field that is not asked for"),
        pytest.param({"starter": {"text": "x" * (STARTER_CHARACTERS + 1)}}, id="long starter"),
        pytest.param({"items": []}, id="no items"),
        pytest.param({"notes": "more"}, id="more than asked"),
        pytest.param({"title": None}, id="no title"),
    ],
)
def test_words_out_of_bounds_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AgendaWords.model_validate(words(**changes))


@pytest.mark.parametrize(
    "steps", [[], ["Read the note."] * (MOST_PREP_STEPS + 1), ["x" * (PREP_CHARACTERS + 1)], ["no"]]
)
def test_prep_out_of_bounds_is_refused(steps: list[str]) -> None:
    with pytest.raises(ValidationError):
        PrepWords.model_validate({"steps": steps})


def test_a_longer_slot_bears_a_longer_description_up_to_a_page() -> None:
    limits = [description_characters(minutes) for minutes in range(2, 181)]

    assert limits == sorted(limits)
    assert (limits[0], limits[-1]) == (320, 900)


@pytest.mark.parametrize("model", [AgendaWords, PrepWords])
def test_the_schema_on_the_wire_keeps_to_what_strict_modes_take(model: type[AgendaWords] | type[PrepWords]) -> None:
    schema = wire_schema(model)

    for node in nodes(schema):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert sorted(node["required"]) == sorted(node["properties"])
        if isinstance(node.get("type"), str):
            assert not {"minLength", "maxLength", "minimum", "default"} & set(node)


def test_a_property_that_is_called_title_stays_in_the_schema() -> None:
    schema = wire_schema(AgendaWords)

    assert set(schema["properties"]) == {"title", "summary", "items", "starters"}
    assert "title" in schema["$defs"]["ItemWords"]["properties"]
    assert "title" not in schema


def test_the_schema_on_the_wire_is_small() -> None:
    assert len(json.dumps(wire_schema(AgendaWords))) < 2_500
