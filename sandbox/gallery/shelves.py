"""Put the gallery tunes and the packs' template prompts into a new database."""

from __future__ import annotations

from django.db import transaction

from sandbox.gallery.catalogue import CREATED_AT, GALLERY_TUNES, Pack, Template, all_packs
from sandbox.models import Picture, Prompt, Tune

SAMPLES = 2


@transaction.atomic
def fill_shelves() -> None:
    """Add whatever is missing; what is there keeps its keys and likes."""
    for pk, title, branch in GALLERY_TUNES:
        fixed = {"title": title, "branch": branch, "is_gallery": True}
        times = {"created_at": CREATED_AT, "updated_at": CREATED_AT, "trained_at": CREATED_AT}
        Tune.objects.get_or_create(pk=pk, defaults=fixed | times)
    present = set(Prompt.objects.filter(is_template=True).values_list("pk", flat=True))
    missing = [(pack, item) for pack in all_packs() for item in pack.templates if item.id not in present]
    pictures = {
        item.id: [Picture(prompt_id=item.id, position=n) for n in range(SAMPLES)] for _, item in missing
    }
    Picture.objects.bulk_create([picture for pair in pictures.values() for picture in pair])
    Prompt.objects.bulk_create(
        [_template(pack, item, [picture.key for picture in pictures[item.id]]) for pack, item in missing]
    )


def _template(pack: Pack, item: Template, keys: list[str]) -> Prompt:
    return Prompt(
        pk=item.id,
        tune_id=pack.base_tune_id,
        pack_id=pack.id,
        class_name=item.class_name,
        is_template=True,
        text=item.text,
        num_images=SAMPLES,
        picture_keys=keys,
        created_at=CREATED_AT,
        updated_at=CREATED_AT,
        trained_at=CREATED_AT,
    )
