"""Finding the object in a reply."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.llm import extract_json
from tests.llm.servers import JSON

_DEEP = '{"a":' * 5_000 + "1" + "}" * 5_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Here you are:\n{"a": 1}\nI hope it helps.', {"a": 1}),
        ('```json\n{"a": {"b": [1, {"c": 2}]}}\n```', {"a": {"b": [1, {"c": 2}]}}),
        ('<think>Maybe {"a": 0}? No.</think>{"a": 1}', {"a": 1}),
        ('<think>{"a": 0} and on and on', None),
        ('{"a": 1} {"a": 2}', {"a": 1}),
        ('[{"a": 1}]', {"a": 1}),
        ('Fill {name} and {title} in: {"a": "{x}"}', {"a": "{x}"}),
        ('{"a": "a brace } and a quote \\" inside"}', {"a": 'a brace } and a quote " inside'}),
        ('{"title": "Half", "items": [{"slot": 1}, {"slot": 2', None),
        ('{"title": "Half of a str', None),
        ('{"n": ' + "9" * 5_000 + "}", None),
        (_DEEP, None),
        ("", None),
        ("No, thank you.", None),
        ("[1, 2]", None),
        ("{}", {}),
        ("\x00{\ud800", None),
    ],
    ids=[
        "bare", "prose around", "fenced", "after thinking", "thinking without end", "the first of two", "in a list",
        "after braces in prose", "braces in strings", "half an object with whole ones inside", "half a string",
        "a number too long", "nested too deep", "empty", "prose", "a list", "an empty object", "noise",
    ],
)  # fmt: skip
def test_the_first_whole_object_is_found_whatever_stands_around_it(text: str, found: dict[str, Any] | None) -> None:
    assert extract_json(text) == found


@pytest.mark.parametrize(
    "text",
    ["{" * 1_000_000, '{"a":' * 200_000, '{"a": [' * 140_000, "{}{" * 333_000, '{"' * 500_000, "<think>" * 140_000],
    ids=["braces", "nested objects", "nested lists", "empty objects", "open strings", "thinking"],
)
def test_a_megabyte_of_noise_is_read_in_two_seconds(text: str) -> None:
    began = time.monotonic()

    extract_json(text)

    assert time.monotonic() - began < 2


@given(before=st.text(alphabet=st.characters(exclude_characters="{<"), max_size=50), value=JSON, after=st.text())
def test_an_object_is_found_again_in_any_text_that_holds_it(before: str, value: Any, after: str) -> None:
    assert extract_json(f"{before}{json.dumps({'value': value})}{after}") == {"value": value}


@given(text=st.text(alphabet=st.sampled_from('{}[]":,\\ <think>/1ae\n'), max_size=200))
def test_no_text_breaks_the_search_for_an_object(text: str) -> None:
    assert isinstance(extract_json(text), dict | None)
