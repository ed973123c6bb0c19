"""How every mail looks, for staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import allauth
import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.mail_pages import html_of
from accounts.models import User
from studio.console.mail_pages import ACCOUNT_MAILS
from studio.models import Letter
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

NAMES = [kind.value for kind in Letter.Kind] + [prefix.rpartition("/")[2] for prefix in ACCOUNT_MAILS]
# Mails that allauth writes only where codes, telephones or links are set up that this studio does not use.
UNUSED = {"password_reset_code"}


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "pass"))
    return client


def test_the_list_has_them_all(staff: Client) -> None:
    page = staff.get(reverse("admin:mails")).content.decode()

    assert [name for name in NAMES if f"/looks/{name.replace('_', '-')}/" not in page] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_has_text_and_html_that_say_the_same_address(staff: Client, name: str) -> None:
    path = reverse("admin:mail", args=[name.replace("_", "-")])

    html, text = staff.get(path).content.decode(), staff.get(path, {"as": "text"}).content.decode()

    assert set(re.findall(r"https?://[^\s<>\"]+", text)) <= set(re.findall(r'href="([^"]+)"', html))
    assert len(text.splitlines()[0]) > 5
    assert "!" not in text
    assert "{{" not in html + text


def test_no_mail_of_allauth_is_in_its_own_words() -> None:
    theirs = Path(allauth.__file__).parent / "templates"
    names = {str(path.relative_to(theirs)) for path in theirs.glob("*/email/*_message.txt")}
    ours = {name for name in names if (Path(__file__).parents[2] / "templates" / name).exists()}

    # It leaves that one to email_confirmation.
    assert names - ours == {"account/email/email_confirmation_signup_message.txt"}


def test_staff_who_may_not_see_letters_do_not_see_them(client_for: Callable[[User], Client]) -> None:
    helper = UserFactory.create(is_staff=True)
    page = reverse("admin:mails")

    before = client_for(helper).get(page).status_code
    helper.user_permissions.set(Permission.objects.filter(codename="view_letter"))

    assert (before, client_for(helper).get(page).status_code) == (404, 200)


def test_a_mail_that_there_is_not_is_not_found(staff: Client) -> None:
    assert staff.get(reverse("admin:mail", args=["none"])).status_code == 404


def test_what_others_typed_stays_text() -> None:
    html = html_of(
        "<b>", "Hello <script>alert(1)</script>\n\nhttps://example.com/\n\nABC-DEF", code="ABC-DEF"
    )

    assert "<script>" not in html
    assert '<a class="go" href="https://example.com/">' in html
    assert '<p class="code">ABC-DEF</p>' in html
