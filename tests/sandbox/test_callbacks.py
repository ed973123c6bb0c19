"""Callbacks: who gets what, in which form, how often."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sandbox.receiver import Receiver
from tests.sandbox.process import Sandbox, eventually, uploads

TUNE_KEYS = {
    "id", "title", "name", "steps", "trained_at", "started_training_at", "created_at", "updated_at",
    "expires_at",
}  # fmt: skip
PROMPT_KEYS = {
    "id", "text", "negative_prompt", "steps", "tune_id", "trained_at", "started_training_at", "created_at",
    "updated_at", "images",
}  # fmt: skip


def _order(sandbox: Sandbox, receiver: Receiver) -> Any:
    fields = {
        "tune[title]": "callbacks",
        "tune[name]": "man",
        "tune[callback]": f"{receiver.url}/tune?user_id=1&secret=a%20b",
        "tune[prompt_attributes][callback]": f"{receiver.url}/prompt",
        "tune[prompts_callback]": f"{receiver.url}/all",
    }
    return sandbox.post("/p/260/tunes", data=fields, files=uploads(["profile-grey.jpg"])).json()


def test_the_tune_callback_is_wrapped_and_keeps_its_query(sandbox: Sandbox, receiver: Receiver) -> None:
    tune = _order(sandbox, receiver)

    bodies = eventually(lambda: receiver.bodies("/tune?user_id=1&secret=a%20b"))

    assert set(bodies[0]["tune"]) == TUNE_KEYS
    assert bodies[0]["tune"]["id"] == tune["id"]
    assert bodies[0]["tune"]["trained_at"]


def test_each_prompt_is_reported_once_with_its_pictures(sandbox: Sandbox, receiver: Receiver) -> None:
    tune = _order(sandbox, receiver)

    # Each is sent by itself: the one about all of them may come before the last of the others.
    eventually(lambda: receiver.bodies("/all") and len(receiver.bodies("/prompt")) >= 8)

    prompts = [body["prompt"] for body in receiver.bodies("/prompt")]
    assert all(set(prompt) == PROMPT_KEYS for prompt in prompts)
    assert all(len(prompt["images"]) == 2 for prompt in prompts)
    listed = {prompt["id"] for prompt in sandbox.prompts(tune["id"])}
    assert sorted(prompt["id"] for prompt in prompts) == sorted(listed)


def test_the_end_of_all_prompts_is_a_bare_array(sandbox: Sandbox, receiver: Receiver) -> None:
    _order(sandbox, receiver)

    bodies = eventually(lambda: receiver.bodies("/all"))

    assert len(bodies) == 1
    assert len(bodies[0]) == 8
    assert all(set(prompt) == PROMPT_KEYS for prompt in bodies[0])


def test_callbacks_are_json(sandbox: Sandbox, receiver: Receiver) -> None:
    _order(sandbox, receiver)

    eventually(lambda: receiver.bodies("/all"))

    assert {arrived.content_type for arrived in receiver.arrived} == {"application/json"}


def test_what_a_callback_reports_can_be_fetched(sandbox: Sandbox, receiver: Receiver) -> None:
    _order(sandbox, receiver)

    prompt = eventually(lambda: receiver.bodies("/prompt"))[0]["prompt"]

    assert sandbox.get(f"/prompts/{prompt['id']}").json()["images"] == prompt["images"]
    assert prompt["images"][0].startswith(f"{sandbox.url}/mp/")


def test_callbacks_can_be_switched_off(sandbox: Sandbox, receiver: Receiver) -> None:
    with sandbox.changed(callbacks="none"):
        tune = _order(sandbox, receiver)
        eventually(lambda: all(prompt["images"] for prompt in sandbox.prompts(tune["id"])))

    assert receiver.arrived == []


def test_callbacks_can_be_switched_off_for_tune_ids_alone(
    sandbox: Sandbox, receiver: Receiver, busy_tune: Any
) -> None:
    attributes = {"num_images": 1, "callback": f"{receiver.url}/with-tune-ids"}
    body = {"tune_ids": [busy_tune["id"]], "prompt_ids": [17000100], "prompt_attributes": attributes}
    with sandbox.changed(callbacks="no-tune-ids"):
        sandbox.post("/p/260/tunes", json={"tune": body})
        _order(sandbox, receiver)
        eventually(lambda: receiver.bodies("/all"))

    eventually(lambda: all(prompt["images"] for prompt in sandbox.prompts(busy_tune["id"])))
    assert receiver.bodies("/with-tune-ids") == []


def test_an_unreachable_receiver_holds_nothing_up(sandbox: Sandbox) -> None:
    tune = sandbox.trained(callback="http://127.0.0.1:1/nobody", prompts_callback="no url at all")

    assert tune["trained_at"]


def test_an_answer_without_an_end_holds_up_no_sender(sandbox: Sandbox) -> None:
    beginning = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello"
    with _never_ending(beginning) as url:
        sandbox.post("/prompts", json={"prompt": {"tune_id": 690204, "text": "endless", "callback": url}})
        sent = eventually(lambda: [it for it in sandbox.callbacks() if it["url"] == url and it["outcome"]])[0]

    assert (sent["outcome"], sent["answer"]) == ("200", "hello")


@contextmanager
def _never_ending(beginning: bytes) -> Iterator[str]:
    """Answer one call with this beginning, and keep its connection open for as long as the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:

        def answer() -> socket.socket:
            connection, _ = server.accept()
            while b"\r\n\r\n" not in connection.recv(65536, socket.MSG_PEEK):
                pass
            connection.sendall(beginning)
            return connection

        answered = pool.submit(answer)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/endless"
        answered.result(timeout=10).close()
