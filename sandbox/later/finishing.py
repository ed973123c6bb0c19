"""What happens when a tune or prompt is done: first it is written, then somebody is told.

`at` is the Unix time at which it was due, which is when it happened as far as anyone can see.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from sandbox import shapes
from sandbox.later.callbacks import announce
from sandbox.later.clock import moment
from sandbox.later.pace import PROMPT_SECONDS
from sandbox.models import KEPT, Prompt, Run, Tune
from sandbox.switches import switches

NOT_TRAINED = "The tune was not trained"
NOT_MADE = "Something went wrong while generating. Try other words or another seed."


@transaction.atomic
def train(tune: Tune, at: float) -> None:
    """End a training, well or, if a fault says so, badly; its prompts begin, or end with it."""
    ended = moment(at)
    if switches.meets("tune-fails", f"tune {tune.pk}", tune.faults):
        if _end_tune(tune, updated_at=ended, failed_at=ended):
            _fail_prompts(tune, at)
        return
    if _end_tune(tune, updated_at=ended, trained_at=ended, expires_at=ended + KEPT):
        # They run one after another, each `takes` counted from here.
        _waiting(tune).filter(starts_at=None).update(starts_at=at)
        announce(tune, tune.callback, shapes.tune_callback(tune))


@transaction.atomic
def finish(prompt: Prompt, at: float) -> None:
    """End a prompt, with pictures or, if a fault says so, with an error."""
    ended = moment(at)
    prompt.started_training_at = ended - timedelta(seconds=min(PROMPT_SECONDS, prompt.takes) / switches.speed)
    prompt.updated_at, prompt.run_text = ended, prompt.filled_text()
    if switches.meets("prompt-fails", f"prompt {prompt.pk}", prompt.faults):
        prompt.user_error = NOT_MADE
    else:
        prompt.trained_at = ended
    names = ("started_training_at", "trained_at", "user_error", "updated_at", "run_text")
    # Zero rows: it was deleted meanwhile.
    if Prompt.objects.filter(pk=prompt.pk).update(**{name: getattr(prompt, name) for name in names}):
        _tell(prompt, at)


def end_run(run: Run, at: float) -> None:
    """Send `prompts_callback` when the last prompt of a run has become final; at most once."""
    prompts = Prompt.objects.filter(run_id=run.pk).order_by("id")
    if run.finished_at or prompts.filter(trained_at=None, user_error="").exists():
        return
    Run.objects.filter(pk=run.pk).update(finished_at=moment(at))
    body = [shapes.prompt_callback(prompt) for prompt in prompts]
    announce(run, run.prompts_callback, body, with_tune_ids=run.with_tune_ids)


def _tell(prompt: Prompt, at: float) -> None:
    run = Run.objects.filter(pk=prompt.run_id).first()
    if prompt.trained_at or switches.failure_callbacks:
        body = {"prompt": shapes.prompt_callback(prompt)}
        announce(prompt, prompt.callback, body, with_tune_ids=run is not None and run.with_tune_ids)
    if run:
        end_run(run, at)


def _fail_prompts(tune: Tune, at: float) -> None:
    """End what waits for a training that failed; Astria is not known to tell of that."""
    ids = list(_waiting(tune).values_list("pk", flat=True))
    _waiting(tune).update(user_error=NOT_TRAINED, updated_at=moment(at))
    if switches.failure_callbacks:
        announce(tune, tune.callback, shapes.tune_callback(tune))
        for prompt in Prompt.objects.filter(pk__in=ids).order_by("pk"):
            _tell(prompt, at)


def _waiting(tune: Tune) -> QuerySet[Prompt]:
    return Prompt.objects.filter(subject_id=tune.pk, trained_at=None, user_error="")


def _end_tune(tune: Tune, **fields: object) -> bool:
    """Write the end of a training; False when the tune was deleted meanwhile."""
    for name, value in fields.items():
        setattr(tune, name, value)
    return bool(Tune.objects.filter(pk=tune.pk).update(**fields))
