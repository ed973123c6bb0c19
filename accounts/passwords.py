"""What a password has to be: Django's rules, said in one line."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _


class PasswordRules:
    """Long enough, not a common one, not like the person's address."""

    def __init__(self) -> None:
        self._length = password_validation.MinimumLengthValidator()
        common = password_validation.CommonPasswordValidator()
        like_address = password_validation.UserAttributeSimilarityValidator()
        self._rules: list[Any] = [self._length, common, like_address]

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with everything that is wrong with `password`."""
        password_validation.validate_password(password, user, self._rules)

    def get_help_text(self) -> str:
        text = _("At least %(n)d characters. Not a common password, and not like your address.")
        return text % {"n": self._length.min_length}
