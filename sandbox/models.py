"""What the sandbox remembers; not the gallery's packs, which are fixed: see sandbox/gallery/catalogue.py.

Waiting is stored as work, not as an hour: a row is due when `starts_at + takes / speed` has passed, so that a
change of speed reaches what already runs. Where Astria says null for a text, this says "".
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, FloatField, Q, Value
from django.db.models.expressions import CombinedExpression

from sandbox.discretion import shown_address
from sandbox.faults import asked_to_last
from sandbox.later import clock
from sandbox.numbering import Numbered
from sandbox.templating import filled

KEPT = timedelta(days=30)
REFERENCE = re.compile(r"<(?:lora|faceid):(\d{1,18}):[^<>]*>")


def new_key() -> str:
    """Return 28 random base 36 characters, as Astria's picture urls end."""
    return "".join(secrets.choice("0123456789abcdefghijklmnopqrstuvwxyz") for _ in range(28))


def due_at(speed: float) -> CombinedExpression:
    """Return the expression for the second (Unix time) at which a waiting row is due."""
    return F("starts_at") + F("takes") / Value(speed, output_field=FloatField())


class Tune(Numbered):
    """A tune. Gallery tunes, on which others are trained, belong to nobody (`is_gallery`).

    training -> trained, or failed
    """

    title = models.TextField(default="")
    name = models.TextField(default="")
    token = models.TextField(default="")
    branch = models.TextField(default="sd15")
    model_type = models.TextField(default="")
    base_tune_id = models.BigIntegerField(null=True)
    pack_id = models.BigIntegerField(null=True)
    callback = models.TextField(default="")
    characteristics = models.JSONField(default=dict)
    attributes = models.JSONField(default=dict)
    photo_keys = models.JSONField(default=list)
    is_gallery = models.BooleanField(default=False)
    starts_at = models.FloatField(default=clock.seconds)
    takes = models.FloatField(default=0.0)
    eta = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    started_training_at = models.DateTimeField(null=True)
    trained_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    # Faults asked for by the call that made it.
    faults = models.JSONField(default=asked_to_last)
    # 30 days after the training, or later when it was extended.
    expires_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Tune]] = models.Manager()

    class Meta:
        indexes = [
            # Read by the engine, several times a second.
            models.Index("starts_at", name="tune_waiting", condition=Q(trained_at=None, failed_at=None)),
            models.Index("expires_at", name="tune_expiring"),
        ]

    def __str__(self) -> str:
        return f"tune {self.pk} {self.title or ''}"

    # Queries

    def prompts(self) -> models.QuerySet[Prompt]:
        """Return the prompts made on this tune, or on its base with a reference to it in their text."""
        return Prompt.objects.filter(
            Q(tune_id=self.pk)
            | Q(text__contains=f"<lora:{self.pk}:")
            | Q(text__contains=f"<faceid:{self.pk}:")
        ).exclude(is_template=True)

    # Properties

    @property
    def is_checkpoint(self) -> bool:
        """Tell whether prompts run on the tune itself instead of on its base."""
        return self.model_type == ""

    @property
    def state(self) -> str:
        """Return in a word where it stands."""
        return "failed" if self.failed_at else "trained" if self.trained_at else "training"

    @property
    def auto_extend(self) -> bool:
        """Tell whether it is kept, and paid for, when it expires."""
        return bool(self.attributes.get("auto_extend"))

    @property
    def is_mock(self) -> bool:
        """Tell whether it costs nothing and is never really trained."""
        return self.branch == "fast"


class Photo(models.Model):
    """A training photo, or a file sent with a prompt; it lies in the data directory under its key."""

    key = models.CharField(max_length=28, primary_key=True, default=new_key)
    tune_id = models.BigIntegerField(null=True, db_index=True)
    prompt_id = models.BigIntegerField(null=True, db_index=True)
    position = models.IntegerField(default=0)
    name = models.TextField(default="")
    content_type = models.TextField(default="image/jpeg")

    objects: ClassVar[models.Manager[Photo]] = models.Manager()

    def __str__(self) -> str:
        return self.name or self.key


class Run(models.Model):
    """The prompts of one order of a pack, whose end `prompts_callback` reports."""

    pack_id = models.BigIntegerField(null=True)
    with_tune_ids = models.BooleanField(default=False)
    prompts_callback = models.TextField(default="")
    finished_at = models.DateTimeField(null=True)
    # Faults asked for by the call that made it.
    faults = models.JSONField(default=asked_to_last)

    objects: ClassVar[models.Manager[Run]] = models.Manager()

    def __str__(self) -> str:
        return f"run {self.pk}"


class Prompt(Numbered):
    """A prompt, or one of a pack's template prompts (`is_template`), which are never run.

    waiting (for its tune, then its turn) -> done with pictures, or failed with `user_error`
    """

    tune_id = models.BigIntegerField(db_index=True)
    subject_id = models.BigIntegerField(null=True, db_index=True)
    run_id = models.BigIntegerField(null=True, db_index=True)
    pack_id = models.BigIntegerField(null=True)
    orig_prompt_id = models.BigIntegerField(null=True, db_index=True)
    class_name = models.TextField(default="")
    is_template = models.BooleanField(default=False)
    text = models.TextField()
    # The text with its {{…}} filled in, once it has run.
    run_text = models.TextField(default="")
    negative_prompt = models.TextField(default="")
    callback = models.TextField(default="")
    num_images = models.IntegerField(default=4)
    seed = models.BigIntegerField(null=True)
    attributes = models.JSONField(default=dict)
    # Keys of photos by the name they are shown under.
    files = models.JSONField(default=dict)
    cost_mc = models.BigIntegerField(default=0)
    picture_keys = models.JSONField(default=list)
    is_liked = models.BooleanField(default=False)
    # Empty while its tune is still in training.
    starts_at = models.FloatField(null=True)
    takes = models.FloatField(default=0.0)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    started_training_at = models.DateTimeField(null=True)
    trained_at = models.DateTimeField(null=True)
    user_error = models.TextField(default="")
    # Faults asked for by the call that made it.
    faults = models.JSONField(default=asked_to_last)

    objects: ClassVar[models.Manager[Prompt]] = models.Manager()

    class Meta:
        indexes = [
            # Read by the engine, several times a second.
            models.Index("starts_at", name="prompt_waiting", condition=Q(trained_at=None, user_error="")),
        ]

    def __str__(self) -> str:
        return f"prompt {self.pk}"

    # Queries

    def likes_count(self) -> int:
        """Return its own like and, for a template, those of all prompts made from it."""
        children = Prompt.objects.filter(orig_prompt_id=self.pk, is_liked=True).count()
        return children + int(self.is_liked)

    def filled_text(self) -> str:
        """Return what it says to the model: filled in by the tune that it shows, {{name}} by its class."""
        tune = Tune.objects.filter(pk=self.subject_id).first()
        traits = tune.characteristics if tune else {}
        return self.run_text or filled(self.text, {"name": self.class_name} | traits)

    # Properties

    @property
    def state(self) -> str:
        """Return in a word where it stands."""
        return "failed" if self.user_error else "done" if self.trained_at else "waiting"


class Theme(models.Model):
    """A theme whose prompts have yet to be thought of; deleted once they are written."""

    theme = models.TextField()
    tune_ids = models.JSONField(default=list)
    attributes = models.JSONField(default=dict)
    starts_at = models.FloatField(default=clock.seconds)
    takes = models.FloatField(default=0.0)
    # Faults asked for by the call that made it, for its prompts.
    faults = models.JSONField(default=asked_to_last)

    objects: ClassVar[models.Manager[Theme]] = models.Manager()

    def __str__(self) -> str:
        return self.theme


class OwnPack(models.Model):
    """A pack that was made here; the prompts with its `pack_id` that no run made are its templates."""

    slug = models.TextField(unique=True)
    title = models.TextField()
    base_tune_id = models.BigIntegerField()
    model_type = models.TextField(default="")
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[models.Manager[OwnPack]] = models.Manager()

    def __str__(self) -> str:
        return self.title


class Account(models.Model):
    """The one account behind every key, in a single row; null milli-cents are endless."""

    balance_mc = models.BigIntegerField(null=True)

    objects: ClassVar[models.Manager[Account]] = models.Manager()

    def __str__(self) -> str:
        return "account"


class Picture(models.Model):
    """A picture of a prompt, or a sample of a template prompt; drawn when it is first asked for."""

    key = models.CharField(max_length=28, primary_key=True, default=new_key)
    prompt_id = models.BigIntegerField(db_index=True)
    position = models.IntegerField()
    # It was asked for and withheld, see picture-404-once.
    was_withheld = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Picture]] = models.Manager()

    def __str__(self) -> str:
        return self.key


class Delivery(models.Model):
    """One callback: what was sent, where, and what came of it. Astria sends each once, and so does this."""

    kind = models.TextField()
    url = models.TextField()
    body: models.JSONField[Any, Any] = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)
    starts_at = models.FloatField(default=clock.seconds)
    sent_at = models.DateTimeField(null=True)
    # An HTTP status, or what kept it from being sent.
    outcome = models.TextField(default="")
    # The beginning of what the receiver answered, and how long it took.
    answer = models.TextField(default="")
    milliseconds = models.IntegerField(null=True)
    replay_of = models.BigIntegerField(null=True)
    # Held back until another one passes; `behind` is the one that did.
    is_held = models.BooleanField(default=False)
    behind = models.BigIntegerField(null=True, db_index=True)

    objects: ClassVar[models.Manager[Delivery]] = models.Manager()

    class Meta:
        indexes = [
            # Read by the engine after a start: what was not sent before the last stop.
            models.Index("id", name="delivery_waiting", condition=Q(sent_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.shown_url}"

    # Properties

    @property
    def shown_url(self) -> str:
        """Return where it goes, without what may be secret in that."""
        return shown_address(self.url)
