"""The catalogue in the console: each page for each role, each change in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import AuditEntry
from packs.models import Comparison, Pack, PackClass, PackPrompt
from tests.factories import PackFactory, jpeg

pytestmark = pytest.mark.django_db

StaffAs = Callable[[str], Client]
LIST = reverse("admin:packs_pack_changelist")
COMPARE, LOOK, TAKE = (reverse(f"admin:packs_pack_{name}") for name in ("compare", "look", "take"))
# Who looks, and who keeps the catalogue.
READERS = ["Viewer", "Support", "Catalogue", "Owner"]
KEEPERS = [("Viewer", False), ("Support", False), ("Catalogue", True), ("Owner", True)]


def page_of(pack: Pack) -> str:
    return reverse("admin:packs_pack_change", args=[pack.pk])


def act_of(pack: Pack, name: str) -> str:
    return reverse("admin:packs_pack_act", args=[pack.pk, name])


def act(browser: Client, pack: Pack, name: str) -> int:
    return browser.post(act_of(pack, name), {"key": uuid4(), "reason": "It is time"}).status_code


def form_of(pack: Pack, **given: Any) -> dict[str, Any]:
    """Return what the form of a pack sends when it is changed as `given`; prices as `price_woman=7`."""
    form: dict[str, Any] = {
        "title": pack.title, "slug": pack.slug, "description": pack.description, "position": pack.position,
        "publish_at_0": "", "publish_at_1": "", "classes-TOTAL_FORMS": 2, "classes-INITIAL_FORMS": 2,
    }  # fmt: skip
    for number, it in enumerate(pack.classes.all()):
        form |= {f"classes-{number}-id": it.pk, f"classes-{number}-pack": pack.pk}
        for name in ("price", "margin"):
            value = given.pop(f"{name}_{it.name}", getattr(it, name))
            form[f"classes-{number}-{name}"] = "" if value is None else value
    return form | given


def said() -> list[tuple[str, str]]:
    """Return what the audit log says: what was done, and with which words."""
    return list(AuditEntry.objects.order_by("pk").values_list("action", "text"))


@pytest.fixture
def pictured(pack: Pack) -> Pack:
    """A pack with a cover of Astria's and a sample of its first shot."""
    keys = [f"packs/{pack.astria_id}/{name}.webp" for name in ("cover", "sample")]
    for key in keys:
        default_storage.save(key, ContentFile(jpeg(90, 120, format="WEBP")))
    Pack.objects.filter(pk=pack.pk).update(cover=keys[0])
    shot = PackPrompt.objects.filter(pack_class__pack=pack)[0]
    PackPrompt.objects.filter(pk=shot.pk).update(samples=keys[1:])
    pack.refresh_from_db()
    return pack


def addresses(pack: Pack) -> list[str]:
    """Return every page of the catalogue that only shows something."""
    picture = reverse("admin:packs_pack_picture", args=[pack.astria_id, "cover"])
    cover = reverse("admin:packs_pack_cover", args=[pack.pk])
    shot = PackPrompt.objects.all()[0]
    shots = [
        f"{reverse('admin:packs_packprompt_changelist')}?weak=1",
        reverse("admin:packs_packprompt_change", args=[shot.pk]),
    ]
    comparisons = reverse("admin:packs_comparison_changelist")
    return [LIST, page_of(pack), COMPARE, cover, picture, *shots, comparisons]


@pytest.mark.parametrize("role", READERS)
def test_each_role_sees_every_page_of_the_catalogue(staff_as: StaffAs, pictured: Pack, role: str) -> None:
    browser = staff_as(role)

    assert {browser.get(it).status_code for it in addresses(pictured)} == {200}


def test_a_stranger_and_who_is_not_signed_in_see_none(signed_in: Client, pictured: Pack) -> None:
    answers = [browser.get(it).status_code for browser in (signed_in, Client()) for it in addresses(pictured)]

    assert set(answers) == {302}


@pytest.mark.parametrize("name", ["look", "take", "cover", "change", "order", "act"])
@pytest.mark.parametrize("role", ["stranger", "nobody"])
def test_a_stranger_and_who_is_not_signed_in_change_nothing(
    signed_in: Client, pictured: Pack, role: str, name: str
) -> None:
    browser = signed_in if role == "stranger" else Client()
    posts = {
        "look": (LOOK, {}),
        "take": (TAKE, {}),
        "cover": (reverse("admin:packs_pack_cover_choose", args=[pictured.pk]), {"cover": ""}),
        "change": (page_of(pictured), form_of(pictured, title="Mine")),
        "order": (LIST, {"_save": "1"}),
        "act": (act_of(pictured, "pack-withdrawn"), {"key": uuid4(), "reason": "x"}),
    }

    assert browser.post(*posts[name]).status_code == 302
    pictured.refresh_from_db()
    assert (pictured.title == "Mine", pictured.status, said()) == (False, "published", [])
    assert not Comparison.objects.exists()


@pytest.mark.parametrize(("role", "may"), KEEPERS)
@pytest.mark.parametrize(("address", "is_preview"), [(LOOK, True), (TAKE, False)])
def test_keepers_have_it_compared(
    staff_as: StaffAs, role: str, may: bool, address: str, is_preview: bool
) -> None:
    browser = staff_as(role)

    answers = [browser.post(address).status_code for _ in range(2)]
    page = browser.get(COMPARE).content.decode()

    assert answers == ([302, 302] if may else [403, 403])
    assert [it.is_preview for it in Comparison.objects.all()] == ([is_preview] if may else [])
    assert OrmQ.objects.count() == AuditEntry.objects.count() // 2 == int(may)
    assert ("A comparison is under way" in page) == may


def test_a_preview_is_shown_in_words_and_can_be_taken_over(console: Client, pack: Pack) -> None:
    found = [
        {"pack": pack.slug, "title": pack.title, "what": "cost", "class_name": "woman", "before": 100_000,
         "after": 120_000},
        {"pack": "new", "title": "A new one", "what": "new"},
        {"pack": "x", "title": "Other", "what": "shots", "class_name": "man", "before": 1, "after": 2},
        {"pack": "x", "title": "Other", "what": "images", "class_name": "man", "before": 4, "after": 8},
    ]  # fmt: skip
    Comparison.objects.create(is_preview=True, status="done", changes=found, ended_at=timezone.now())

    page = console.get(COMPARE).content.decode()

    assert "Another cost at Astria: $1.00 → $1.20" in page
    assert "New: it comes in as a draft" in page
    assert "Other shots: 1 gone, 2 new" in page
    assert "Another number of pictures: 4 → 8" in page
    assert "Take these changes over" in page


def test_what_was_taken_over_is_not_offered_again(console: Client) -> None:
    for is_preview in (True, False):
        Comparison.objects.create(
            is_preview=is_preview, status="done", ended_at=timezone.now(),
            changes=[{"pack": "a", "title": "A", "what": "new"}],
        )  # fmt: skip

    page = console.get(COMPARE).content.decode()

    assert "What has changed" in page
    assert "Take these changes over" not in page


def test_a_comparison_that_failed_says_why(console: Client) -> None:
    Comparison.objects.create(
        is_preview=True, status="failed", error="Astria could not be asked.", ended_at=timezone.now()
    )

    assert "Astria could not be asked." in console.get(COMPARE).content.decode()


@pytest.mark.parametrize(("role", "may"), KEEPERS)
def test_keepers_change_title_words_price_and_margin_and_it_is_written_down(
    staff_as: StaffAs, pack: Pack, role: str, may: bool
) -> None:
    form = form_of(pack, title="At the office", description="Ties.", price_woman=25, margin_man=80)

    answer = staff_as(role).post(page_of(pack), form)

    pack.refresh_from_db()
    prices = dict(pack.classes.values_list("name", "price")), dict(pack.classes.values_list("name", "margin"))
    assert answer.status_code == (302 if may else 403)
    assert (pack.title == "At the office") == (pack.description == "Ties.") == may
    assert prices == (({"woman": 25, "man": None}, {"woman": None, "man": 80}) if may else (
        {"woman": None, "man": None}, {"woman": None, "man": None}))  # fmt: skip
    words = [text for _action, text in said()]
    assert len(words) == (3 if may else 0)
    if may:
        assert words[0].endswith("→ At the office, description")
        assert words[1:] == ["woman: price – → 25", "man: margin – → 80"]


def test_a_price_by_hand_and_a_margin_at_once_are_refused(console: Client, pack: Pack) -> None:
    answer = console.post(page_of(pack), form_of(pack, price_woman=25, margin_woman=80))

    assert "choose one of them" in answer.content.decode()
    assert not PackClass.objects.exclude(price=None).exists()


def test_what_astria_changed_while_staff_edited_stays(console: Client, pack: Pack) -> None:
    form = form_of(pack, title="Mine", price_woman=5)
    Pack.objects.update(likes=7, missing_since=timezone.now())
    PackClass.objects.update(cost_mc=5)

    console.post(page_of(pack), form)

    pack.refresh_from_db()
    assert (pack.title, pack.likes, pack.missing_since is None) == ("Mine", 7, False)
    assert set(pack.classes.values_list("cost_mc", flat=True)) == {5}


@pytest.mark.parametrize(("role", "may"), KEEPERS)
def test_keepers_put_packs_in_order(staff_as: StaffAs, pack: Pack, role: str, may: bool) -> None:
    form = {
        "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": pack.pk, "form-0-position": 3,
        "_save": "Save",
    }  # fmt: skip

    staff_as(role).post(LIST, form)

    pack.refresh_from_db()
    assert pack.position == (3 if may else 100)
    assert said() == ([("pack changed", "position 100 → 3")] if may else [])


@pytest.mark.parametrize(("role", "may"), KEEPERS)
def test_keepers_say_when_a_pack_is_published(staff_as: StaffAs, role: str, may: bool) -> None:
    draft: Pack = PackFactory.create(status=Pack.Status.DRAFT, published_at=None)
    form = form_of(draft, publish_at_0="2030-01-02", publish_at_1="09:00:00")

    staff_as(role).post(page_of(draft), form)

    draft.refresh_from_db()
    assert (draft.publish_at is not None) == may
    assert draft.next_check_at == draft.publish_at
    assert [action for action, _text in said()] == (["pack changed"] if may else [])


def test_a_pack_in_the_shop_is_not_to_be_published_once_more(console: Client, pack: Pack) -> None:
    form = form_of(pack, publish_at_0="2030-01-02", publish_at_1="09:00:00")

    assert "It is published already." in console.post(page_of(pack), form).content.decode()


@pytest.mark.parametrize(("role", "may"), KEEPERS)
def test_keepers_publish_withdraw_and_have_seen_changes_each_for_a_reason(
    staff_as: StaffAs, role: str, may: bool
) -> None:
    browser = staff_as(role)
    draft: Pack = PackFactory.create(status=Pack.Status.DRAFT, published_at=None)
    draft.classes.update(cost_was_mc=1)

    names = ("pack-published", "change-seen", "pack-withdrawn")
    answers = [act(browser, draft, name) for name in names]

    draft.refresh_from_db()
    assert answers == ([302] * 3 if may else [403] * 3)
    assert (draft.status, draft.classes.changed().exists()) == (
        ("withdrawn", False) if may else ("draft", True)
    )
    assert said() == ([(name.replace("-", " "), "It is time") for name in names] if may else [])


def test_an_act_says_first_what_it_will_do(console: Client) -> None:
    draft: Pack = PackFactory.create(status=Pack.Status.DRAFT, published_at=None)

    page = console.get(act_of(draft, "pack-published")).content.decode()

    assert "woman for 18 credits (costs us $1.00), man for 18 credits (costs us $1.00)" in page
    assert "cannot be done as it is now" in console.get(act_of(draft, "pack-withdrawn")).content.decode()


@pytest.mark.parametrize(("role", "may"), KEEPERS)
def test_keepers_choose_the_cover(
    staff_as: StaffAs, pictured: Pack, client: Client, role: str, may: bool
) -> None:
    sample = f"packs/{pictured.astria_id}/sample.webp"
    choose = reverse("admin:packs_pack_cover_choose", args=[pictured.pk])

    answers = [staff_as(role).post(choose, {"cover": sample}).status_code for _ in range(2)]

    shop = client.get("/packs/").content.decode()
    assert answers == ([302, 302] if may else [403, 403])
    assert ("sample.webp" in shop, "cover.webp" in shop) == (may, not may)
    assert said() == ([("cover chosen", "woman, shot 1")] if may else [])


def test_a_picture_of_elsewhere_is_no_cover(console: Client, pictured: Pack) -> None:
    choose = reverse("admin:packs_pack_cover_choose", args=[pictured.pk])
    console.post(choose, {"cover": f"packs/{pictured.astria_id}/sample.webp"})

    console.post(choose, {"cover": "u/1/photos/secret.webp"})
    kept = Pack.objects.get().cover_choice
    console.post(choose, {"cover": ""})

    assert kept.endswith("sample.webp")
    assert Pack.objects.get().cover_key == pictured.cover


def test_pictures_of_a_draft_are_for_staff_alone(console: Client, client: Client, pictured: Pack) -> None:
    Pack.objects.update(status=Pack.Status.DRAFT)

    staff = console.get(reverse("admin:packs_pack_picture", args=[pictured.astria_id, "cover"]))
    public = client.get(reverse("packs:picture", args=[pictured.astria_id, "cover"]))

    assert (staff.status_code, staff["Content-Type"], public.status_code) == (200, "image/webp", 404)


def test_the_page_of_a_pack_shows_what_became_of_each_shot(console: Client, pack: Pack) -> None:
    numbers = {"ended": 10, "pictures": 20, "liked": 5, "hidden": 3, "failed": 1}
    Pack.objects.update(orders=42, **numbers, counted_at=timezone.now())
    shot = PackPrompt.objects.all()[0]
    PackPrompt.objects.filter(pk=shot.pk).update(**numbers, weakness="fails", astria_likes=77)

    page = console.get(page_of(pack)).content.decode()
    listed = console.get(LIST).content.decode()

    for words in ("42", "25%", "15%", "10%"):
        assert words in page and words in listed
    assert "fails often" in page
    assert "0 / 77" in page


def test_weak_shots_are_listed(console: Client, pack: Pack) -> None:
    weak = PackPrompt.objects.all()[0]
    PackPrompt.objects.filter(pk=weak.pk).update(weakness="unliked")
    shots = reverse("admin:packs_packprompt_changelist")

    assert list(console.get(f"{shots}?weak=1").context["cl"].result_list) == [weak]
    assert console.get(shots).context["cl"].result_count == 8


def test_flags_say_what_happened_at_astria(console: Client) -> None:
    PackFactory.create(missing_since=timezone.now())
    changed: Pack = PackFactory.create()
    changed.classes.update(cost_was_mc=50_000, images_were=4)
    planned: Pack = PackFactory.create(status=Pack.Status.DRAFT, published_at=None)
    planned.publish_when(timezone.now() + timedelta(days=1))

    page = console.get(LIST).content.decode()

    for words in ("gone at Astria since", "changed at Astria", "goes into the shop"):
        assert words in page
    assert "was $0.50, was 4 pictures" in console.get(page_of(changed)).content.decode()
    counts = [
        console.get(LIST, {"flag": it}).context["cl"].result_count for it in ("missing", "changed", "planned")
    ]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("name", ["packs", "shots", "pack", "comparisons"])
def test_pages_ask_the_database_as_often_for_30_as_for_1(
    console: Client, rows: int, name: str, django_assert_max_num_queries: Any
) -> None:
    pack: Pack = PackFactory.create_batch(rows)[0]
    of_class = pack.classes.get(name="woman")
    PackPrompt.objects.bulk_create(
        PackPrompt(pack_class=of_class, astria_id=number, position=number, num_images=1)
        for number in range(rows)
    )
    for _ in range(min(rows, 10)):
        Comparison.objects.create(is_preview=True, status="done", ended_at=timezone.now())
    pages = {
        "packs": LIST,
        "shots": reverse("admin:packs_packprompt_changelist"),
        "pack": page_of(pack),
        "comparisons": COMPARE,
    }

    with django_assert_max_num_queries(16):
        console.get(pages[name])
