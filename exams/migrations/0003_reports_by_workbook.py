import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0002_reported_without_a_number'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='course',
            options={'ordering': ['-since', 'id'], 'verbose_name': 'Training course'},
        ),
        migrations.AlterModelOptions(
            name='matchdoubt',
            options={'ordering': ['-raised_at', 'id'], 'verbose_name': 'Doubt who is meant'},
        ),
        migrations.AlterModelOptions(
            name='reportbatch',
            options={'ordering': ['-uploaded_at', 'id'], 'verbose_name': 'Import of reports'},
        ),
        migrations.AlterModelOptions(
            name='unmatched',
            options={'ordering': ['-recorded_at', 'id'], 'verbose_name': 'Person named without a number'},
        ),
        migrations.AddField(
            model_name='kinedge',
            name='paper',
            field=models.CharField(blank=True, help_text='the signed form from which a body entered it', max_length=80),
        ),
        migrations.AddField(
            model_name='kinedge',
            name='reported_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.organisation'),
        ),
        migrations.AddField(
            model_name='reportbatch',
            name='changed',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='unmatched',
            name='same_key',
            field=models.CharField(max_length=64),
        ),
        migrations.AddConstraint(
            model_name='authorship',
            constraint=models.UniqueConstraint(fields=('person', 'title', 'family'), name='one_authorship_each'),
        ),
        migrations.AddConstraint(
            model_name='unmatched',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('same_key',), name='one_report_of_a_name'),
        ),
    ]
