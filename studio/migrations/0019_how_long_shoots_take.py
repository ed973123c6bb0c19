from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("studio", "0018_quick_lists"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="shoot",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False)),
                fields=["-ended_at"],
                name="shoots_by_end",
            ),
        ),
    ]
