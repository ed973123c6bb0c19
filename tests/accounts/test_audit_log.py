"""The audit log: what staff did, written once, and outliving whom it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from studio.purging import purge
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def helper() -> User:
    return UserFactory.create(email="helper@example.com", is_staff=True)


def test_a_line_says_who_did_what_to_which_row_and_why(helper: User, user: User) -> None:
    line = AuditEntry.record(helper, "switched off", about=user.account, text="Asked for by mail")

    assert (line.actor, line.action, line.text) == (helper, "switched off", "Asked for by mail")
    assert line.about == f"accounts.creditaccount {user.account.pk}"


def test_what_a_command_did_has_no_actor_and_may_be_about_no_row() -> None:
    assert str(AuditEntry.record(None, "packs synced")) == "packs synced"


def test_a_long_reason_is_shortened(helper: User) -> None:
    assert len(AuditEntry.record(helper, "redone", text="x" * 1000).text) == 300


def test_a_line_without_an_act_is_refused(helper: User) -> None:
    with pytest.raises(IntegrityError):
        AuditEntry.record(helper, "")


def test_a_line_cannot_be_changed_or_deleted(helper: User) -> None:
    line = AuditEntry.record(helper, "redone")

    for verb in (line.save, line.delete, AuditEntry.objects.all().delete):
        with pytest.raises(TypeError, match="never changed"):
            verb()
    with pytest.raises(TypeError, match="audit log"):
        AuditEntry.objects.update(text="x")


def test_the_database_itself_refuses_to_change_or_delete_a_line(helper: User) -> None:
    AuditEntry.record(helper, "redone")

    for statement in ("UPDATE accounts_auditentry SET text = 'x'", "DELETE FROM accounts_auditentry"):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            connection.cursor().execute(statement)

    assert AuditEntry.objects.get().text == ""


def test_a_line_goes_when_its_time_is_over_and_not_before(helper: User, settings: Any) -> None:
    settings.AUDIT_KEPT_DAYS = 400
    young, _old = [act(helper, days) for days in (399, 401)]

    gone = [purge(dry_run=True).acts, purge().acts, purge().acts]

    assert gone == [1, 1, 0] and list(AuditEntry.objects.all()) == [young]


def test_the_database_lets_nobody_delete_what_is_younger_than_a_year(helper: User) -> None:
    young, old = [act(helper, days) for days in (364, 366)]

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditentry WHERE id = %s", [old.pk])
        with pytest.raises(IntegrityError, match="not deleted for a year"), transaction.atomic():
            cursor.execute("DELETE FROM accounts_auditentry")

    assert list(AuditEntry.objects.all()) == [young]


def test_an_old_line_is_not_changed_either(helper: User) -> None:
    act(helper, 366)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        connection.cursor().execute("UPDATE accounts_auditentry SET text = 'x'")


def act(helper: User, days: int) -> AuditEntry:
    return AuditEntry.objects.create(actor=helper, action="redone", at=timezone.now() - timedelta(days=days))


def test_a_line_outlives_who_acted_and_what_it_is_about(helper: User, client: Client) -> None:
    AuditEntry.record(helper, "redone", about=helper)
    helper.emailaddress_set.all().delete()  # type: ignore[attr-defined]
    User.objects.filter(pk=helper.pk).delete()
    client.force_login(User.objects.create_superuser("staff@example.com", "pass"))

    page = client.get("/admin/accounts/auditentry/")

    assert "accounts.user" in page.content.decode()
    assert "helper@example.com" not in page.content.decode()
