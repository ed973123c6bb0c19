"""How texts name tunes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astria import InvalidParameter, Reference, faceid, lora, references


def test_references_are_written_as_documented() -> None:
    assert lora(123456, 0.83) == "<lora:123456:0.83>"
    assert lora(123456) == "<lora:123456:1.0>"
    assert lora("epi_noiseoffset2", 0.5) == "<lora:epi_noiseoffset2:0.5>"
    assert faceid(123456) == "<faceid:123456:1.0>"


@settings(deadline=None, database=None)
@given(st.integers(1, 2**63), st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_written_can_be_read(tune_id: int, strength: float) -> None:
    text = f"{lora(tune_id, strength)} ohwx man {faceid(tune_id, strength)}"

    assert references(text) == (Reference("lora", tune_id, strength), Reference("faceid", tune_id, strength))


def test_several_references_are_read_in_order() -> None:
    text = "<lora:FilmVelvia2:0.5><lora:7:-.5> a man, <faceid:8:1> and <lora:tune_id:strength> <lora:9>"

    assert references(text) == (
        Reference("lora", "FilmVelvia2", 0.5),
        Reference("lora", 7, -0.5),
        Reference("faceid", 8, 1.0),
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: lora(0),
        lambda: lora(True),
        lambda: lora("a:b"),
        lambda: lora(""),
        lambda: lora(1, float("nan")),
        lambda: faceid(1, float("inf")),
        lambda: faceid("me"),  # type: ignore[arg-type]
        lambda: lora(1, "0.5"),  # type: ignore[arg-type]
    ],
)
def test_unusable_references_are_refused(call: Any) -> None:
    with pytest.raises(InvalidParameter):
        call()
