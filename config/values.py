"""Values from the environment that could not work are refused, by the name of their variable."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping


class _FilesToo(FileAwareMapping):
    """The environment, where NAME_FILE names a file that holds NAME: so containers hand secrets over."""

    def __getitem__(self, name: str) -> str:
        """Return the value; of a file without the end of line that editors and `echo` leave."""
        try:
            return str(super().__getitem__(name)).rstrip("\r\n")
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None


class Env(environ.FileAwareEnv):
    """Each reader raises ImproperlyConfigured."""

    ENVIRON = _FilesToo(cache=False)

    def count(self, name: str, *, default: int, least: int = 0) -> int:
        """Return a whole number of at least `least`."""
        return int(self._number(name, default, least, self.int, "a whole number"))

    def factor(self, name: str, *, default: float, least: float) -> float:
        """Return a number of at least `least`."""
        return float(self._number(name, default, least, self.float, "a number"))

    def origin(self, name: str, *, default: str) -> str:
        """Return the address of a server, without a slash at its end."""
        address = str(self.str(name, default=default)).rstrip("/")
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ImproperlyConfigured(f"{name}={address!r}: write the whole address, https:// and all.")
        return address

    def rates(self, name: str) -> dict[str, Decimal]:
        """Return positive numbers by small letters, from eur=1.08,gbp=1.27."""
        said = [part.partition("=") for part in self.list(name, default=[])]
        try:
            rates = {key.strip().lower(): Decimal(value.strip()) for key, _sign, value in said}
        except InvalidOperation:
            rates = {name: Decimal(0)}
        if any(not rate.is_finite() or rate <= 0 for rate in rates.values()):
            raise ImproperlyConfigured(f"{name} must be a list such as eur=1.08,gbp=1.27.")
        return rates

    def lines(self, name: str) -> list[str]:
        """Return the lines of the file that is named, without empty ones and those that begin with #."""
        path = str(self.str(name, default=""))
        if not path:
            return []
        try:
            lines = Path(path).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError) as error:
            raise ImproperlyConfigured(f"{name}={path!r} cannot be read: {error}.") from None
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]

    def _number(
        self, name: str, default: float, least: float, read: Callable[..., float], what: str
    ) -> float:
        try:
            number: float = read(name, default=default)
        except ValueError:
            number = float("-inf")
        if number < least:
            raise ImproperlyConfigured(f"{name} must be {what} of at least {least}.")
        return number
