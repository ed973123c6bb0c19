"""Posting an order to Astria, at most once, and finding out what became of it.

Every end of a post is one of four (docs/decisions/0001): nothing was sent, and it is repeated later;
Astria refused, and the order fails; Astria refuses *us*, and the whole site pauses; anything else is
ambiguous, and nothing is posted again before we have looked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from studio import pace
from studio.astria_client import astria_client
from studio.generation import callback_url, look, next_look, shoot_of, take_in_prompts, take_in_tune
from studio.mail import alarm_staff, send_end_mail
from studio.models import Event, Pause, Shoot, Tune
from studio.photos import smaller_copy
from studio.settling import fail

# A post has to be over before Astria's own limit of 30 s is long past.
POST_TIMEOUT = (5.0, 60.0)
MAX_REQUEST_BYTES = 10_000_000
STEPS_DOWN = (2048, 1536, 1280, 1024, 768)

Post = Callable[[], astria.Tune | None]


_QUEUED = frozenset({Shoot.Status.QUEUED})
_POSTED = frozenset({Shoot.Status.SUBMITTING, Shoot.Status.UNCONFIRMED})


def advance(shoot_id: UUID) -> None:
    """Do what is due for a shoot. Safe to run twice: every step begins with a conditional update."""
    shoot = Shoot.objects.select_related("tune", "pack", "account").filter(pk=shoot_id).first()
    if shoot is None:
        return
    if shoot.is_final:
        send_end_mail(shoot.pk)
    elif shoot.status == Shoot.Status.QUEUED:
        submit(shoot)
    elif shoot.status == Shoot.Status.SUBMITTING:
        _give_up_on_silent_worker(shoot)
    elif shoot.status == Shoot.Status.UNCONFIRMED:
        look_for(shoot)
    else:
        look(shoot)


def submit(shoot: Shoot) -> None:
    """Post a queued order.

    1. Not before the model it is for is at Astria, nor while the site pauses.
    2. Read the watermark: the highest prompt id that was there before us. Read the photos.
    3. Claim: from here on, a crash leaves `submitting`, which is looked for before it is posted again.
    4. Post, and act on the outcome.
    """
    if _is_given_up(shoot):
        fail(shoot, _("The order could not be passed on for a whole day."), from_=_QUEUED)
        return
    since = timezone.now()
    if not _is_ready_to_submit(shoot, since):
        return
    try:
        _read_watermark(shoot)
    except astria.AstriaError as error:
        _handle(shoot, error, was_posted=False)
        return
    post = _prepared(shoot)
    if _claim(shoot, _QUEUED, since=since):
        _send(shoot, post)


def _is_given_up(shoot: Shoot) -> bool:
    return shoot.queued_at is not None and shoot.queued_at + pace.GIVE_UP_SUBMITTING < timezone.now()


def _is_ready_to_submit(shoot: Shoot, since: datetime) -> bool:
    if not shoot.trains and shoot.tune.is_final:
        fail(shoot, _("The model is no longer available."), from_=_QUEUED)
        return False
    if not shoot.trains and (shoot.tune.status in Tune.BEFORE_ASTRIA or _another_is_open(shoot, since)):
        shoot.look_again_at(timezone.now() + pace.FIRST_RETRY, looks=shoot.looks)
        return False
    # Asked last: whoever is let through is the probe, and must really go out.
    if not Pause.allows_submission(probe_every=pace.PROBE_EVERY):
        shoot.look_again_at(timezone.now() + pace.PAUSED_LOOK, looks=shoot.looks)
        return False
    return True


def _another_is_open(shoot: Shoot, since: datetime) -> bool:
    """Two unconfirmed shoots on one tune could not be told apart by their prompts.

    Nor could one from another that was taken after `since`, when the watermark had not been read yet.
    """
    is_open = Q(status__in=[Shoot.Status.SUBMITTING, Shoot.Status.UNCONFIRMED])
    others = shoot.tune.shoots.filter(trains=False).exclude(pk=shoot.pk)
    return others.filter(is_open | Q(submitted_at__gte=since)).exists()


def _read_watermark(shoot: Shoot) -> None:
    if shoot.trains or shoot.tune.astria_id is None:
        return
    newest = astria_client(shoot=shoot).prompts.list(tune_id=shoot.tune.astria_id, limit=1)
    shoot.set_watermark(max((prompt.id for prompt in newest), default=0))


@transaction.atomic
def _claim(shoot: Shoot, from_: frozenset[str], *, since: datetime) -> bool:
    """Move shoot (and the tune it trains) to `submitting`. False if someone else did, or is in the way."""
    # Whoever comes here at once for one tune does so one after the other.
    Tune.lock(shoot.tune_id)
    if not Shoot.objects.filter(pk=shoot.pk, attempts=shoot.attempts).exists():
        return False
    if not shoot.trains and _another_is_open(shoot, since):
        shoot.look_again_at(timezone.now() + pace.FIRST_RETRY, looks=shoot.looks)
        return False
    due = timezone.now() + pace.CLAIM
    if not shoot.claim_for_submission(next_check_at=due, from_=from_):
        return False
    if shoot.trains:
        shoot.tune.mark_submitting(next_check_at=due)
    return True


def _send(shoot: Shoot, post: Post, *, again: bool = False) -> None:
    """Make the call that costs money, and act on its outcome. `again`: an earlier one was ambiguous."""
    try:
        theirs = post()
    except astria.AstriaError as error:
        _handle(shoot, error, was_posted=True, again=again)
        return
    # First of all written down: what comes after may fail.
    accept(shoot, theirs)
    if Pause.end():
        alarm_staff(_("Submissions go out again"), _("Astria took an order."))


def _prepared(shoot: Shoot) -> Post:
    """Return the call that posts the order. Photos are read now: failing storage is no post."""
    if shoot.trains:
        return partial(_post_training, shoot, _images(shoot.tune))
    return partial(_post_on_tune, shoot)


def _post_training(shoot: Shoot, images: list[astria.ImageFile]) -> astria.Tune:
    url, tune = callback_url(shoot), shoot.tune
    return astria_client(shoot=shoot, timeout=POST_TIMEOUT).packs.create_tune(
        shoot.pack.astria_id,
        title=str(tune.pk),
        name=tune.class_name,
        images=images,
        callback=url,
        characteristics=tune.characteristics,
        prompt_attributes={"callback": url},
        prompts_callback=url,
    )


def _post_on_tune(shoot: Shoot) -> None:
    url = callback_url(shoot)
    astria_client(shoot=shoot, timeout=POST_TIMEOUT).packs.create_prompts(
        shoot.pack.astria_id,
        tune_ids=[shoot.tune.astria_id or 0],
        prompt_attributes={"callback": url},
        prompts_callback=url,
    )


def _images(tune: Tune) -> list[astria.ImageFile]:
    """Return the tune's photos, all scaled down together until they fit one request."""
    photos = list(tune.photo_set.photos.all()) if tune.photo_set else []
    originals = [_content(photo.key) for photo in photos]
    for side in STEPS_DOWN:
        contents = [smaller_copy(original, side) for original in originals]
        if sum(map(len, contents)) <= MAX_REQUEST_BYTES:
            break
    return [astria.ImageFile(f"{number}.jpg", content) for number, content in enumerate(contents, start=1)]


def _content(key: str) -> bytes:
    with default_storage.open(key) as file:
        return bytes(file.read())


def _handle(shoot: Shoot, error: astria.AstriaError, *, was_posted: bool, again: bool = False) -> None:
    """Act on a call that did not end well. `was_posted`: it was the one that costs money."""
    put_back = _mark_unconfirmed_again if again else _put_back
    if isinstance(error, (astria.Unauthorized, astria.PaymentRequired, astria.Forbidden)):
        put_back(shoot, pace.PAUSED_LOOK)
        _pause(error)
    elif isinstance(error, (astria.NotSent, astria.RateLimited)) or not was_posted:
        # Posts are counted as attempts; what failed before the post, as looks.
        wait = pace.retry_delay(shoot.attempts if was_posted else shoot.looks + 1)
        if isinstance(error, astria.RateLimited) and error.retry_after:
            wait = max(wait, timedelta(seconds=min(error.retry_after, 3600)))
        put_back(shoot, wait)
    elif isinstance(error, astria.Ambiguous):
        _mark_unconfirmed(shoot)
    else:
        fail(shoot, _words(error), from_=_POSTED)


def _words(error: astria.AstriaError) -> str:
    """Return why an order was refused, for the person to read."""
    if isinstance(error, astria.NotFound):
        return _("The pack or the model is no longer available.")
    return "; ".join(error.messages) or _("The order was refused.")


def _pause(error: astria.AstriaError) -> None:
    """Astria refuses us, not the customer: hold every order of the site and tell staff, once."""
    reason = f"{type(error).__name__} ({error.status}): {'; '.join(error.messages)}"
    if Pause.start(reason, probe_in=pace.PROBE_EVERY):
        alarm_staff(
            _("Submissions are held"),
            _("Astria refuses the studio itself: %(reason)s. Check the API key and the balance at Astria; "
              "orders wait and go out by themselves once it answers.") % {"reason": reason},
        )  # fmt: skip


@transaction.atomic
def _put_back(shoot: Shoot, wait: timedelta) -> None:
    """Nothing was sent: queue the order again."""
    Tune.lock(shoot.tune_id)
    when = timezone.now() + wait
    if shoot.status == Shoot.Status.QUEUED:
        shoot.look_again_at(when, looks=shoot.looks + 1)
    elif shoot.mark_queued(next_check_at=when) and shoot.trains:
        shoot.tune.mark_queued(next_check_at=when)


def _mark_unconfirmed_again(shoot: Shoot, _wait: timedelta) -> None:
    """Nothing was sent this time, but an earlier post may be there: not queued, where one could cancel it."""
    _mark_unconfirmed(shoot)


@transaction.atomic
def _mark_unconfirmed(shoot: Shoot) -> None:
    Tune.lock(shoot.tune_id)
    when = timezone.now() + pace.UNCONFIRMED_LOOKS[0]
    if shoot.mark_unconfirmed(next_check_at=when) and shoot.trains:
        shoot.tune.mark_unconfirmed(next_check_at=when)


def _give_up_on_silent_worker(shoot: Shoot) -> None:
    """A worker that died between call and answer is one more ambiguous outcome."""
    if shoot.updated_at + pace.CLAIM <= timezone.now():
        _mark_unconfirmed(shoot)


@transaction.atomic
def accept(shoot: Shoot, theirs: astria.Tune | None) -> None:
    """Astria has the order: it answered, or we found it. `theirs` is the tune it trains, if it does."""
    tune = shoot.tune
    Tune.lock(tune.pk)
    if theirs is not None:
        when = pace.first_look(timezone.now(), theirs.eta)
        tune.mark_training(astria_id=theirs.id, next_check_at=when, eta=theirs.eta)
    tune.refresh_from_db()  # a callback may have been quicker than the answer
    shoot.submitted_at = shoot.submitted_at or timezone.now()
    when = next_look(shoot, 0)
    if tune.status == Tune.Status.TRAINED:
        shoot.mark_generating(next_check_at=when, deadline_at=timezone.now() + pace.GENERATING_DEADLINE)
    else:
        shoot.mark_waiting(next_check_at=when, deadline_at=timezone.now() + pace.TRAINING_DEADLINE)
    if theirs is not None:
        take_in_tune(tune, theirs)


def look_for(shoot: Shoot) -> None:
    """Look whether Astria has an order whose answer was lost; only then may it be posted again."""
    try:
        found = _find_tune(shoot) if shoot.trains else _find_prompts(shoot)
    except astria.AstriaError:
        # Not a negative look: we could not see.
        if not _fail_unconfirmed(shoot):
            shoot.look_again_at(timezone.now() + pace.UNCONFIRMED_LOOKS[0], looks=shoot.looks)
        return
    if found:
        accept(shoot, found if isinstance(found, astria.Tune) else None)
    else:
        _not_found(shoot)


def _not_found(shoot: Shoot) -> None:
    """After the last look: post again if Astria would recognise it, else hold it for staff.

    A look counts only when it is due, and once: a task may start twice, or long before its time.
    """
    last = len(pace.UNCONFIRMED_LOOKS) - 1
    due = shoot.updated_at + pace.UNCONFIRMED_LOOKS[min(shoot.looks, last)]
    if timezone.now() < due:
        shoot.look_again_at(due, looks=shoot.looks)
    elif shoot.looks < last:
        shoot.count_look(shoot.updated_at + pace.UNCONFIRMED_LOOKS[shoot.looks + 1])
    elif _fail_unconfirmed(shoot):
        return
    elif settings.ASTRIA_IDEMPOTENT:
        _post_again(shoot)
    elif shoot.count_look(timezone.now() + pace.HELD_LOOK) and shoot.looks == last + 1:
        _hold(shoot)


def _post_again(shoot: Shoot) -> None:
    """Post what was looked for and not found, unless the site pauses; the probe may be such a post, too."""
    if not Pause.allows_submission(probe_every=pace.PROBE_EVERY):
        shoot.look_again_at(timezone.now() + pace.PROBE_EVERY, looks=shoot.looks)
        return
    post = _prepared(shoot)
    if _claim(shoot, frozenset({Shoot.Status.UNCONFIRMED}), since=timezone.now()):
        _send(shoot, post, again=True)


def _fail_unconfirmed(shoot: Shoot) -> bool:
    """Give an order back that was not confirmed for a day; pictures that come all the same are kept."""
    words = _("Astria never confirmed the order.")
    return _is_given_up(shoot) and fail(shoot, words, from_=frozenset({Shoot.Status.UNCONFIRMED}))


def _hold(shoot: Shoot) -> None:
    text = _("Order %(id)s was posted, not answered, and cannot be found at Astria. It is looked for every "
             "hour and given back after a day.") % {"id": shoot.pk}  # fmt: skip
    Event.objects.create(shoot=shoot, kind=Event.Kind.TROUBLE, text="held: not found after three looks")
    alarm_staff(_("An order is unconfirmed"), text)


def _find_tune(shoot: Shoot) -> astria.Tune | None:
    """Return the tune with our title, newest first, no further back than shortly before the order."""
    since = (shoot.queued_at or shoot.created_at) - pace.TITLE_LOOK_BACK
    for theirs in astria_client(shoot=shoot).tunes.iterate():
        if theirs.title == str(shoot.tune_id):
            return theirs
        if theirs.created_at and theirs.created_at < since:
            break
    return None


def _find_prompts(shoot: Shoot) -> bool:
    """Whether the tune has prompts above the watermark that can only be this shoot's; takes them in."""
    client, tune = astria_client(shoot=shoot), shoot.tune
    mine, shoots = [], list(tune.shoots.all())
    for theirs in client.prompts.iterate(tune_id=tune.astria_id):
        if theirs.id <= shoot.prompt_watermark:
            break
        if shoot_of(theirs, shoots) == shoot:
            mine.append(theirs)
    take_in_prompts(tune, mine, shoot)
    return bool(mine)


def check_tune(tune_id: UUID) -> None:
    """Look at a model that is due: its time at Astria may be over, or no shoot is left that looks at it."""
    states = [Tune.Status.TRAINING, Tune.Status.TRAINED]
    tune = Tune.objects.filter(pk=tune_id, status__in=states).first()
    if tune is None or tune.astria_id is None:
        return
    tune.look_again_at(timezone.now() + pace.HELD_LOOK)
    if tune.status == Tune.Status.TRAINING and tune.shoots.active().exists():
        return
    try:
        theirs = astria_client(tune=tune).tunes.get(tune.astria_id)
    except astria.NotFound:
        _is_gone(tune)
    except astria.AstriaError:
        return
    else:
        take_in_tune(tune, theirs)
        if tune.expires_at and tune.expires_at <= timezone.now():
            tune.mark_expired()


def _is_gone(tune: Tune) -> None:
    if not tune.mark_expired():
        tune.fail(_("The model is no longer available."))
