"""How the database finds what a gallery shows: from an index alone, however many pictures there are."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import User
from studio.models import Image
from studio.showing import Showing

pytestmark = pytest.mark.django_db

INDEX = "images_of_account"


def test_the_index_holds_every_column_that_counting_a_persons_pictures_asks_for(user: User) -> None:
    table = Image._meta.db_table
    with connection.cursor() as cursor:
        columns = connection.introspection.get_constraints(cursor, table)[INDEX]["columns"]
    asked = str(Showing().images(Image.objects.for_user(user)).order_by().values("hidden_at").query)

    conditions = asked.partition("WHERE")[2]
    named = {field.column for field in Image._meta.local_fields if f'"{field.column}"' in conditions}
    assert columns[:2] == ["account_id", "status"]
    assert named == {"account_id", "status", "hidden_at"} and named <= set(columns)


def test_sqlite_which_keeps_no_statistics_counts_from_it_alone(user: User) -> None:
    """PostgreSQL chooses by how many rows there are, and which of them it has swept."""
    plan = Showing().images(Image.objects.for_user(user)).order_by().values("hidden_at").explain()

    assert connection.vendor != "sqlite" or f"USING COVERING INDEX {INDEX}" in plan
