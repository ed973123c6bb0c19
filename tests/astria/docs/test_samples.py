"""Astria's own samples, run as they are printed, against the sandbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sandbox.receiver import Receiver
from tests.astria.docs.broken import BROKEN
from tests.astria.docs.extraction import Sample, all_samples
from tests.astria.docs.running import run
from tests.astria.docs.working import WORKING
from tests.sandbox.process import Sandbox, eventually

# `make test-samples` runs them alone.
pytestmark = pytest.mark.long

SAMPLES = {sample.name: sample for sample in all_samples()}
CURED = [name for name, flaw in BROKEN.items() if flaw.cure]


@pytest.mark.parametrize("name", WORKING)
def test_the_sample_does_what_its_page_says(
    astria: Sandbox, callbacks: Receiver, tmp_path: Path, name: str
) -> None:
    effect, sample = WORKING[name], SAMPLES[name]
    since = Since(astria)

    ran = run(sample, sample.text, astria.url, tmp_path)

    # Samples in Node.js do not wait for one call before they make the next.
    assert (ran.code, sorted(since.calls())) == (0, sorted(effect.calls)), ran.said
    assert effect.says in ran.said
    tune = since.tune()
    assert (tune and named_in(tune, effect.tune or {})) == effect.tune
    assert not tune or len(tune["orig_images"]) == effect.photos
    prompts = since.prompts()
    assert len(prompts) == len(effect.prompts)
    for prompt, wanted in zip(prompts, effect.prompts, strict=True):
        assert named_in(prompt, wanted) == wanted
    assert not effect.gone or astria.get(effect.gone).status_code == 404
    if effect.callbacks:
        eventually(lambda: since.called_back(callbacks) == Counter(effect.callbacks))


@pytest.mark.parametrize("name", BROKEN)
def test_the_broken_sample_fails_as_listed(astria: Sandbox, tmp_path: Path, name: str) -> None:
    flaw, sample = BROKEN[name], SAMPLES[name]
    since = Since(astria)

    ran = run(sample, sample.text, astria.url, tmp_path)

    assert (ran.code, since.calls()) == (flaw.code, flaw.calls), ran.said
    assert flaw.says in ran.said


@pytest.mark.parametrize("name", CURED)
def test_the_cured_sample_works(astria: Sandbox, tmp_path: Path, name: str) -> None:
    flaw, sample = BROKEN[name], SAMPLES[name]
    since = Since(astria)

    ran = run(sample, cured(sample, flaw.cure), astria.url, tmp_path)

    assert (ran.code, since.calls()) == (0, flaw.cured), ran.said


def test_every_sample_of_the_documentation_is_in_one_of_the_two_lists() -> None:
    assert len(all_samples()) == 63
    assert set(SAMPLES) == WORKING.keys() | BROKEN.keys()
    assert not WORKING.keys() & BROKEN.keys()


class Since:
    """What has come about since this was made."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.last_tune = sandbox.get("/tunes").json()[0]["id"]
        self.last_prompt = sandbox.get("/prompts").json()[0]["id"]
        # Read last: the two calls above are in the log as well.
        self.last_call = self._logged()[0]["id"]

    def _logged(self) -> Any:
        return self.sandbox.get("/sandbox/requests").json()

    def calls(self) -> tuple[str, ...]:
        """Return the calls in order; to be asked first, because all further questions are calls too."""
        new = [call for call in reversed(self._logged()) if call["id"] > self.last_call]
        return tuple(f"{call['method']} {call['path']} {call['status']}" for call in new)

    def tune(self) -> Any:
        newest = self.sandbox.get("/tunes").json()[0]
        return newest if newest["id"] > self.last_tune else None

    def prompts(self) -> list[Any]:
        """Return the new prompts, oldest first."""
        newest = self.sandbox.get("/prompts", params={"limit": 40}).json()
        return [prompt for prompt in reversed(newest) if prompt["id"] > self.last_prompt]

    def called_back(self, callbacks: Receiver) -> Counter[str]:
        """Count the callbacks for what is new, by path and query."""
        tune = self.tune()
        ids = {("prompt", prompt["id"]) for prompt in self.prompts()} | {("tune", tune and tune["id"])}
        arrived = [(one.path, *item) for one in callbacks.arrived for item in one.body.items()]
        return Counter(path for path, kind, body in arrived if (kind, body["id"]) in ids)


def named_in(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return of what was found the attributes that are wanted."""
    return {key: found.get(key) for key in wanted}


def cured(sample: Sample, cure: Sequence[tuple[str, str]]) -> str:
    """Return the sample with the printed texts replaced, of which at least one must be there."""
    text = sample.text
    for printed, instead in cure:
        text = text.replace(printed, instead)
    assert text != sample.text
    return text
