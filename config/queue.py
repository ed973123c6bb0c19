"""Which broker the task queue has, from QUEUE and QUEUE_URL. Read by config/settings.py."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_SCHEMES = {"redis": ("redis", "rediss"), "sqs": ("https", "http")}
_EXAMPLES = {
    "redis": "redis://127.0.0.1:6379/2",
    "sqs": "https://sqs.eu-west-1.amazonaws.com/123456789012/studio",
}


def broker(kind: str, url: str) -> dict[str, str]:
    """Return what Q_CLUSTER says of its broker: `kind` is orm, redis or sqs, `url` where its queue is.

    Raises ImproperlyConfigured, naming the variable, for anything that could not work.
    """
    if kind == "orm":
        if url:
            raise ImproperlyConfigured("QUEUE_URL is set, but QUEUE is orm: set it to redis or sqs.")
        return {"orm": "default"}
    if kind not in _SCHEMES:
        raise ImproperlyConfigured(f"QUEUE={kind!r} is no broker: choose orm, redis or sqs.")
    address = urlsplit(url)
    if address.scheme not in _SCHEMES[kind] or not address.hostname:
        example = f"QUEUE_URL={_EXAMPLES[kind]}"
        raise ImproperlyConfigured(f"QUEUE={kind} needs the address of the queue, such as {example}")
    return {"broker_class": f"studio.brokers.{kind.capitalize()}Broker"}
