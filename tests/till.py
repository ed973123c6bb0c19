"""A small local Stripe: the endpoints that we use, a page to pay on, and events signed as Stripe signs them.

What the library sends is the real library's; what is answered has the fields that Stripe documents.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

SECRET_KEY, WEBHOOK_SECRET = "sk_test_of_the_tests", "whsec_of_the_tests"
PAGE = """<!DOCTYPE html><html lang="en"><title>Till</title><h1>{what}</h1>
<form method="post"><button name="how" value="pay">Pay {amount}</button>
<button name="how" value="bank">Pay by bank</button></form><a href="{cancel}">Back</a></html>"""

Made = dict[str, Any]


def event_about(kind: str, about: Made) -> str:
    """Return the body of an event as Stripe sends it."""
    event = {
        "id": f"evt_{kind}_{about['id']}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
        "data": {"object": about},
    }
    return json.dumps(event)


def signature(body: str, *, secret: str = WEBHOOK_SECRET, age: int = 0) -> str:
    """Return the header that Stripe sends along, made `age` seconds ago."""
    made: str = stripe.WebhookSignature.generate_signature_header(
        body, secret, timestamp=int(time.time()) - age
    )
    return made


@dataclass(eq=False)
class Till(ThreadingHTTPServer):
    """`sessions` by id; each answers with its payment, if there is one. `asked` is every request's path."""

    sessions: dict[str, Made] = field(default_factory=dict)
    disputes: list[Made] = field(default_factory=list)
    created: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    webhook: str = ""
    is_down: bool = False

    daemon_threads = True

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    # What happens at Stripe

    def create(self, said: dict[str, str], key: str) -> Made:
        """Make a session; the same idempotency key is the same session."""
        if key in self.keys:
            return self.sessions[self.keys[key]]
        self.created.append(said)
        made = f"cs_test_{len(self.sessions) + 1}"
        unit, quantity = said["line_items[0][price_data][unit_amount]"], said["line_items[0][quantity]"]
        amount = int(unit) * int(quantity)
        self.keys[key] = made
        self.sessions[made] = {
            "id": made,
            "object": "checkout.session",
            "url": f"{self.url}/pay/{made}",
            "status": "open",
            "payment_status": "unpaid",
            "client_reference_id": said["client_reference_id"],
            "metadata": {"purchase": said["metadata[purchase]"]},
            "currency": said["line_items[0][price_data][currency]"],
            "amount_subtotal": amount,
            "amount_total": amount,
            "payment_intent": None,
            "success_url": said["success_url"],
            "cancel_url": said["cancel_url"],
        }
        return self.sessions[made]

    def pay(self, made: str, *, bank: bool = False, coupon: int = 0) -> Made:
        """Somebody pays; by bank the money is still under way."""
        session = self.sessions[made]
        total = session["amount_subtotal"] - coupon
        intent = {
            "id": f"pi_{made}",
            "object": "payment_intent",
            "status": "processing" if bank else "succeeded",
            "metadata": session["metadata"],
            "latest_charge": {
                "id": f"ch_{made}",
                "object": "charge",
                "payment_intent": f"pi_{made}",
                "amount": total,
                "amount_refunded": 0,
                "disputed": False,
                "metadata": session["metadata"],
            },
        }
        session |= {
            "status": "complete",
            "payment_status": "unpaid" if bank else "paid" if total else "no_payment_required",
            "amount_total": total,
            "payment_intent": intent if total else None,
        }
        return session

    def arrive(self, made: str) -> None:
        """The bank's money arrives."""
        session = self.sessions[made]
        session["payment_status"] = "paid"
        session["payment_intent"]["status"] = "succeeded"

    def bounce(self, made: str) -> None:
        """The bank's money does not arrive."""
        self.sessions[made]["payment_intent"] |= {"status": "requires_payment_method", "latest_charge": None}

    def refund(self, made: str, amount: int) -> Made:
        """Say how much of it has been refunded in all; return the charge."""
        charge: Made = self.sessions[made]["payment_intent"]["latest_charge"]
        charge["amount_refunded"] = amount
        return charge

    def dispute(self, made: str, amount: int, status: str) -> Made:
        """Dispute it, or move the dispute that there is."""
        self.sessions[made]["payment_intent"]["latest_charge"]["disputed"] = True
        about = {"id": f"dp_{made}", "object": "dispute", "payment_intent": f"pi_{made}", "amount": amount}
        self.disputes = [it for it in self.disputes if it["id"] != about["id"]] + [about | {"status": status}]
        return self.disputes[-1]

    def deliver(self, kind: str, about: Made) -> int:
        """Send a signed event to the webhook; return how it was answered."""
        return send(self.webhook, event_about(kind, about))


def send(url: str, body: str) -> int:
    headers = {"Stripe-Signature": signature(body), "Content-Type": "application/json"}
    request = urllib.request.Request(url, body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


class Handler(BaseHTTPRequestHandler):
    """The endpoints, and the page to pay on."""

    protocol_version = "HTTP/1.1"
    server: Till

    def do_POST(self) -> None:
        said = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()))
        path = urlsplit(self.path).path
        self.server.asked.append(f"POST {path}")
        if path.startswith("/pay/"):
            self._paid(path.removeprefix("/pay/"), said)
        elif self.server.is_down:
            self._json(503, {"error": {"message": "Down."}})
        else:
            self._json(200, self.server.create(said, self.headers.get("Idempotency-Key", "")))

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        self.server.asked.append(f"GET {path}")
        name = path.rpartition("/")[2]
        if path.startswith("/pay/"):
            session = self.server.sessions[name]
            amount = f"{session['amount_total'] / 100:.2f} {session['currency'].upper()}"
            page = PAGE.format(what="Pay for credits", amount=amount, cancel=session["cancel_url"])
            self._answer(200, page.encode(), "text/html; charset=utf-8")
        elif self.server.is_down:
            self._json(503, {"error": {"message": "Down."}})
        elif path == "/v1/disputes":
            found = [it for it in self.server.disputes if it["payment_intent"] == query["payment_intent"]]
            self._json(200, {"object": "list", "data": found, "has_more": False, "url": "/v1/disputes"})
        elif name in self.server.sessions:
            self._json(200, self.server.sessions[name])
        else:
            error = {"type": "invalid_request_error", "message": f"No such checkout.session: {name}"}
            self._json(404, {"error": error})

    def _paid(self, made: str, said: dict[str, str]) -> None:
        session = self.server.pay(made, bank=said.get("how") == "bank")
        if self.server.webhook:
            self.server.deliver("checkout.session.completed", session)
        self.send_response(303)
        self.send_header("Location", session["success_url"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, status: int, body: Made) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


@contextmanager
def till_running() -> Iterator[Till]:
    """Run a till in a thread for as long as the context lasts."""
    till = Till()
    thread = threading.Thread(target=till.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield till
    finally:
        till.shutdown()
        till.server_close()
        thread.join()
