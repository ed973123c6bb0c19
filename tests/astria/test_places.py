"""Which tune a prompt is posted to, and with which reference."""

from __future__ import annotations

import pytest

from astria import FLUX1_DEV, REALISTIC_VISION, SDXL_1_0, InvalidParameter, Place, Tune, place

FLUX = Tune(id=7, branch="flux1", model_type="lora")
SDXL = Tune(id=7, branch="sdxl1", model_type="pti")
FACE = Tune(id=7, branch="sd15", model_type="faceid")


def test_checkpoint_takes_prompts_itself() -> None:
    assert place(Tune(id=7, branch="sd15"), "ohwx man") == Place(7, "ohwx man")


def test_lora_is_referred_to_on_its_base() -> None:
    assert place(FLUX, "ohwx man") == Place(FLUX1_DEV, "<lora:7:1.0> ohwx man")
    assert place(SDXL, "ohwx man", strength=0.83) == Place(SDXL_1_0, "<lora:7:0.83> ohwx man")


def test_face_is_referred_to_on_a_base() -> None:
    assert place(FACE, "man") == Place(REALISTIC_VISION, "<faceid:7:1.0> man")


def test_base_of_the_tune_or_the_one_given_comes_first() -> None:
    on_base = Tune(id=7, branch="flux1", model_type="lora", base_tune_id=99)

    assert place(on_base, "man").tune_id == 99
    assert place(on_base, "man", base_tune_id=100).tune_id == 100


def test_reference_in_the_text_is_left_as_it_is() -> None:
    assert place(FLUX, "a man <lora:7:0.4>").text == "a man <lora:7:0.4>"


def test_flux_combines_loras_and_sdxl_does_not() -> None:
    assert place(FLUX, "<lora:8:0.3> man").text == "<lora:7:1.0> <lora:8:0.3> man"

    with pytest.raises(InvalidParameter, match="SDXL cannot combine LoRAs"):
        place(SDXL, "<lora:8:0.3> man")


@pytest.mark.parametrize("tune", [Tune(id=7), Tune(id=7, branch="new", model_type="lora")])
def test_what_is_not_known_is_not_guessed(tune: Tune) -> None:
    with pytest.raises(InvalidParameter):
        place(tune, "man")
