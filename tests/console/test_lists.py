"""Lists of the admin stay quick: nothing is counted to its end, orders, filters and searches have indexes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import EmailField, Field, IntegerField, Model, QuerySet, UUIDField
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from django_q.models import Failure, OrmQ

from accounts import quick_lists
from accounts.models import AuditEntry, Bundle, CreditAccount, CreditEntry, User
from accounts.quick_lists import QuickLists
from packs.models import Comparison, Pack, PackPrompt
from studio.models import (
    Callback,
    Check,
    Event,
    Heartbeat,
    Image,
    Letter,
    Pause,
    Prompt,
    Removal,
    Shoot,
    Tally,
    Trial,
)
from tests.factories import ImageFactory, ShareFactory, ShootFactory, UserFactory

pytestmark = pytest.mark.django_db

# What staff write by hand: there are never many.
BY_HAND = {Pack, Bundle, Group}
# What there is little of: the catalogue, a row a process, an hour, a try, a task that waits or failed.
FEW = {PackPrompt, Comparison, Check, Heartbeat, Pause, Tally, Trial, Removal, Failure, OrmQ}
LISTS = sorted(set(admin.site._registry) - BY_HAND, key=lambda model: model._meta.label)
LONG = [model for model in LISTS if model not in FEW]


def address(model: type[Model], **query: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query=query)


def list_of(staff: User, address: str) -> ChangeList:
    """Return what the page at this address lists, without the page around it."""
    request = RequestFactory().get(address)
    request.user = staff
    page = resolve(request.path).func.model_admin
    changes: ChangeList = page.get_changelist_instance(request)
    return changes


def rows_of(staff: User, address: str) -> QuerySet[Any]:
    """Return the rows that a list shows."""
    shown: QuerySet[Any] = list_of(staff, address).queryset
    return shown


def reads_all(rows: QuerySet[Any]) -> list[str]:
    """Return how the database would read a whole table for the first hundred rows, if it would."""
    if connection.vendor == "sqlite":
        plan = rows[:100].explain().splitlines()
        unsorted = any("TEMP B-TREE FOR ORDER BY" in line for line in plan)
        return [line for line in plan if re.search(r"SCAN \w+$", line) and unsorted]
    with connection.cursor() as cursor:
        # A table of a few rows is quickest read as a whole; that is not what is asked.
        cursor.execute("SET LOCAL enable_seqscan = off")
        return [line for line in rows[:100].explain().splitlines() if "Seq Scan" in line]


@pytest.mark.parametrize("model", LISTS, ids=lambda it: it.__name__)
def test_no_list_counts_a_whole_table(console: Client, model: type[Model]) -> None:
    assert isinstance(admin.site._registry[model], QuickLists)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        console.get(address(model))
        console.get(address(model, q="x"))

    counts = [it["sql"] for it in queries.captured_queries if "COUNT(" in it["sql"]]
    assert [sql for sql in counts if f"LIMIT {quick_lists.MOST_COUNTED}" not in sql] == []


@pytest.mark.parametrize("model", LONG, ids=lambda it: it.__name__)
def test_the_latest_rows_are_read_in_the_order_of_an_index(owner: User, model: type[Model]) -> None:
    assert reads_all(rows_of(owner, address(model))) == []


def choices(staff: User, model: type[Model]) -> Iterator[str]:
    """Yield the query of each choice of each filter of a list."""
    changes = list_of(staff, address(model))
    for spec in changes.filter_specs:
        yield from (choice["query_string"] for choice in spec.choices(changes))


@pytest.mark.parametrize("model", LONG, ids=lambda it: it.__name__)
def test_no_filter_reads_a_whole_table(owner: User, model: type[Model]) -> None:
    AuditEntry.record(owner, "pictures shown")

    for query in choices(owner, model):
        assert reads_all(rows_of(owner, address(model) + query)) == [], query


def a_term_for(field: Any) -> str:
    if isinstance(field, UUIDField):
        return str(uuid4())
    if isinstance(field, EmailField):
        return "anna@example.com"
    return "17" if isinstance(field, IntegerField) else "shoot:17"


SEARCHES = [(model, name) for model in LONG for name in admin.site._registry[model].search_fields]


@pytest.mark.parametrize(("model", "name"), SEARCHES, ids=lambda it: getattr(it, "__name__", it))
def test_what_is_searched_for_is_found_by_an_index(owner: User, model: type[Model], name: str) -> None:
    field = get_fields_from_path(model, name.removeprefix("^"))[-1]
    assert isinstance(field, Field)

    found = rows_of(owner, address(model, q=a_term_for(field)))

    assert reads_all(found.order_by("?")) == []


def test_more_than_can_be_leafed_through_is_not_counted(
    console: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory.create_batch(4)
    monkeypatch.setattr(quick_lists, "MOST_COUNTED", 3)

    page = console.get(address(User))

    assert page.context["cl"].result_count == 3
    assert "More is not counted" in page.content.decode()


@pytest.mark.parametrize(
    ("term", "number"),
    [
        ("anna", 2),
        ("ANNA@example.com", 1),
        ("anna@example.com ", 1),
        ("nna", 0),
        ("%", 0),
        ("anna!", 0),
    ],
)
def test_people_are_found_by_the_beginning_of_their_address(owner: User, term: str, number: int) -> None:
    for name in ("anna", "annabel", "bob"):
        UserFactory.create(email=f"{name}@example.com")

    assert len(rows_of(owner, address(User, q=term))) == number


def test_an_order_is_found_by_its_id_its_account_and_its_persons_address(owner: User, user: User) -> None:
    shoot = ShootFactory.create(account=user.account)
    ShootFactory.create()

    for term in (str(shoot.pk), str(user.account.pk), user.email.upper()):
        assert list(rows_of(owner, address(Shoot, q=term))) == [shoot]
    for term in ("7", "anna", "nobody@example.com", "9" * 30):
        assert list(rows_of(owner, address(Shoot, q=term))) == []


def test_lines_of_the_ledger_are_found_by_the_beginning_of_their_key(owner: User, user: User) -> None:
    for key in ("shoot:1", "shoot:1:all", "shoot:2"):
        user.account.spend(1, key=key)

    found = rows_of(owner, address(CreditEntry, q="shoot:1"))

    assert {entry.key for entry in found} == {"shoot:1", "shoot:1:all"}


def test_acts_of_staff_are_narrowed_to_those_that_were_done(owner: User) -> None:
    for action in ("pictures shown", "give credits", "give credits"):
        AuditEntry.record(owner, action)

    assert len(rows_of(owner, address(AuditEntry, action="give credits"))) == 2


def some_of_each(user: User) -> None:
    shoot = ShootFactory.create(account=user.account)
    ImageFactory.create(shoot=shoot)
    ShareFactory.create(shoot=shoot)
    Callback.objects.create(shoot=shoot, body="{}")
    Event.record(Event.Kind.STATE, "x", shoot=shoot)
    about = {"account": user.account, "shoot": shoot}
    Letter.objects.create(key=str(shoot.pk), kind="ready", next_check_at=timezone.now(), **about)


@pytest.mark.parametrize(
    "model",
    [Shoot, Image, Prompt, Callback, Event, Letter, CreditEntry, CreditAccount, User],
    ids=lambda it: it.__name__,
)
def test_a_list_asks_the_database_as_often_for_twelve_rows_as_for_one(
    console: Client, django_assert_max_num_queries: Callable[..., Any], model: type[Model]
) -> None:
    some_of_each(UserFactory.create(credits=5))
    console.get(address(model))
    with CaptureQueriesContext(connection) as before:
        console.get(address(model))
    for _more in range(11):
        some_of_each(UserFactory.create(credits=5))

    with django_assert_max_num_queries(len(before)):
        console.get(address(model))
