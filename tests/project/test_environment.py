"""What can be set from outside, and where a person reads of it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.values import Env

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""(?:\benv\.\w+|os\.environ\.get)\(\s*["']([A-Z_0-9]+)["']""")
LISTED = re.compile(r"^#([A-Z_0-9]+)=", re.MULTILINE)


def test_the_example_lists_every_variable_that_is_read_and_no_other() -> None:
    code = (ROOT / "config/settings.py").read_text() + (ROOT / "gunicorn.conf.py").read_text()

    assert sorted(LISTED.findall((ROOT / ".env.example").read_text())) == sorted(set(READ.findall(code)))


@pytest.mark.parametrize("value", ["-1", "0", "many", ""])
def test_a_number_that_could_not_work_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("WORKERS", value)

    with pytest.raises(ImproperlyConfigured, match="WORKERS must be a whole number of at least 1"):
        Env().count("WORKERS", default=2, least=1)


@pytest.mark.parametrize("value", ["studio.example.org", "ftp://studio.example.org", "https://", ""])
def test_an_address_that_callbacks_could_not_reach_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", value)

    with pytest.raises(ImproperlyConfigured, match=r"PUBLIC_URL=.*write the whole address"):
        Env().origin("PUBLIC_URL", default="http://127.0.0.1:8000")


def test_a_value_may_be_given_as_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("SECRET_KEY", "from the environment")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert Env().str("SECRET_KEY", default="") == "from the file"


def test_an_address_of_a_database_may_be_given_as_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text("postgres://studio:secret@db.example.org/studio\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))

    assert Env().db("DATABASE_URL")["NAME"] == "studio"


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "none"))

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE cannot be read"):
        Env().str("SECRET_KEY", default="")


def test_rates_are_read_by_currency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOLLARS_PER", "EUR=1.08, gbp=1.27")

    assert Env().rates("DOLLARS_PER") == {"eur": Decimal("1.08"), "gbp": Decimal("1.27")}


@pytest.mark.parametrize("value", ["eur", "eur=", "eur=much", "eur=0", "eur=-1", "eur=nan"])
def test_a_rate_that_could_not_work_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DOLLARS_PER", value)

    with pytest.raises(ImproperlyConfigured, match="DOLLARS_PER must be a list such as"):
        Env().rates("DOLLARS_PER")
