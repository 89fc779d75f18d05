import django.db.models.deletion
import exams.encryption
import exams.keys
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exams', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Blueprint',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.organisation')),
                ('family', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=120)),
                ('rows', models.JSONField(default=list)),
                ('minutes', models.PositiveIntegerField(default=120)),
                ('state', models.CharField(default='draft', max_length=20)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['family', 'title', '-made_at'],
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.organisation')),
                ('number', models.CharField(max_length=40)),
                ('family', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=160)),
                ('blueprint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='question_bank.blueprint')),
                ('spare_of', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='spare', to='question_bank.paper')),
                ('version', models.PositiveIntegerField(default=1)),
                ('full_marks', models.DecimalField(decimal_places=1, max_digits=6)),
                ('minutes', models.PositiveIntegerField(default=120)),
                ('seed_commitment', models.CharField(max_length=64)),
                ('seed', exams.encryption.EncryptedField(default='')),
                ('notes', models.JSONField(default=dict)),
                ('state', models.CharField(default='assembled', max_length=20)),
                ('drawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('drawn_at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('approved_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'number'), name='paper_number')],
            },
        ),
        migrations.CreateModel(
            name='PaperForm',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forms', to='question_bank.paper')),
                ('label', models.CharField(max_length=4)),
                ('versions_text', exams.encryption.EncryptedField(default='[]')),
                ('questions', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ['paper_id', 'label'],
                'constraints': [models.UniqueConstraint(fields=('paper', 'label'), name='paper_form_label')],
            },
        ),
        migrations.CreateModel(
            name='PaperSlot',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='question_bank.paper')),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='exams.timeslot')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('paper', 'slot'), name='paper_slot_once')],
            },
        ),
        migrations.CreateModel(
            name='Use',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='question_bank.paper')),
                ('tag', models.CharField(db_index=True, max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('paper', 'tag'), name='question_used_once_per_paper')],
            },
        ),
        migrations.CreateModel(
            name='Contribution',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='question_bank.paper')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('part', models.CharField(max_length=20)),
            ],
            options={
                'ordering': ['paper_id', 'part', 'person_id'],
                'constraints': [models.UniqueConstraint(fields=('paper', 'person', 'part'), name='contribution_once')],
            },
        ),
        migrations.CreateModel(
            name='CustodianKey',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.organisation')),
                ('public', models.CharField(max_length=64, unique=True)),
                ('wrapped', models.JSONField()),
                ('enrolled_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-enrolled_at', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('person', 'organisation'), name='one_live_custodian_key')],
            },
        ),
        migrations.CreateModel(
            name='WrongTry',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wrong_tries', to='question_bank.custodiankey')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SealedPaper',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sealed', to='question_bank.paper')),
                ('body', models.JSONField()),
                ('ciphertext_digest', models.CharField(max_length=64)),
                ('commitment', models.CharField(max_length=64)),
                ('keys', models.JSONField(default=dict)),
                ('opens_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('sealed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('sealed_at', models.DateTimeField()),
                ('custodians', models.ManyToManyField(related_name='+', to='exams.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('opens_at__lt', models.F('closes_at'))), name='paper_window_forward')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='question_bank.paper')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('appointment_id', models.UUIDField(null=True)),
                ('stripped', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('paper', 'person'), name='approves_once')],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opening', to='question_bank.paper')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('first_at', models.DateTimeField()),
                ('data_key', exams.encryption.EncryptedField(default='')),
                ('opened_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('first', models.F('second')), _negated=True), name='opened_by_two_persons')],
            },
        ),
        migrations.CreateModel(
            name='SpareRequest',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spare_requests', to='question_bank.paper')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('asked_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('decided_at', models.DateTimeField(null=True)),
                ('granted', models.BooleanField(null=True)),
            ],
            options={
                'ordering': ['-asked_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Printing',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='printings', to='question_bank.paper')),
                ('label', models.CharField(max_length=4)),
                ('part', models.CharField(max_length=10)),
                ('copies', models.PositiveIntegerField()),
                ('document_id', models.UUIDField()),
                ('sha256', models.CharField(max_length=64)),
                ('printed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('printed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-printed_at', 'label'],
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to='question_bank.paper')),
                ('bag', models.CharField(max_length=40)),
                ('step', models.CharField(choices=[('printing', 'Printing'), ('store', 'Paper store'), ('transport', 'Transport'), ('venue', 'Venue'), ('room', 'Examination room'), ('return', 'Return of the answers'), ('marking', 'Marking'), ('destruction', 'Destruction')], max_length=20)),
                ('copies', models.PositiveIntegerField()),
                ('seal_number', models.CharField(max_length=40)),
                ('seal_state', models.CharField(choices=[('intact', 'Seal intact'), ('broken', 'Seal broken'), ('replaced', 'Seal replaced')], default='intact', max_length=20)),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('supervisor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('place', models.CharField(max_length=120)),
                ('note', models.TextField(default='')),
                ('stopped', models.BooleanField(default=False)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['bag', 'at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SecrecyLetter',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.organisation')),
                ('text', models.TextField()),
                ('signed_at', models.DateTimeField()),
                ('until', models.DateField(null=True)),
            ],
            options={
                'ordering': ['-signed_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.organisation')),
                ('number', models.CharField(max_length=40)),
                ('family', models.CharField(max_length=40)),
                ('kind', models.CharField(choices=[('single_choice', 'Single choice'), ('multiple_choice', 'Multiple choice'), ('true_false', 'True or false'), ('short_answer', 'Short answer')], max_length=20)),
                ('unit', models.CharField(max_length=80)),
                ('ability', models.CharField(choices=[('know', 'Knows'), ('understand', 'Understands'), ('master', 'Has mastered'), ('apply', 'Applies')], default='understand', max_length=20)),
                ('difficulty', models.PositiveSmallIntegerField(choices=[(1, 'Very easy'), (2, 'Easy'), (3, 'Medium'), (4, 'Hard'), (5, 'Very hard')], default=3)),
                ('marks', models.DecimalField(decimal_places=1, max_digits=5)),
                ('setter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('state', models.CharField(default='draft', max_length=20)),
                ('latest', models.PositiveIntegerField(default=1)),
                ('uses', models.PositiveIntegerField(default=0)),
                ('written_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(fields=['organisation', 'family', 'state'], name='question_pool')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'number'), name='question_number'), models.CheckConstraint(condition=models.Q(('marks__gt', 0)), name='question_marks_positive'), models.CheckConstraint(condition=models.Q(('difficulty__gte', 1), ('difficulty__lte', 5)), name='question_difficulty_band')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='question_bank.question')),
                ('ordinal', models.PositiveIntegerField()),
                ('stem', exams.encryption.EncryptedField()),
                ('choices_text', exams.encryption.EncryptedField(default='[]')),
                ('key', exams.encryption.EncryptedField()),
                ('explanation', exams.encryption.EncryptedField(default='')),
                ('source', exams.encryption.EncryptedField(default='')),
                ('answer_to_review', exams.encryption.EncryptedField(default='')),
                ('reason', models.CharField(default='', max_length=200)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('written_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['question_id', '-ordinal'],
                'constraints': [models.UniqueConstraint(fields=('question', 'ordinal'), name='version_ordinal')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='question_bank.version')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('capacity', models.CharField(max_length=40)),
                ('address', models.CharField(default='', max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.UUIDField(default=exams.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='question_bank.version')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.person')),
                ('step', models.CharField(choices=[('review', 'Review'), ('approval', 'Approval into the bank')], max_length=20)),
                ('verdict', models.CharField(choices=[('recommend', 'Recommend'), ('return', 'Return for changes'), ('reject', 'Do not use'), ('approve', 'Approve into the bank')], max_length=20)),
                ('comment', exams.encryption.EncryptedField(default='')),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('version', 'step'), name='one_opinion_per_step'), models.UniqueConstraint(fields=('version', 'person'), name='one_opinion_per_person')],
            },
        ),
    ]
