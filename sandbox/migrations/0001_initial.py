"""The tables of the sandbox."""

from __future__ import annotations

import time

import django.utils.timezone
from django.db import migrations, models

import sandbox.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "key",
                    models.CharField(
                        default=sandbox.models.new_key, max_length=28, primary_key=True, serialize=False
                    ),
                ),
                ("tune_id", models.BigIntegerField(db_index=True)),
                ("position", models.IntegerField(default=0)),
                ("name", models.TextField(default="")),
                ("content_type", models.TextField(default="image/jpeg")),
            ],
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "key",
                    models.CharField(
                        default=sandbox.models.new_key, max_length=28, primary_key=True, serialize=False
                    ),
                ),
                ("prompt_id", models.BigIntegerField(db_index=True)),
                ("position", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pack_id", models.BigIntegerField(null=True)),
                ("with_tune_ids", models.BooleanField(default=False)),
                ("prompts_callback", models.TextField(default="")),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                ("url", models.TextField()),
                ("body", models.JSONField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("starts_at", models.FloatField(default=time.time)),
                ("sent_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("id"), condition=models.Q(("sent_at", None)), name="delivery_waiting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Prompt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tune_id", models.BigIntegerField(db_index=True)),
                ("subject_id", models.BigIntegerField(db_index=True, null=True)),
                ("run_id", models.BigIntegerField(db_index=True, null=True)),
                ("pack_id", models.BigIntegerField(null=True)),
                ("orig_prompt_id", models.BigIntegerField(db_index=True, null=True)),
                ("class_name", models.TextField(default="")),
                ("is_template", models.BooleanField(default=False)),
                ("text", models.TextField()),
                ("negative_prompt", models.TextField(default="")),
                ("callback", models.TextField(default="")),
                ("num_images", models.IntegerField(default=4)),
                ("seed", models.BigIntegerField(null=True)),
                ("attributes", models.JSONField(default=dict)),
                ("picture_keys", models.JSONField(default=list)),
                ("is_liked", models.BooleanField(default=False)),
                ("starts_at", models.FloatField(null=True)),
                ("takes", models.FloatField(default=0.0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_training_at", models.DateTimeField(null=True)),
                ("trained_at", models.DateTimeField(null=True)),
                ("user_error", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("starts_at"),
                        condition=models.Q(("trained_at", None), ("user_error", "")),
                        name="prompt_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tune",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.TextField(default="")),
                ("name", models.TextField(default="")),
                ("token", models.TextField(default="")),
                ("branch", models.TextField(default="sd15")),
                ("model_type", models.TextField(default="")),
                ("base_tune_id", models.BigIntegerField(null=True)),
                ("pack_id", models.BigIntegerField(null=True)),
                ("callback", models.TextField(default="")),
                ("characteristics", models.JSONField(default=dict)),
                ("attributes", models.JSONField(default=dict)),
                ("photo_keys", models.JSONField(default=list)),
                ("is_gallery", models.BooleanField(default=False)),
                ("starts_at", models.FloatField(default=time.time)),
                ("takes", models.FloatField(default=0.0)),
                ("eta", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_training_at", models.DateTimeField(null=True)),
                ("trained_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("starts_at"),
                        condition=models.Q(("failed_at", None), ("trained_at", None)),
                        name="tune_waiting",
                    )
                ],
            },
        ),
    ]
