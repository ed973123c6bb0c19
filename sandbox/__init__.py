"""A local Astria over HTTP, for development, demonstrations and tests.

A process of its own (`python -m sandbox`) with its own settings, database and urls. It imports nothing of the
product, and the product reaches it only by its address.
"""

from __future__ import annotations
