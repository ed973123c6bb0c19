"""Bodies as Rails reads them."""

from __future__ import annotations

import json
import re
from email.message import Message
from email.parser import BytesParser
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astria import ImageFile, InvalidParameter
from astria.encoding import encode, encode_form

PHOTO = ImageFile("1.jpg", b"\xff\xd8photo")

# No digits: as in Rails, an object with the names 0, 1, 2 … is the form of a list.
NAMES = st.text("abXY_- ü", min_size=1, max_size=5)
TEXTS = st.text(max_size=10)
LISTS = st.lists(TEXTS, min_size=1, max_size=3)
OBJECTS = st.dictionaries(NAMES, TEXTS, min_size=1, max_size=3)
OBJECT_LISTS = st.lists(OBJECTS, min_size=1, max_size=3)
VALUES = (
    TEXTS
    | LISTS
    | OBJECTS
    | OBJECT_LISTS
    | st.dictionaries(NAMES, LISTS | OBJECT_LISTS, min_size=1, max_size=2)
)
BODIES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=3)


def decode_form(pairs: list[tuple[str, str]]) -> dict[str, object]:
    """Nest the fields of a form as Rack does; numbered names become lists."""
    root: dict[str, object] = {}
    for name, value in pairs:
        first, *rest = re.split(r"\]?\[", name.removesuffix("]"))
        place(root, [first, *rest], value)
    return {key: numbered_to_list(value) for key, value in root.items()}


def place(node: dict[str, object], path: list[str], value: str) -> None:
    key, *rest = path
    if not rest:
        node[key] = value
    elif rest == [""]:
        node.setdefault(key, []).append(value)  # type: ignore[attr-defined]
    else:
        place(node.setdefault(key, {}), rest, value)  # type: ignore[arg-type]


def numbered_to_list(node: object) -> object:
    if not isinstance(node, dict):
        return node
    values = {key: numbered_to_list(value) for key, value in node.items()}
    return list(values.values()) if [*values] == [str(number) for number in range(len(values))] else values


def parts_of(body: dict[str, object]) -> list[Message]:
    encoded = encode(body)
    head = f"Content-Type: {encoded.content_type}\r\n\r\n".encode()
    return BytesParser().parsebytes(head + encoded.content).get_payload()  # type: ignore[return-value]


@pytest.mark.slow
@settings(deadline=None, database=None)
@given(BODIES)
def test_nested_form_round_trip(body: dict[str, object]) -> None:
    texts, files = encode_form(body)

    assert decode_form(texts) == body
    assert files == []


@pytest.mark.slow
@settings(deadline=None, database=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS, lambda v: st.lists(v) | st.dictionaries(TEXTS, v)
    )
)
def test_json_round_trip(value: object) -> None:
    encoded = encode({"tune": value})

    assert json.loads(encoded.content) == {"tune": value}
    assert encoded.content_type == "application/json"


def test_form_names_are_those_of_the_documentation() -> None:
    attributes = [{"text": "a", "callback": "b"}, {"text": "c"}]
    body = {
        "tune": {
            "characteristics": {"eye_color": "blue"},
            "tune_ids": [8, 9],
            "prompts_attributes": attributes,
        }
    }

    texts, _ = encode_form(body)

    assert texts == [
        ("tune[characteristics][eye_color]", "blue"),
        ("tune[tune_ids][]", "8"),
        ("tune[tune_ids][]", "9"),
        ("tune[prompts_attributes][0][text]", "a"),
        ("tune[prompts_attributes][0][callback]", "b"),
        ("tune[prompts_attributes][1][text]", "c"),
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (False, "false"), (None, ""), (3, "3"), (0.8, "0.8"), ("é", "é")]
)
def test_scalars_are_written_as_rails_reads_them(value: object, text: str) -> None:
    assert encode_form({"x": value}) == ([("x", text)], [])


def test_files_make_a_multipart_form() -> None:
    texts, photo = parts_of({"tune": {"images": [PHOTO], "title": "Zoë"}})

    assert texts["Content-Disposition"] == 'form-data; name="tune[title]"'
    assert texts.get_payload(decode=True) == "Zoë".encode()
    assert photo["Content-Disposition"] == 'form-data; name="tune[images][]"; filename="1.jpg"'
    assert (photo.get_content_type(), photo.get_payload(decode=True)) == ("image/jpeg", PHOTO.content)


def test_file_name_cannot_add_headers() -> None:
    [photo] = parts_of({"file": ImageFile('a"\r\nX-Evil: 1\r\n\r\n.jpg', b"photo")})

    assert photo["X-Evil"] is None
    assert photo.get_payload(decode=True) == b"photo"


def test_any_mapping_can_be_sent() -> None:
    body = {"tune": MappingProxyType({"seed": 1})}

    assert json.loads(encode(body).content) == {"tune": {"seed": 1}}
    assert encode_form(body) == ([("tune[seed]", "1")], [])


@pytest.mark.parametrize("value", [object(), b"photo", {1, 2}, float("nan"), float("inf")])
@pytest.mark.parametrize("others", [{}, {"file": PHOTO}])
def test_what_cannot_be_sent_is_refused(value: object, others: dict[str, object]) -> None:
    with pytest.raises(InvalidParameter):
        encode({"x": value, **others})


@pytest.mark.parametrize(
    "body", [{"": 1}, {"a[b": 1}, {"a]": 1}, {"a\n": 1}, {"a": {"b]": 1}}, {"a": [[1]]}, {"a": "\ud800"}]
)
def test_what_has_no_form_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(InvalidParameter):
        encode({**body, "file": PHOTO})


def test_half_a_surrogate_pair_is_refused_in_json_too() -> None:
    with pytest.raises(InvalidParameter):
        encode({"a": "\ud800"})


def test_endless_nesting_is_refused() -> None:
    body: dict[str, object] = {}
    body["a"] = body

    with pytest.raises(InvalidParameter):
        encode(body)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("", b"a", "image/jpeg"),
        ("a", b"", "image/jpeg"),
        ("a", "text", "image/jpeg"),
        ("a", b"a", "image/jpeg\r\nX: y"),
    ],
)
def test_unusable_image_file_is_refused(name: str, content: bytes, content_type: str) -> None:
    with pytest.raises(InvalidParameter, match="image file"):
        ImageFile(name, content, content_type)
