"""People with pictures to show, without the files: only pages are measured."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from random import Random

from django.utils import timezone
from PIL import Image as Picture
from PIL import ImageFilter

from accounts.models import User
from packs.models import Pack
from studio.models import Image, Prompt, Shoot, Tune
from studio.pictures import develop

# So many different placeholders: repeated ones would compress better than real ones do.
PLACEHOLDERS = 40


def person_with(pictures: int) -> User:
    """Return a new person whose one shoot delivered `pictures`, 8 a prompt."""
    user = User.objects.create_user(f"gallery-of-{pictures}@example.com")
    shoot = _shoot(user, pictures)
    prompts = [prompt for prompt in _prompts(shoot, pictures // 8) for _ in range(8)]
    made = [_image(shoot, prompt, number) for number, prompt in enumerate(prompts, start=1)]
    colours = placeholders()
    for number, image in enumerate(made):
        image.placeholder = colours[number % PLACEHOLDERS]
    Image.objects.bulk_create(made)
    return user


def _shoot(user: User, pictures: int) -> Shoot:
    now = timezone.now()
    pack, _ = Pack.objects.get_or_create(astria_id=1, slug="corporate", title="Corporate headshots")
    tune = Tune.objects.create(
        account=user.account,
        class_name="woman",
        status=Tune.Status.TRAINED,
        astria_id=user.pk,
        trained_at=now,
        expires_at=now + timedelta(days=30),
        next_check_at=now + timedelta(days=30),
    )
    return Shoot.objects.create(
        account=user.account,
        tune=tune,
        trains=True,
        pack=pack,
        title=pack.title,
        order_key=f"bench:{user.pk}",
        price=pictures,
        expected_prompts=pictures // 8,
        expected_images=pictures,
        status=Shoot.Status.READY,
        queued_at=now,
        attempts=1,
        submitted_at=now,
        deadline_at=now,
        ended_at=now,
    )


def _prompts(shoot: Shoot, how_many: int) -> list[Prompt]:
    return Prompt.objects.bulk_create(
        Prompt(
            shoot=shoot,
            astria_id=shoot.account.user.pk * 1000 + number,
            number=number + 1,
            status=Prompt.Status.READY,
            finished_at=timezone.now(),
        )
        for number in range(how_many)
    )


def _image(shoot: Shoot, prompt: Prompt, number: int) -> Image:
    return Image(
        shoot=shoot,
        prompt=prompt,
        account_id=shoot.account_id,
        number=number,
        source_url=f"https://pictures.example.com/{prompt.astria_id}/{number}",
        status=Image.Status.STORED,
        stored_at=timezone.now(),
        extension="jpg",
        bytes=200_000,
        width=832,
        height=1088,
        liked_at=timezone.now() if number == 0 else None,
    )


def placeholders() -> list[str]:
    """Return what pictures look like before they are loaded."""
    return [develop(_picture(Random(seed))).placeholder for seed in range(PLACEHOLDERS)]


def _picture(random: Random) -> bytes:
    """Return a JPEG of soft patches of colour, as busy as a blurred portrait is."""
    size = (104, 136)
    picture = Picture.frombytes("RGB", (13, 17), random.randbytes(13 * 17 * 3)).resize(size)
    buffer = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(3)).save(buffer, "JPEG")
    return buffer.getvalue()
