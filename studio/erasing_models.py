"""Deleting a model: gone here at once, and at Astria surely, with every prompt that was made on it.

Pictures in the gallery are copies of ours: they stay until the person erases them.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from config.logs import note, scrub
from studio import files, pace
from studio.astria_client import astria_client
from studio.budget import OverBudget
from studio.erased import note_model
from studio.extending import call_off
from studio.mail import alarm_staff
from studio.models import Prompt, Shoot, Tune, TuneDeletion
from studio.ordering import cancel
from studio.queue import calls_astria, enqueue
from studio.settling import stop

# So many prompts are deleted by one task: it must be over long before the queue takes it for dead.
PROMPTS_AT_A_TIME = 25
# So many failed attempts (about a day of them) are staff's business.
MANY_ATTEMPTS = 50


def delete_model(tune_id: UUID) -> TuneDeletion:
    """Have a model deleted, here and at Astria; asked for again it is the same deletion.

    Orders on it that still run end with what has come, and what is missing is given back; so is what was paid
    for keeping the model longer. An order of which nobody knows whether Astria has it is found out about
    first. The rows of the tune and its photos may be deleted afterwards. Raises Tune.DoesNotExist.
    """
    with transaction.atomic():
        Tune.lock(tune_id)
        tune = Tune.objects.select_related("account").get(pk=tune_id)
        known = Prompt.objects.filter(shoot__tune=tune).values_list("astria_id", flat=True)
        due = timezone.now() + pace.SWEEP
        deletion, is_new = TuneDeletion.ask_for(tune, known, next_check_at=due)
        if is_new:
            _let_go(tune)
            enqueue(see_to_deletion, deletion.pk)
    return deletion


@calls_astria
def see_to_deletion(tune_id: UUID) -> None:
    """Delete at Astria what is still there: the prompts, then the tune. Safe to run twice, and at once.

    What Astria does not have (404) is gone.
    """
    deletion = TuneDeletion.objects.filter(pk=tune_id).first()
    if deletion is None or deletion.is_final:
        return
    note(tune=tune_id)
    if not deletion.claim(next_check_at=timezone.now() + pace.CLAIM):
        return
    tune = Tune.objects.select_related("account").filter(pk=tune_id).first()
    if tune is not None and not _is_free(tune):
        deletion.look_again_at(timezone.now() + pace.FIRST_RETRY)
        return
    try:
        note_model(deletion)
        is_over = _delete(deletion, tune)
    except OverBudget:
        deletion.look_again_at(timezone.now() + pace.NO_ROOM)
    except astria.AstriaError as error:
        _put_off(deletion, f"{type(error).__name__}: {'; '.join(error.messages)}")
    except files.StorageDown as error:
        _put_off(deletion, f"our storage is down ({error})")
        raise  # into the log, and to whoever is told of errors
    else:
        deletion.mark_done() if is_over else deletion.look_again_at(timezone.now())


def _is_free(tune: Tune) -> bool:
    """Whether no order on the model may be on its way to Astria; those that run are ended."""
    with transaction.atomic():
        Tune.lock(tune.pk)
        tune.refresh_from_db()
        _let_go(tune)
    return not tune.shoots.filter(status__in=Shoot.UNANSWERED).exists()


def _let_go(tune: Tune) -> None:
    """End what runs on the model, and the model itself; what waits for an answer of Astria's is left."""
    for shoot in tune.shoots.select_related("account", "tune").active():
        end_order(shoot, _("The model was deleted."))
    call_off(tune, _("The model was deleted."))
    tune.refresh_from_db()
    if not tune.shoots.filter(status__in=Shoot.UNANSWERED, trains=True).exists():
        tune.mark_deleted()


def end_order(shoot: Shoot, words: str) -> bool:
    """End an order with what has come, and say whether it is at its end: not what waits for Astria's answer.

    `words` are for the person to read.
    """
    if shoot.status == Shoot.Status.QUEUED:
        cancel(shoot)
    else:
        stop(shoot, words)
    return shoot.is_final


def _delete(deletion: TuneDeletion, tune: Tune | None) -> bool:
    """Delete prompts, then the tune. False if some are left for the next time."""
    client = astria_client(tune=tune)
    if tune is not None and tune.astria_id is not None:
        deletion.name_tune(tune.astria_id)
    if deletion.astria_id is None and (theirs := _find(client, deletion)):
        deletion.name_tune(theirs.id)
    left = sorted({*deletion.prompt_ids, *_listed(client, deletion.astria_id)})
    for number, prompt_id in enumerate(left[:PROMPTS_AT_A_TIME], start=1):
        _delete_prompt(client, prompt_id)
        deletion.keep_prompts(left[number:])
    if len(left) > PROMPTS_AT_A_TIME:
        return False
    if deletion.astria_id is not None:
        _delete_tune(client, deletion.astria_id)
    return True


def _find(client: astria.Astria, deletion: TuneDeletion) -> astria.Tune | None:
    """Look for a tune of which no answer ever told the id: its order was given back, or its row is gone."""
    since = deletion.created_at - pace.GIVE_UP_SUBMITTING - pace.TITLE_LOOK_BACK
    return client.tunes.find(str(deletion.pk), created_after=since)


def _listed(client: astria.Astria, astria_id: int | None) -> list[int]:
    """Return the ids of all prompts that show the tune, also of those that lie at its base."""
    if astria_id is None:
        return []
    try:
        return [theirs.id for theirs in client.prompts.iterate(tune_id=astria_id)]
    except astria.NotFound:
        return []


def _delete_prompt(client: astria.Astria, prompt_id: int) -> None:
    try:
        client.prompts.delete(prompt_id)
    except astria.NotFound:
        return


def _delete_tune(client: astria.Astria, astria_id: int) -> None:
    try:
        client.tunes.delete(astria_id)
    except astria.NotFound:
        return


def _put_off(deletion: TuneDeletion, error: str) -> None:
    """It was not done: again later, for as long as it takes."""
    words = scrub(error)
    deletion.put_off(timezone.now() + pace.retry_delay(deletion.attempts + 1), words)
    if deletion.attempts + 1 == MANY_ATTEMPTS:
        text = _("Model %(id)s is to be deleted at Astria, and %(n)d attempts failed, the last one with: "
                 "%(error)s. It is tried again every half hour. Delete it there by hand if that goes "
                 "on.") % {"id": deletion.pk, "n": MANY_ATTEMPTS, "error": words}  # fmt: skip
        alarm_staff(_("A model cannot be deleted"), text)
