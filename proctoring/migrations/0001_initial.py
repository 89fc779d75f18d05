import django.db.models.deletion
import exams.keys
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exams', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agent',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agents', to='exams.venue')),
                ('name', models.CharField(max_length=60)),
                ('token_hash', models.CharField(max_length=64)),
                ('enrolled_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('heard_ms', models.BigIntegerField(default=0)),
                ('software', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'ordering': ['venue__name', 'name'],
                'constraints': [models.UniqueConstraint(fields=('venue', 'name'), name='agent_name_once_per_venue')],
            },
        ),
        migrations.CreateModel(
            name='Camera',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cameras', to='exams.room')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cameras', to='proctoring.agent')),
                ('name', models.CharField(max_length=30)),
                ('source', models.CharField(max_length=200)),
                ('state', models.CharField(default='placed', max_length=10)),
                ('x_mm', models.IntegerField()),
                ('y_mm', models.IntegerField()),
                ('z_mm', models.IntegerField()),
                ('pan_urad', models.IntegerField()),
                ('tilt_urad', models.IntegerField()),
                ('hfov_urad', models.IntegerField()),
                ('width_px', models.IntegerField()),
                ('height_px', models.IntegerField()),
                ('least_px_per_m', models.IntegerField(default=125)),
                ('records', models.BooleanField(default=True)),
                ('aim_checked_at', models.DateTimeField(blank=True, null=True)),
                ('reference_sha256', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ['room__name', 'name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'retired'), _negated=True), fields=('room', 'name'), name='camera_name_once_per_room')],
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='proctoring.agent')),
                ('spool', models.UUIDField()),
                ('seq', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agent', 'spool'), name='position_once_per_spool')],
            },
        ),
        migrations.CreateModel(
            name='Epoch',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='epochs', to='proctoring.agent')),
                ('name', models.CharField(max_length=64)),
                ('offset_ms', models.BigIntegerField()),
                ('heard_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agent', 'name'), name='epoch_once_per_agent')],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='segments', to='proctoring.camera')),
                ('epoch', models.CharField(max_length=64)),
                ('seq', models.BigIntegerField(default=0)),
                ('start_ms', models.BigIntegerField()),
                ('end_ms', models.BigIntegerField()),
                ('added_ms', models.BigIntegerField(default=0)),
                ('states', models.CharField(max_length=160)),
            ],
            options={
                'ordering': ['camera', 'start_ms', 'id'],
                'indexes': [models.Index(fields=['camera', 'epoch', 'start_ms'], name='segment_by_epoch'), models.Index(fields=['camera', 'end_ms'], name='segment_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_ms__gt', models.F('start_ms'))), name='segment_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='proctoring.camera')),
                ('epoch', models.CharField(max_length=64)),
                ('seq', models.BigIntegerField()),
                ('start_ms', models.BigIntegerField()),
                ('end_ms', models.BigIntegerField()),
                ('added_ms', models.BigIntegerField(default=0)),
                ('bytes', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('chain', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=200)),
            ],
            options={
                'ordering': ['camera', 'start_ms', 'id'],
                'indexes': [models.Index(fields=['camera', 'end_ms'], name='recording_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_ms__gt', models.F('start_ms'))), name='recording_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='Rejection',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rejections', to='proctoring.agent')),
                ('spool', models.UUIDField()),
                ('seq', models.BigIntegerField()),
                ('code', models.CharField(max_length=40)),
                ('item', models.JSONField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='FaultEvent',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='faults', to='proctoring.camera')),
                ('state', models.CharField(max_length=20)),
                ('since_ms', models.BigIntegerField()),
                ('certain_ms', models.BigIntegerField()),
                ('until_ms', models.BigIntegerField(blank=True, null=True)),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('incident_id', models.UUIDField(blank=True, null=True)),
                ('incident_open', models.BooleanField(default=False)),
                ('handling', models.CharField(default='open', max_length=12)),
                ('handled_by', models.CharField(blank=True, max_length=120)),
                ('handled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-since_ms'],
                'indexes': [models.Index(fields=['camera', 'until_ms'], name='fault_by_end')],
            },
        ),
        migrations.CreateModel(
            name='Explanation',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gap_explanations', to='exams.sitting')),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='proctoring.camera')),
                ('since_ms', models.BigIntegerField()),
                ('until_ms', models.BigIntegerField()),
                ('reason', models.CharField(max_length=20)),
                ('text', models.TextField()),
                ('by_name', models.CharField(max_length=120)),
                ('by_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['since_ms', 'at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('until_ms__gt', models.F('since_ms'))), name='explanation_ends_after_start')],
            },
        ),
    ]
