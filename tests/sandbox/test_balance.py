"""The balance: charged by what an order costs, or the order is refused with 402 and nothing is done."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.process import Sandbox, eventually, running, uploads

FLUX, SD15 = "/tunes/1504944/prompts", "/tunes/690204/prompts"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def shop(data: Path) -> Iterator[Sandbox]:
    with running(data, "--speed", "50", "--pictures", "small") as sandbox:
        yield sandbox


def test_without_a_balance_everything_is_free_to_order(shop: Sandbox) -> None:
    assert shop.settings()["balance_mc"] is None
    assert shop.get("/users").json()["usd_balance_mc"] is None


def test_prompts_are_charged_what_they_say_they_cost(shop: Sandbox) -> None:
    with shop.changed(balance_mc=100_000):
        flux = shop.post(FLUX, json={"prompt": {"text": "x", "num_images": 2}}).json()
        large = shop.post(SD15, json={"prompt": {"text": "x", "super_resolution": True}}).json()
        left = shop.get("/users").json()["usd_balance_mc"]

    assert (flux["cost_mc"], large["cost_mc"]) == (5_000, 8_000)
    assert left == 87_000


def test_a_pack_costs_its_price(shop: Sandbox) -> None:
    with shop.changed(balance_mc=1_000_000):
        tune = shop.order()
        left = shop.settings()["balance_mc"]

    price = shop.get("/gallery/packs").json()[0]["cost_mc_hash"]["woman"]
    assert left == 1_000_000 - price
    assert all(prompt["cost_mc"] == 5_000 for prompt in shop.prompts(tune["id"]))


def test_a_pack_on_existing_tunes_costs_its_prompts(shop: Sandbox) -> None:
    tune = shop.order()
    with shop.changed(balance_mc=100_000):
        shop.post("/p/260/tunes", json={"tune": {"tune_ids": [tune["id"]]}})

        assert shop.settings()["balance_mc"] == 100_000 - 8 * 5_000


def test_a_tune_costs_its_training_and_its_prompts(shop: Sandbox) -> None:
    with shop.changed(balance_mc=200_000):
        _order(shop, base_tune_id="1504944", model_type="lora", **{"prompts_attributes][0][text": "x"})

        assert shop.settings()["balance_mc"] == 200_000 - 150_000 - 4 * 2_500


def test_a_mock_and_its_prompts_are_free(shop: Sandbox) -> None:
    with shop.changed(balance_mc=0):
        tune = _order(shop, branch="fast").json()
        prompt = shop.post(f"/tunes/{tune['id']}/prompts", json={"prompt": {"text": "x"}})
        copy = shop.post(f"/prompts/{prompt.json()['id']}/duplicate")
        theme = shop.post("/themes", json={"theme": "x", "tune_ids": [tune["id"]]})

    assert [answer.status_code for answer in (prompt, copy, theme)] == [201, 201, 201]
    assert {made["cost_mc"] for made in eventually(lambda: _twelve(shop, tune["id"]))} == {0}


def test_what_is_not_covered_is_not_done(shop: Sandbox, data: Path) -> None:
    tune = shop.order()
    prompt = shop.prompts(tune["id"])[0]
    before, photos = _state(shop), sorted((data / "photos").iterdir())
    with shop.changed(balance_mc=4_999):
        answers = [
            shop.post(FLUX, json={"prompt": {"text": "x", "num_images": 2}}),
            shop.post(f"/prompts/{prompt['id']}/duplicate"),
            shop.post("/themes", json={"theme": "x", "tune_ids": [tune["id"]]}),
            shop.post("/p/260/tunes", json={"tune": {"tune_ids": [tune["id"]]}}),
            shop.post("/p/260/tunes", data=NAMED, files=uploads(["person-1.jpg"])),
            _order(shop),
        ]
        left = shop.settings()["balance_mc"]

    assert {answer.status_code for answer in answers} == {402}
    assert all(isinstance(answer.json()["error"], str) for answer in answers)
    assert left == 4_999
    assert _state(shop) == before
    assert sorted((data / "photos").iterdir()) == photos


def test_orders_at_the_same_moment_cannot_spend_it_twice(shop: Sandbox) -> None:
    def order(number: int) -> int:
        return shop.post(SD15, json={"prompt": {"text": f"x {number}", "num_images": 1}}).status_code

    with shop.changed(balance_mc=5_000), ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(order, range(16)))
        left = shop.settings()["balance_mc"]

    assert (statuses.count(201), statuses.count(402), left) == (5, 11, 0)


def test_what_is_refused_for_another_reason_is_not_charged(shop: Sandbox) -> None:
    with shop.changed(balance_mc=5_000):
        shop.post(SD15, json={"prompt": {"text": "x", "steps": 99}})

        assert shop.settings()["balance_mc"] == 5_000


def test_the_same_prompt_is_charged_once_when_idempotent(shop: Sandbox) -> None:
    with shop.changed(balance_mc=10_000, idempotent=True):
        for _ in range(2):
            shop.post(SD15, json={"prompt": {"text": "only once", "num_images": 1}})

        assert shop.settings()["balance_mc"] == 9_000


@pytest.mark.processes
def test_the_balance_outlives_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        sandbox.change(balance_mc=1_234)
    with running(tmp_path) as sandbox:
        assert sandbox.get("/users").json()["usd_balance_mc"] == 1_234


NAMED = {"tune[title]": "x", "tune[name]": "man"}


def _order(sandbox: Sandbox, **given: str) -> Any:
    fields = NAMED | {f"tune[{name}]": value for name, value in given.items()}
    return sandbox.post("/tunes", data=fields, files=uploads(["person-1.jpg"]))


def _twelve(sandbox: Sandbox, tune_id: int) -> Any:
    prompts = sandbox.prompts(tune_id)
    return prompts if len(prompts) == 12 else None


def _state(sandbox: Sandbox) -> tuple[int, int]:
    return sandbox.get("/tunes?limit=1").json()[0]["id"], sandbox.get("/prompts?limit=1").json()[0]["id"]
