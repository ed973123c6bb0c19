"""The catalogue in the admin: from the comparison that finds a pack to the shop, and pages that axe likes."""

from __future__ import annotations

import json
import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.screens import Screens
from tests.browser.tabs import DESKTOP, PHONE, Tabs
from tests.processes import Studio

pytestmark = [pytest.mark.browser, pytest.mark.long]

# So often half a second: two people's shoots may be under way, and pictures take a busy machine long.
MOST_LOOKS = 240
LIST, COMPARE = "/admin/packs/pack/", "/admin/packs/pack/compare/"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HOW_FAR_ACROSS = "document.documentElement.scrollWidth"
# What the studio has not yet: a pack that nobody ordered, and another at another cost.
AS_IF_NEW = """
import json
from packs.models import Pack, PackClass
from studio.models import Shoot
from studio.pack_figures import count_packs
free = Pack.objects.exclude(pk__in=Shoot.objects.exclude(pack=None).values("pack"))
new = free.exclude(slug__in=["corporate-headshots", "outdoor-portraits"]).order_by("-pk")[0]
new.delete()
PackClass.objects.filter(pack__slug="outdoor-portraits", name="woman").update(cost_mc=50_000)
count_packs()
print(json.dumps([new.title, new.slug]))
"""


@pytest.fixture
def new_pack(studio: Studio, people: dict[str, dict[str, str]]) -> tuple[str, str]:
    """The title and the slug of a pack that Astria has, and the studio not yet."""
    title, slug = json.loads(studio.shell(AS_IF_NEW).splitlines()[-1])
    return title, slug


def look_until_over(page: Page) -> None:
    """Load the page of comparisons again until none is under way."""
    link = page.get_by_role("link", name="A comparison is under way. Look again")
    for _ in range(MOST_LOOKS):
        page.goto(COMPARE)
        if not link.count():
            return
        page.wait_for_timeout(500)
    raise AssertionError("the comparison does not come to its end")


def test_a_pack_goes_from_the_comparison_that_finds_it_into_the_shop(
    tabs: Tabs, screens: Screens, new_pack: tuple[str, str]
) -> None:
    title, slug = new_pack
    boss = tabs.open(LIST, who="boss")
    boss.get_by_role("link", name="Compare with Astria").click()
    boss.get_by_role("button", name="See what would change").click()
    look_until_over(boss)
    expect(boss.get_by_role("row", name=title)).to_contain_text("New: it comes in as a draft")
    expect(boss.get_by_role("row", name="Outdoor Portraits")).to_contain_text(
        "Another cost at Astria: $0.50 →"
    )
    screens.take(boss, "console-compare")

    boss.get_by_role("button", name="Take these changes over").click()
    look_until_over(boss)
    expect(boss.get_by_role("heading", name="What has changed")).to_be_visible()
    boss.goto(f"{LIST}?status__exact=draft")
    boss.get_by_role("link", name=title).click()
    boss.get_by_role("link", name="Choose the cover").click()
    boss.get_by_label("woman, shot 2").first.check()
    boss.get_by_role("button", name="Make it the cover").click()
    expect(boss.get_by_text("It is the cover now.")).to_be_visible()
    boss.get_by_label("Margin in percent").first.fill("150")
    boss.get_by_role("button", name="Save and continue editing").click()
    expect(boss.get_by_label("Margin in percent").first).to_have_value("150")
    boss.get_by_role("link", name="Publish", exact=True).click()
    expect(boss.get_by_text("People see it and order it:")).to_be_visible()
    boss.get_by_label("Why").fill("New in spring")
    boss.get_by_role("button", name="Publish").click()

    expect(boss.get_by_text("Published.")).to_be_visible()
    shop = tabs.open("/packs/")
    expect(shop.get_by_role("link", name=title)).to_be_visible()
    expect(tabs.open(f"/packs/{slug}/").get_by_role("heading", name=title, level=1)).to_be_visible()


def test_the_pages_of_packs_are_accessible_in_both_themes_and_fit_a_phone(
    tabs: Tabs, screens: Screens, people: dict[str, dict[str, str]], studio: Studio
) -> None:
    studio.shell("from studio.pack_figures import count_packs; count_packs()")
    boss = tabs.open(f"{LIST}?q=corporate-headshots", who="boss")
    boss.get_by_role("link", name="Corporate Headshots").click()
    of_pack = re.sub(r"\?.*", "", boss.url)
    pages = {
        "console-packs": LIST,
        "console-pack": of_pack,
        "console-pack-cover": re.sub("change/$", "cover/", of_pack),
        "console-pack-act": re.sub("change/$", "act/pack-withdrawn/", of_pack),
        "console-compare": COMPARE,
        "console-shots": "/admin/packs/packprompt/",
    }

    found = []
    for name, address in pages.items():
        for scheme in SCHEMES:
            # Before the page: it asks for the theme when it is made.
            boss.emulate_media(color_scheme=scheme)
            boss.set_viewport_size(DESKTOP)
            boss.goto(address)
            found += [
                (name, scheme, rule["id"], rule["nodes"][0]["html"])
                for rule in Axe().run(boss).response["violations"]
            ]
            dark, readme = ("-dark" if scheme == "dark" else ""), screens.readme is not None
            screens.take(boss, f"{name}{dark}", readme=readme)
            boss.set_viewport_size(PHONE)
            screens.take(boss, f"{name}-phone{dark}", readme=readme)
            assert boss.evaluate(HOW_FAR_ACROSS) <= PHONE["width"], name

    assert found == []
