"""What errors are and what they carry."""

from __future__ import annotations

import copy
import pickle

import pytest

from astria import (
    Ambiguous,
    Astria,
    AstriaError,
    Forbidden,
    Invalid,
    InvalidCallback,
    InvalidParameter,
    InvalidResponse,
    NotFound,
    NotSent,
    PaymentRequired,
    RateLimited,
    Refused,
    ServerError,
    TimedOut,
    Unauthorized,
)
from astria.errors import error_for
from astria.messages import read_messages
from tests.astria.server import Server


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Unauthorized),
        (402, PaymentRequired),
        (403, Forbidden),
        (404, NotFound),
        (409, Refused),
        (422, Invalid),
        (429, RateLimited),
    ],
)
def test_4xx_is_refused(status: int, kind: type[Refused], server: Server, client: Astria) -> None:
    server.answers(status, {"error": "No."})

    with pytest.raises(Refused) as caught:
        client.likes.create(7)

    error = caught.value
    assert type(error) is kind
    assert (error.method, error.path, error.status) == ("POST", "/prompts/7/likes", status)
    assert (error.body, error.messages) == ('{"error": "No."}', ["No."])
    assert str(error) == f"POST /prompts/7/likes answered {status}: No."


@pytest.mark.parametrize(
    ("status", "kind"),
    [(304, InvalidResponse), (500, ServerError), (504, ServerError), (600, InvalidResponse)],
)
def test_other_statuses_are_ambiguous(status: int, kind: type[AstriaError]) -> None:
    assert error_for(status) is kind
    assert issubclass(kind, Ambiguous)


def test_the_three_ends_of_a_call_exclude_each_other() -> None:
    ends = (NotSent, Refused, Ambiguous)

    overlaps = [(a, b) for a in ends for b in ends if a is not b and issubclass(a, b)]

    assert overlaps == []
    assert all(issubclass(end, AstriaError) for end in ends)


@pytest.mark.parametrize("kind", [InvalidParameter, InvalidCallback])
def test_errors_of_ours_are_value_errors(kind: type[AstriaError]) -> None:
    assert issubclass(kind, ValueError)
    assert not any(issubclass(kind, end) for end in (NotSent, Refused, Ambiguous))


@pytest.mark.parametrize("duplicate", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy])
def test_errors_survive_pickling(duplicate: object) -> None:
    error = RateLimited(
        "too many", method="GET", path="/tunes", status=429, body="x", messages=["a"], retry_after=3
    )

    again = duplicate(error)  # type: ignore[operator]

    assert type(again) is RateLimited
    assert (str(again), vars(again)) == ("too many", vars(error))


def test_body_excerpt_has_500_characters() -> None:
    assert len(TimedOut("late", body="x" * 501).body) == 500


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), (None, None), ("soon", None)])
def test_refusal_names_retry_after(
    header: str | None, seconds: float | None, server: Server, client: Astria
) -> None:
    server.answers(429, None, **({"Retry_After": header} if header else {}))

    with pytest.raises(RateLimited) as caught:
        client.likes.create(1)

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({"name": ["only English letters allowed"]}, ["Name only English letters allowed"]),
        ({"base": ["model_type=pti is not supported."]}, ["model_type=pti is not supported."]),
        ({"prompts.cfg_scale": ["must be less than 5"]}, ["Prompts cfg scale must be less than 5"]),
        ({"images": ["is missing", "is empty"]}, ["Images is missing", "Images is empty"]),
        ({"error": "Sign in."}, ["Sign in."]),
        ({"message": "Gone."}, ["Gone."]),
        ({"status": 404, "error": "Not Found"}, ["Not Found"]),
        ({"errors": {"title": "is taken"}}, ["Title is taken"]),
        ({"errors": ["One.", "Two.", "One."]}, ["One.", "Two."]),
        ({"error": {"message": "Deep."}}, ["Deep."]),
        ("Plain.", ["Plain."]),
        ({"error": " "}, []),
        ([1, None, True], []),
        (None, []),
    ],
)
def test_messages_are_sentences(body: object, messages: list[str]) -> None:
    assert read_messages(body) == messages


def test_messages_are_few_and_short() -> None:
    messages = read_messages([f"{number} {'x' * 1000}" for number in range(100)])

    assert len(messages) == 20
    assert max(map(len, messages)) == 500


@pytest.mark.parametrize("body", [b"<html>Not found</html>", b"", b"\xff", b'{"error"'])
def test_refusal_without_json_has_no_messages(body: bytes, server: Server, client: Astria) -> None:
    server.answers(404, body)

    with pytest.raises(NotFound) as caught:
        client.tunes.get(1)

    assert caught.value.messages == []
    assert str(caught.value) == "GET /tunes/1 answered 404"
