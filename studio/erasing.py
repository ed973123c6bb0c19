"""Erasing what a person wants gone: rows, files, and what Astria has of it, until nothing is left.

What can go goes at once, in the request of the person. The rest is due by the clock: models and prompts at
Astria until that confirms, an order of which nobody knows whether Astria has it until that is known, the
address of an account until the receipt was sent to it. Lines of the ledger stay, with an account that is
nobody's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from accounts.closing import close
from accounts.models import Consent, CreditAccount, User
from config.logs import scrub
from studio import files, pace
from studio.astria_client import astria_client
from studio.budget import OverBudget
from studio.erased import MODEL, Erased, note_erasure
from studio.erasing_models import MANY_ATTEMPTS, PROMPTS_AT_A_TIME, delete_model, end_order
from studio.mail import alarm_staff
from studio.models import Erasure, Inspection, PhotoSet, Prompt, Shoot, Tune, TuneDeletion
from studio.ordering import cancel
from studio.queue import calls_astria, enqueue
from studio.receipts import say_goodbye
from studio.removing import remove_files


class ErasureRefused(Exception):
    """Nothing was erased; the reason is a sentence for the person."""


def erase_photo_set(photo_set: PhotoSet, *, with_pictures: bool) -> Erasure:
    """Erase a set: photos, what was said of them, its models; `with_pictures` what was made with those, too.

    Orders on the models that still run end, and what has not come is given back.
    """
    scope = Erasure.Scope.SET if with_pictures else Erasure.Scope.PHOTOS
    return _begin(photo_set.account, scope, photo_set.pk)


def erase_shoot(shoot: Shoot) -> Erasure:
    """Erase a shoot: pictures, shots (at Astria too), share links, mails, timeline. Its model stays.

    One that is still queued is cancelled. Raises ErasureRefused while Astria works on it.
    """
    with transaction.atomic():
        Tune.lock(shoot.tune_id)
        shoot.refresh_from_db()
        if shoot.status == Shoot.Status.QUEUED:
            cancel(shoot)
        if not shoot.is_final:
            raise ErasureRefused(
                _("This shoot is still under way. Erase it when it is over, or erase its photos and model: "
                  "that ends it. Nothing was erased.")
            )  # fmt: skip
        return _begin(shoot.account, Erasure.Scope.SHOOT, shoot.pk)


def erase_account(user: User) -> Erasure:
    """Erase a person and all that they own. They are signed out at once, everywhere.

    Raises ErasureRefused for staff, whose acts others answer for.
    """
    if user.is_staff:
        raise ErasureRefused(
            _("This account may enter the administration. Have that right taken away first; then it can "
              "be erased.")
        )  # fmt: skip
    with transaction.atomic():
        close(user)
        return _begin(user.account, Erasure.Scope.ACCOUNT, user.account.pk)


@transaction.atomic
def erase_again(erased: Erased) -> bool:
    """Erase what a restored database brought back, under the id of its first receipt.

    False if it did not bring it back, or knows of the erasure itself: the clock goes on with that.
    """
    if not is_back(erased):
        return False
    if erased.scope == MODEL:
        delete_model(erased.about)
        return True
    account = CreditAccount.objects.get(pk=erased.account or erased.about)
    if erased.scope == Erasure.Scope.ACCOUNT:
        close(User.objects.get(credit_account=account))
    _begin(account, Erasure.Scope(erased.scope), erased.about, id=erased.id, created_at=erased.asked_at)
    return True


def is_back(erased: Erased) -> bool:
    """Whether there is something in the database that was erased and that no erasure in it is about."""
    if erased.scope == MODEL:
        return not TuneDeletion.is_asked_for(erased.about) and Tune.objects.filter(pk=erased.about).exists()
    if Erasure.objects.filter(pk=erased.id, scope=erased.scope).exists():
        return False
    rows: dict[str, QuerySet[Any]] = {
        Erasure.Scope.PHOTOS: PhotoSet.objects.filter(pk=erased.about),
        Erasure.Scope.SET: PhotoSet.objects.filter(pk=erased.about),
        Erasure.Scope.SHOOT: Shoot.objects.filter(pk=erased.about),
        Erasure.Scope.ACCOUNT: User.objects.filter(credit_account=erased.about),
    }
    return rows[erased.scope].exists()


@transaction.atomic
def _begin(account: CreditAccount, scope: Erasure.Scope, about: UUID, **known: Any) -> Erasure:
    erasure = Erasure.ask_for(account, scope, about, next_check_at=timezone.now() + pace.SWEEP, **known)
    _clear(erasure)
    enqueue(see_to_erasure, erasure.pk)
    return erasure


@calls_astria
def see_to_erasure(erasure_id: UUID) -> None:
    """Do what is left of an erasure, and end it when nothing is. Safe to run twice, and at once."""
    erasure = Erasure.objects.select_related("account").filter(pk=erasure_id).first()
    if erasure is None or erasure.is_final:
        return
    if not erasure.claim(next_check_at=timezone.now() + pace.CLAIM):
        return
    try:
        is_over = _go_on(erasure)
    except OverBudget:
        erasure.look_again_at(timezone.now() + pace.NO_ROOM)
    except astria.AstriaError as error:
        _put_off(erasure, f"{type(error).__name__}: {'; '.join(error.messages)}")
    except files.StorageDown as error:
        _put_off(erasure, f"our storage is down ({error})")
        raise  # into the log, and to whoever is told of errors
    else:
        erasure.mark_done() if is_over else erasure.look_again_at(timezone.now() + pace.ERASURE_LOOK)


def _go_on(erasure: Erasure) -> bool:
    """Return whether nothing is left: rows here, prompts and models at Astria, files, the address."""
    note_erasure(erasure)
    with transaction.atomic():
        if not _clear(erasure):
            return False
    if not _delete_prompts(erasure) or _is_at_astria(erasure) or not _is_out_of_storage(erasure):
        return False
    erasure.mark_cleared()
    return erasure.scope != Erasure.Scope.ACCOUNT or say_goodbye(erasure)


def _put_off(erasure: Erasure, error: str) -> None:
    erasure.look_again_at(timezone.now() + pace.retry_delay(erasure.attempts + 1), scrub(error))
    if erasure.attempts + 1 == MANY_ATTEMPTS:
        text = _("Erasure %(id)s is not finished after %(n)d attempts, the last one with: %(error)s. It is "
                 "tried again every half hour.")  # fmt: skip
        said = {"id": erasure.pk, "n": MANY_ATTEMPTS, "error": error}
        alarm_staff(_("Something cannot be erased"), text % said)


# Rows


def _clear(erasure: Erasure) -> bool:
    """Delete every row of the scope that can go, and have its files removed. False if some must wait."""
    clear: dict[str, Callable[[Erasure], bool]] = {
        Erasure.Scope.PHOTOS: _clear_photos,
        Erasure.Scope.SET: _clear_set,
        Erasure.Scope.SHOOT: _clear_shoot,
        Erasure.Scope.ACCOUNT: _clear_account,
    }
    return clear[erasure.scope](erasure)


def _clear_photos(erasure: Erasure) -> bool:
    return _clear_sets(erasure, PhotoSet.objects.filter(pk=erasure.about), with_pictures=False)


def _clear_set(erasure: Erasure) -> bool:
    return _clear_sets(erasure, PhotoSet.objects.filter(pk=erasure.about), with_pictures=True)


def _clear_sets(erasure: Erasure, sets: QuerySet[PhotoSet], *, with_pictures: bool) -> bool:
    is_clear = True
    for photo_set in sets.select_for_update():
        tunes = list(photo_set.tunes.all())
        gone = [_clear_tune(erasure, tune, with_pictures=with_pictures) for tune in tunes]
        if not all(gone):
            # Its photos may be on their way to Astria at this moment.
            is_clear = False
            continue
        remove_files(f"{photo_set.folder}/")
        _delete(erasure, PhotoSet.objects.filter(pk=photo_set.pk), photo_sets=[photo_set.pk])
    _delete(erasure, Inspection.objects.of_no_photo().filter(account=erasure.account))
    return is_clear


def _clear_tune(erasure: Erasure, tune: Tune, *, with_pictures: bool) -> bool:
    """Have a model deleted, and its row unless pictures hang on it. False while an order is unanswered."""
    delete_model(tune.pk)
    erasure.note_gone({}, models=[tune.pk])
    if tune.shoots.filter(status__in=Shoot.UNANSWERED).exists():
        return False
    if with_pictures:
        _delete_shoots(erasure, tune.shoots.all())
    if tune.shoots.exists():
        tune.forget_traits()
    else:
        _delete(erasure, Tune.objects.filter(pk=tune.pk))
    return True


def _clear_shoot(erasure: Erasure) -> bool:
    shoot = Shoot.objects.select_related("tune").filter(pk=erasure.about).first()
    if shoot is None:
        return True
    # Nobody erases one that is under way; a restored database may have it so.
    if not shoot.is_final and not end_order(shoot, _("It was erased.")):
        return False
    tune = shoot.tune
    if not TuneDeletion.is_asked_for(tune.pk) and tune.status != Tune.Status.EXPIRED:
        erasure.keep_prompts(Prompt.objects.filter(shoot=shoot).values_list("astria_id", flat=True))
    _delete_shoots(erasure, Shoot.objects.filter(pk=shoot.pk))
    if tune.status == Tune.Status.DELETED and not tune.shoots.exists():
        _delete(erasure, Tune.objects.filter(pk=tune.pk))
    return True


def _clear_account(erasure: Erasure) -> bool:
    """Sets with their models and pictures, then what has no set any more, then what else was written down."""
    account = erasure.account
    is_clear = _clear_sets(erasure, PhotoSet.objects.filter(account=account), with_pictures=True)
    for tune in Tune.objects.filter(account=account, photo_set=None):
        is_clear &= _clear_tune(erasure, tune, with_pictures=True)
    _delete(erasure, Inspection.objects.filter(account=account))
    _delete(erasure, Consent.objects.filter(account=account))
    if is_clear:
        # Whatever lies there without a row, too.
        remove_files(f"{folder_of(account)}/")
    return is_clear


def _delete_shoots(erasure: Erasure, shoots: QuerySet[Shoot]) -> None:
    found = list(shoots)
    if found:
        remove_files(*(f"{shoot.folder}/" for shoot in found))
        _delete(erasure, shoots, shoots=[shoot.pk for shoot in found])


def _delete(erasure: Erasure, rows: QuerySet, **ids: list[UUID]) -> None:  # type: ignore[type-arg]
    """Delete rows with all that hangs on them, and write that on the receipt."""
    _total, deleted = rows.delete()
    if deleted or ids:
        erasure.note_gone(deleted, **ids)


# Elsewhere


def _delete_prompts(erasure: Erasure) -> bool:
    """Delete at Astria the shots of a shoot whose model lives on. False if some are left for next time."""
    client = astria_client()
    left = list(erasure.prompt_ids)
    for number, prompt_id in enumerate(left[:PROMPTS_AT_A_TIME], start=1):
        with suppress(astria.NotFound):  # gone already
            client.prompts.delete(prompt_id)
        erasure.keep_prompts(left[number:])
    return len(left) <= PROMPTS_AT_A_TIME


def _is_at_astria(erasure: Erasure) -> bool:
    """Whether the deletion of a model there is not confirmed yet."""
    models = TuneDeletion.objects.filter(pk__in=erasure.ids.get("models", []))
    return models.exclude(status=TuneDeletion.Status.DONE).exists()


def _is_out_of_storage(erasure: Erasure) -> bool:
    """Whether the storage itself, which is asked, has no file left; what it has goes now."""
    left = [folder for folder in _folders(erasure) if next(files.keys_under(folder), None)]
    for folder in left:
        files.delete_under(folder)
    return not any(next(files.keys_under(folder), None) for folder in left)


def folder_of(account: CreditAccount) -> str:
    """Return where everything of an account lies."""
    return f"u/{account.pk}"


def _folders(erasure: Erasure) -> list[str]:
    root = folder_of(erasure.account)
    if erasure.scope == Erasure.Scope.ACCOUNT:
        return [f"{root}/"]
    sets = [f"{root}/photos/{pk}/" for pk in erasure.ids.get("photo_sets", [])]
    return sets + [f"{root}/shoots/{pk}/" for pk in erasure.ids.get("shoots", [])]
