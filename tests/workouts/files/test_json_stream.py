"""A JSON object is read member by member and item by item, and values that are too large are not read at all."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workouts.files.json_stream import MOST_CHARACTERS, MOST_PARTS, NotJson, TooLarge, members, names

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(texts, values, max_size=5), st.booleans(), st.sampled_from([b"", b"\xef\xbb\xbf", b" \n"]))
def test_the_members_are_those_of_the_document(document: dict[str, Any], ascii_only: bool, before: bytes) -> None:
    content = before + json.dumps(document, ensure_ascii=ascii_only).encode()
    found: dict[str, Any] = {}
    for name, number, value in members(content):
        if number:
            found[name].append(value)
        else:
            found[name] = value
    assert found == document
    assert names(content, most=9) == list(document)


@pytest.mark.parametrize(
    "content",
    [b"", b"1", b"[]", b"{", b'{"a"', b'{"a": 1', b'{"a": [1', b'{"a": 1} 2', b'{"a": NaN}', b'{"a": "\xff"}',
     b'{"a": 1e999}', b'{"a": "\\ud800"}', b'{"a": "\\udc00\\ud800"}', b'{"\\ud83d\\ud83d": 1}',
     b'{"a": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_content_that_is_not_a_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(NotJson) as refusal:
        list(members(content))
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 200


def test_an_escaped_backslash_is_not_a_surrogate() -> None:
    assert list(members(rb'{"a": "\\ud800", "b": "\ud83d\ude00"}')) == [("a", None, r"\ud800"), ("b", None, "😀")]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [0] * MOST_PARTS}, ("b", None)),
        ([[], [0] * MOST_PARTS], ("b", 2)),
        ([{"x" * (MOST_CHARACTERS + 1): 0}], ("b", 1)),
        ("x" * (MOST_CHARACTERS + 1), ("b", None)),
    ],
)
def test_a_value_that_is_too_large_is_named_by_its_place(value: Any, place: tuple[str, int | None]) -> None:
    with pytest.raises(TooLarge) as refusal:
        list(members(json.dumps({"a": [0] * 2 * MOST_PARTS, "b": value}).encode()))
    assert (refusal.value.name, refusal.value.number) == place
