"""Secrets that stand in addresses: whoever knows one is let in."""

from __future__ import annotations

import secrets


def new_token() -> str:
    """Return 32 random bytes as 43 characters for a path."""
    return secrets.token_urlsafe(32)
