"""The one thread that trains tunes, finishes prompts and hands callbacks to the senders, each in its time."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from django.db import close_old_connections, transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from sandbox import shapes
from sandbox.callbacks import Senders, announce
from sandbox.models import Delivery, Prompt, Run, Tune, due_at
from sandbox.orders import PROMPT_SECONDS
from sandbox.switches import switches

LONGEST_SLEEP = 1.0
AT_ONCE = 100

log = logging.getLogger(__name__)


class Engine:
    """Advances everything that waits. What is finished is written before anybody is told."""

    def __init__(self) -> None:
        """Prepare the thread; nothing runs before start()."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._senders = Senders()

    def start(self) -> None:
        """Begin, first of all with what the last run left waiting."""
        self._senders.start()
        self._thread.start()

    def stop(self) -> None:
        """End within a fraction of a second; callbacks being sent are abandoned."""
        self._stopping.set()
        switches.wake.set()
        self._thread.join(timeout=0.5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            switches.wake.clear()
            try:
                step()
                self._hand_over()
                pause = min(max(next_due() - time.time(), 0.005), LONGEST_SLEEP)
            except Exception:
                # The engine must outlive whatever happens to one row.
                log.exception("the engine stumbled")
                close_old_connections()
                pause = LONGEST_SLEEP
            switches.wake.wait(pause)

    def _hand_over(self) -> None:
        waiting = Delivery.objects.filter(sent_at=None, behind=None, starts_at__lte=time.time())
        for pk in list(waiting.order_by("id").values_list("pk", flat=True)[:AT_ONCE]):
            # Marked before it is sent: a callback is never sent again because of a restart.
            Delivery.objects.filter(Q(pk=pk) | Q(behind=pk)).update(sent_at=timezone.now())
            self._senders.put(pk)


def step() -> None:
    """Finish every tune and prompt that is due now, a hundred of each at most."""
    now = time.time()
    for tune in list(_waiting_tunes().filter(due_at__lte=now).order_by("due_at")[:AT_ONCE]):
        _train(tune)
    for prompt in list(_waiting_prompts().filter(due_at__lte=now).order_by("due_at", "pk")[:AT_ONCE]):
        _finish(prompt)


def next_due() -> float:
    """Return the Unix time at which the next waiting row is due; infinity when none waits."""
    soonest = [
        _waiting_tunes().aggregate(at=Min("due_at"))["at"],
        _waiting_prompts().aggregate(at=Min("due_at"))["at"],
        Delivery.objects.filter(sent_at=None, behind=None).aggregate(at=Min("starts_at"))["at"],
    ]
    return min((at for at in soonest if at is not None), default=float("inf"))


def _waiting_tunes() -> QuerySet[Tune]:
    waiting = Tune.objects.filter(trained_at=None, failed_at=None)
    timed: QuerySet[Tune] = waiting.annotate(due_at=due_at(switches.speed))
    return timed


def _waiting_prompts() -> QuerySet[Prompt]:
    waiting = Prompt.objects.filter(trained_at=None, user_error="", starts_at__isnull=False)
    timed: QuerySet[Prompt] = waiting.exclude(is_template=True).annotate(due_at=due_at(switches.speed))
    return timed


@transaction.atomic
def _train(tune: Tune) -> None:
    prompts = Prompt.objects.filter(subject_id=tune.pk, trained_at=None, user_error="")
    if switches.meets("tune-fails", f"tune {tune.pk}", tune.faults):
        _end_tune(tune, failed_at=timezone.now())
        prompts.update(user_error="The tune was not trained", updated_at=timezone.now())
        return
    if _end_tune(tune, trained_at=timezone.now()):
        # They run one after another, each `takes` counted from here.
        prompts.filter(starts_at=None).update(starts_at=time.time())
        announce(tune, tune.callback, shapes.tune_callback(tune))


def _end_tune(tune: Tune, **moment: object) -> bool:
    """Write the end of a training; False when the tune was deleted meanwhile."""
    tune.updated_at = timezone.now()
    for name, value in moment.items():
        setattr(tune, name, value)
    return bool(Tune.objects.filter(pk=tune.pk).update(updated_at=tune.updated_at, **moment))


@transaction.atomic
def _finish(prompt: Prompt) -> None:
    now = timezone.now()
    prompt.started_training_at = now - timedelta(seconds=min(PROMPT_SECONDS, prompt.takes) / switches.speed)
    prompt.updated_at = now
    if switches.meets("prompt-fails", f"prompt {prompt.pk}", prompt.faults):
        prompt.user_error = "Something went wrong while generating. Try other words or another seed."
    else:
        prompt.trained_at = now
    fields = {name: getattr(prompt, name) for name in ("trained_at", "user_error", "updated_at")}
    started = prompt.started_training_at
    # Zero rows: it was deleted meanwhile.
    if not Prompt.objects.filter(pk=prompt.pk).update(started_training_at=started, **fields):
        return
    run = Run.objects.filter(pk=prompt.run_id).first()
    with_tune_ids = run is not None and run.with_tune_ids
    if prompt.trained_at:
        body = {"prompt": shapes.prompt_narrow(prompt, switches.base_url)}
        announce(prompt, prompt.callback, body, with_tune_ids=with_tune_ids)
    if run:
        end_run(run)


def end_run(run: Run) -> None:
    """Send `prompts_callback` when the last prompt of a run has become final; at most once."""
    prompts = Prompt.objects.filter(run_id=run.pk).order_by("id")
    if run.finished_at or prompts.filter(trained_at=None, user_error="").exists():
        return
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now())
    body = [shapes.prompt_narrow(prompt, switches.base_url) for prompt in prompts]
    announce(run, run.prompts_callback, body, with_tune_ids=run.with_tune_ids)
