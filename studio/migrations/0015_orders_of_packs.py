import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_consent_kinds"),
        ("packs", "0002_catalogue"),
        ("studio", "0014_balance_and_refusals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="shoot",
            name="pack",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="packs.pack",
            ),
        ),
        migrations.AddIndex(
            model_name="shoot",
            index=models.Index(fields=["pack", "-queued_at"], name="shoots_of_pack"),
        ),
    ]
