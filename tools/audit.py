"""Asks the OSV database whether what requirements*.txt pins is known to be vulnerable: `make audit`.

Exit code 1 says that something is. Where the service cannot be asked, that is said and nothing fails:
an outage elsewhere is no fault of this tree.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[1]
FILES = ("requirements.txt", "requirements-dev.txt")
SERVICE = "https://api.osv.dev/v1/querybatch"
SECONDS = 20
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([\w.]+)", re.MULTILINE)

Pin = tuple[str, str]


def pins() -> list[Pin]:
    """Return every pinned package with its version."""
    return [pin for name in FILES for pin in PIN.findall((ROOT / name).read_text())]


def known(pinned: list[Pin], service: str) -> dict[Pin, list[str]]:
    """Return the packages that something is known of, each with the names of it.

    Raises requests.RequestException or ValueError where the service does not answer as it should.
    """
    queries = [{"package": {"ecosystem": "PyPI", "name": name}, "version": at} for name, at in pinned]
    answer = requests.post(service, json={"queries": queries}, timeout=SECONDS)
    answer.raise_for_status()
    results: list[dict[str, Any]] = answer.json().get("results") or []
    if len(results) != len(pinned):
        raise ValueError("it answered for another number of packages")
    named = [[found["id"] for found in result.get("vulns", [])] for result in results]
    return {pin: ids for pin, ids in zip(pinned, named, strict=True) if ids}


def main() -> int:
    """Print what is known; return the exit code."""
    pinned = pins()
    try:
        found = known(pinned, os.environ.get("OSV_URL", SERVICE))
    except (requests.RequestException, ValueError) as error:
        print(
            f"audit: NOT DONE, the service could not be asked ({type(error).__name__}). Nothing was checked."
        )
        return 0
    for (name, version), ids in found.items():
        print(f"audit: {name} {version}: {', '.join(ids)}")
    print(f"audit: {len(pinned)} packages asked about, {len(found)} with something known")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
