"""Keeping the catalogue: covers, margins, flags, publishing by itself, likes at Astria, figures, comparisons."""

import django.db.models.functions.comparison
import django.db.models.manager
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("packs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_preview", models.BooleanField(editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[("asked", "under way"), ("done", "done"), ("failed", "failed")],
                        default="asked",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, editable=False, max_length=300)),
                ("changes", models.JSONField(default=list, editable=False)),
                ("compared", models.JSONField(default=list, editable=False)),
                ("next_check_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "comparison with Astria",
                "verbose_name_plural": "comparisons with Astria",
                "ordering": ["-id"],
            },
        ),
        migrations.AlterModelOptions(
            name="packprompt",
            options={
                "base_manager_name": "with_missing",
                "ordering": ["pack_class", "position"],
                "verbose_name": "shot of a pack",
                "verbose_name_plural": "shots of packs",
            },
        ),
        migrations.AlterModelManagers(
            name="packprompt",
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("with_missing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="pack",
            name="pack_in_shop_order",
        ),
        migrations.AddField(
            model_name="pack",
            name="astria_likes",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="pack",
            name="counted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="pack",
            name="cover_choice",
            field=models.CharField(blank=True, max_length=200, verbose_name="cover"),
        ),
        migrations.AddField(
            model_name="pack",
            name="ended",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="pack",
            name="failed",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="pack",
            name="hidden",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="pack",
            name="liked",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="pack",
            name="next_check_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="pack",
            name="orders",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="pack",
            name="pictures",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="astria_likes",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="pack",
            name="publish_at",
            field=models.DateTimeField(
                blank=True, help_text="When it goes into the shop by itself. Empty: not by itself.", null=True
            ),
        ),
        migrations.AddField(
            model_name="packclass",
            name="cost_was_mc",
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="packclass",
            name="images_were",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="packclass",
            name="margin",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="margin in percent"),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="ended",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="failed",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="hidden",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="liked",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="likes_asked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="missing_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="orders",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="pictures",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="packprompt",
            name="weakness",
            field=models.CharField(
                blank=True,
                choices=[
                    ("fails", "fails often"),
                    ("hidden", "is hidden often"),
                    ("unliked", "is liked seldom"),
                ],
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="packclass",
            name="price",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="price by hand"),
        ),
        migrations.AddField(
            model_name="pack",
            name="popularity",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Greatest("likes", "astria_likes"),
                output_field=models.PositiveIntegerField(),
            ),
        ),
        migrations.AlterModelOptions(
            name="pack",
            options={"ordering": ["position", "-popularity", "-astria_id"]},
        ),
        migrations.AddIndex(
            model_name="pack",
            index=models.Index(fields=["status", "position", "-popularity"], name="packs_in_shop_order"),
        ),
        migrations.AddIndex(
            model_name="pack",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False)),
                fields=["next_check_at"],
                name="pack_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="pack",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_check_at", None), ("publish_at", None)),
                    models.Q(
                        ("next_check_at__isnull", False),
                        ("publish_at__isnull", False),
                        models.Q(("status", "published"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="pack_to_be_published_is_looked_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="packclass",
            constraint=models.CheckConstraint(
                condition=models.Q(("price", None), ("margin", None), _connector="OR"),
                name="class_has_one_price",
                violation_error_message="A price by hand and a margin: choose one of them.",
            ),
        ),
        migrations.AddIndex(
            model_name="comparison",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False)),
                fields=["next_check_at"],
                name="comparison_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="comparison",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at", None),
                        ("error", ""),
                        ("next_check_at__isnull", False),
                        ("status", "asked"),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("error", ""),
                        ("next_check_at", None),
                        ("status", "done"),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("next_check_at", None),
                        ("status", "failed"),
                        models.Q(("error", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="comparison_state_has_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="comparison",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "asked")),
                fields=("is_preview",),
                name="one_comparison_at_a_time",
            ),
        ),
    ]
