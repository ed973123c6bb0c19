"""manage.py shoot: the whole job from a terminal, through the same verbs as the pages."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import CommandError, CommandParser

from accounts.commands import OperatorCommand, bar
from accounts.models import User
from accounts.welcome import grant_free_credits
from packs.models import Pack
from packs.pricing import price_of_class
from studio.consenting import agree
from studio.health import what_is_down
from studio.models import PhotoSet, Shoot
from studio.models.photo import is_allowed_class
from studio.ordering import OrderRefused, order_pack
from studio.photos import PhotoRefused
from studio.uploading import add_photo

LOOK_EVERY_SECONDS = 0.5
DOUBT_AFTER_SECONDS = 30.0


class Command(OperatorCommand):
    changes = True
    help = (
        "Train a model from PHOTOs and take the pictures of a pack, for the person with this e-mail address "
        "(who is created if need be). Shows progress; prints where the pictures are. Exits with 1 when "
        "something it needs is not running, a photo or the order is refused, or no picture came. With "
        "--dry-run it says what would be ordered, and what that costs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "photos", nargs="+", type=Path, metavar="PHOTO", help="4 to 20 photos of one person"
        )
        parser.add_argument("--pack", required=True, metavar="SLUG", help="the pack, as its address names it")
        parser.add_argument("--name", required=True, help="the class name: woman, man …")
        parser.add_argument("--email", required=True, help="whose pictures these are")
        parser.add_argument(
            "--doubt-after",
            type=float,
            default=DOUBT_AFTER_SECONDS,
            metavar="SECONDS",
            help="see whether everything still runs when nothing is new for so long",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        down = what_is_down()
        if down:
            raise CommandError("\n".join(down))
        pack = self._pack(options["pack"], options["name"])
        photos = [path for path in options["photos"] if self._exists(path)]
        if options["dry_run"]:
            self._foresee(pack, options["name"], len(photos))
            return
        user = self._person(options["email"])
        photo_set = PhotoSet.objects.create(
            account=user.account, name=photos[0].stem[:80], class_name=options["name"], pack=pack
        )
        agree(photo_set)
        self._upload(photo_set, photos)
        shoot = self._order(photo_set, pack)
        self._watch(shoot, doubt_after=options["doubt_after"])
        self._report(shoot)

    def _pack(self, slug: str, class_name: str) -> Pack:
        pack = Pack.objects.published().filter(slug=slug).first()
        if pack is None:
            known = (
                ", ".join(Pack.objects.published().values_list("slug", flat=True))
                or "none; manage.py sync_packs"
            )
            raise CommandError(f"No published pack is called {slug!r}. There are: {known}")
        if not is_allowed_class(class_name) or not pack.classes.offered().filter(name=class_name).exists():
            names = ", ".join(pack.classes.offered().values_list("name", flat=True))
            raise CommandError(f"{slug} is not made for {class_name!r}. It is for: {names}")
        return pack

    def _foresee(self, pack: Pack, class_name: str, photos: int) -> None:
        offer = pack.classes.get(name=class_name)
        pictures, price = offer.num_images, price_of_class(offer)
        self.conclude(
            f"{pack.title}: {photos} photos, {pictures} pictures for {price} credits (nothing was ordered)",
            dry_run=True,
            pack=pack.slug,
            photos=photos,
            pictures=pictures,
            price=price,
        )

    def _exists(self, path: Path) -> bool:
        if not path.is_file():
            raise CommandError(f"{path}: there is no such file")
        return True

    def _person(self, email: str) -> User:
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            user = User.objects.create_verified(email)
            grant_free_credits(user)
            self.say(f"New account: {user.email}")
        return user

    def _upload(self, photo_set: PhotoSet, photos: list[Path]) -> None:
        for path in photos:
            with path.open("rb") as file:
                try:
                    add_photo(photo_set, uuid4(), File(file, name=path.name))
                except PhotoRefused as refusal:
                    self.stderr.write(f"{path.name}: {refusal}")
                else:
                    self.say(f"{path.name}: taken")

    def _order(self, photo_set: PhotoSet, pack: Pack) -> Shoot:
        price = price_of_class(pack.classes.get(name=photo_set.class_name))
        short = price - photo_set.account.balance
        if short > 0:
            # Who may run this may also give credits; the ledger says so.
            photo_set.account.grant(short, key=f"terminal:{photo_set.pk}", note="manage.py shoot")
            self.say(f"Given: {short} credits")
        try:
            shoot = order_pack(photo_set, pack, number=0)
        except OrderRefused as refusal:
            raise CommandError(" ".join(refusal.reasons)) from None
        self.say(f"Ordered: {pack.title}, {shoot.expected_images} pictures for {shoot.price} credits")
        return shoot

    def _watch(self, shoot: Shoot, *, doubt_after: float) -> None:
        """Show how far it is until it ends; stop when what it needs has gone."""
        seen, since = "", time.monotonic()
        while not shoot.is_final:
            time.sleep(LOOK_EVERY_SECONDS)
            shoot.refresh_from_db()
            line = self._line(shoot)
            if line != seen:
                seen, since = line, time.monotonic()
                self._draw(line)
            elif time.monotonic() - since > doubt_after:
                down = what_is_down()
                if down:
                    raise CommandError(
                        "\n".join([*down, "The order is kept; it goes on once this runs again."])
                    )
                since = time.monotonic()
        self.say("")

    def _draw(self, line: str) -> None:
        if not self.is_json:
            self.stdout.write(line, ending="\r" if self.stdout.isatty() else "\n")
            self.stdout.flush()

    def _line(self, shoot: Shoot) -> str:
        arrived, expected = shoot.images.stored().count(), shoot.expected_images
        return f"{bar(arrived, expected)} {arrived}/{expected} {shoot.get_status_display()}"

    def _report(self, shoot: Shoot) -> None:
        if shoot.status == Shoot.Status.FAILED:
            raise CommandError(f"No pictures: {shoot.error} All {shoot.refunded} credits came back.")
        if shoot.status == Shoot.Status.CANCELLED:
            raise CommandError("The order was cancelled.")
        arrived = shoot.images.stored().count()
        gallery = f"{settings.PUBLIC_URL}{shoot.get_absolute_url()}gallery/"
        self.conclude(
            f"{arrived} pictures, {shoot.get_status_display()}\nGallery: {gallery}\nFiles:   {_where(shoot)}",
            dry_run=False,
            shoot=shoot.pk,
            status=shoot.status,
            pictures=arrived,
            gallery=gallery,
            files=_where(shoot),
        )


def _where(shoot: Shoot) -> str:
    """Return the folder of a shoot's files, or their prefix where files lie on S3."""
    if isinstance(default_storage, FileSystemStorage):
        return str(Path(default_storage.location) / shoot.folder)
    return shoot.folder
