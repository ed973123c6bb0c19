"""Prompts: get, list, delete, each nested or bare."""

from __future__ import annotations

import pytest
import responses

from astria import Astria, InvalidParameter
from tests.astria.conftest import API
from tests.astria.samples import PROMPT
from tests.astria.server import Server


@pytest.mark.parametrize(("tune_id", "path"), [(None, "/prompts/1"), (2, "/tunes/2/prompts/1")])
def test_get_prompt(tune_id: int | None, path: str, mocked: responses.RequestsMock, astria: Astria) -> None:
    mocked.get(API + path, json=PROMPT)

    prompt = astria.prompts.get(1, tune_id=tune_id)

    assert (prompt.id, prompt.tune_id, prompt.text) == (
        1,
        1,
        "a painting of ohwx man in the style of Van Gogh",
    )
    assert (prompt.callback, prompt.images, prompt.is_final) == (
        "https://example.com/callbacks/token",
        (),
        False,
    )
    assert prompt.extra == {}


@pytest.mark.parametrize(("tune_id", "path"), [(None, "/prompts"), (2, "/tunes/2/prompts")])
def test_list_prompts(tune_id: int | None, path: str, server: Server, client: Astria) -> None:
    server.answers(200, [PROMPT])

    prompts = client.prompts.list(tune_id=tune_id, offset=20)

    assert [prompt.id for prompt in prompts] == [1]
    assert (server.received[0].path, server.received[0].query) == (path, "offset=20")


@pytest.mark.parametrize(("tune_id", "path"), [(None, "/prompts"), (2, "/tunes/2/prompts")])
def test_iterate_prompts(tune_id: int | None, path: str, server: Server, client: Astria) -> None:
    server.answers(200, [PROMPT])

    prompts = list(client.prompts.iterate(tune_id=tune_id, before_id=9))

    assert [prompt.id for prompt in prompts] == [1]
    assert (server.received[0].path, server.received[0].query) == (path, "before_id=9&limit=120")


@pytest.mark.parametrize(("tune_id", "path"), [(None, "/prompts/1"), (2, "/tunes/2/prompts/1")])
def test_delete_prompt(tune_id: int | None, path: str, server: Server, client: Astria) -> None:
    server.answers(200, {"message": "Prompt successfully deleted"})

    client.prompts.delete(1, tune_id=tune_id)

    assert (server.received[0].method, server.received[0].path) == ("DELETE", path)


@pytest.mark.parametrize(("prompt_id", "tune_id"), [(0, None), (1, 0)])
def test_unusable_ids_are_refused(
    prompt_id: int, tune_id: int | None, server: Server, client: Astria
) -> None:
    with pytest.raises(InvalidParameter):
        client.prompts.get(prompt_id, tune_id=tune_id)

    assert server.received == []
