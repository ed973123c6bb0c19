"""Deleting: what goes with a tune or a prompt, and when the photos go."""

from __future__ import annotations

from django.db.models import QuerySet

from sandbox.later.clock import moment
from sandbox.later.finishing import end_run
from sandbox.models import Photo, Picture, Prompt, Run, Tune
from sandbox.photographs import photo_path
from sandbox.pictures import picture_path


def remove_tune(tune: Tune, at: float) -> None:
    """Delete a tune, and a checkpoint's prompts too; other prompts live under the base tune and stay."""
    if tune.is_checkpoint:
        remove_prompts(Prompt.objects.filter(tune_id=tune.pk))
    waiting = Prompt.objects.filter(subject_id=tune.pk, trained_at=None, user_error="")
    runs = set(waiting.values_list("run_id", flat=True))
    waiting.update(user_error="The tune was deleted", updated_at=moment(at))
    tune_id = tune.pk
    tune.delete()
    forget_photos(tune_id)
    for run in Run.objects.filter(pk__in=runs - {None}):
        end_run(run, at)


def remove_prompts(prompts: QuerySet[Prompt]) -> None:
    """Delete prompts with their pictures."""
    rows = list(prompts.values_list("pk", "subject_id"))
    _forget(Photo.objects.filter(prompt_id__in=[pk for pk, _ in rows]))
    pictures = Picture.objects.filter(prompt_id__in=[pk for pk, _ in rows])
    for key in pictures.values_list("key", flat=True):
        picture_path(key).unlink(missing_ok=True)
    pictures.delete()
    Prompt.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    for subject_id in {subject_id for _, subject_id in rows if subject_id}:
        forget_photos(subject_id)


def forget_photos(tune_id: int) -> None:
    """Delete the photos of a tune once neither it nor a prompt that shows it is left."""
    if Tune.objects.filter(pk=tune_id).exists() or Prompt.objects.filter(subject_id=tune_id).exists():
        return
    _forget(Photo.objects.filter(tune_id=tune_id))


def _forget(photos: QuerySet[Photo]) -> None:
    for photo in photos:
        photo_path(photo.key).unlink(missing_ok=True)
    photos.delete()
