"""What recusal costs for a whole country: every duty of a season asked in one run, against the bare SQL joins that read the same facts.

DATABASE_URL=postgres://…/exams_season [SEASON_SCALE=0.02] .venv/bin/python tests/bench/bench_recusal.py [--keep]

The database is emptied and filled anew (its name must end in _season); --keep asks the one that is there. Each measurement is a
process of its own, so that its memory is its own. Ratios from one run, no limits.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
KEYS = Path(tempfile.gettempdir()) / "exams-season-keys"

# What the fact sources read, each as one join for the whole season; of candidates and of staff on duty from now on.
STAFF = "(SELECT DISTINCT person_id FROM exams_duty WHERE live AND ends_at > now())"
EVENTS = "(SELECT DISTINCT s.event_id FROM exams_duty d JOIN exams_timeslot s ON s.id = d.slot_id WHERE d.live AND d.ends_at > now())"
CANDIDATES = f"(SELECT DISTINCT a.person_id FROM exams_application a JOIN {EVENTS} e USING (event_id) WHERE a.state = 'approved')"
BARE = {
    "duties": """SELECT d.id, d.person_id, d.capacity, s.id, s.starts_at, s.form, e.id, e.body_id, q.family, q.code, q.name_zh, r.name
        FROM exams_duty d JOIN exams_timeslot s ON s.id = d.slot_id JOIN exams_event e ON e.id = s.event_id
        JOIN exams_eventitem i ON i.id = s.item_id JOIN exams_qualification q ON q.id = i.qualification_id
        LEFT JOIN exams_sitting t ON t.id = d.sitting_id LEFT JOIN exams_room r ON r.id = t.room_id
        WHERE d.live AND d.ends_at > now()""",
    "candidates": f"""SELECT a.event_id, a.item_id, a.person_id, a.employer_id, p.slot_id, p.sitting_id FROM exams_application a
        JOIN {EVENTS} e USING (event_id) LEFT JOIN exams_place p ON p.application_id = a.id AND p.state = 'held'
        WHERE a.state = 'approved'""",
    "persons": f"""SELECT p.id, p.id_index, p.name, p.sex FROM exams_person p
        JOIN (SELECT person_id FROM {STAFF} x UNION SELECT person_id FROM {CANDIDATES} y) w ON w.person_id = p.id""",
    "kin of staff": f"""SELECT p.id_index, k.relative_index, k.relation, k.support FROM exams_kinedge k
        JOIN exams_person p ON p.id = k.person_id JOIN {STAFF} w ON w.person_id = p.id WHERE k.withdrawn_on IS NULL""",
    "kin who name staff": f"""SELECT p.id_index, k.relative_index, k.relation, k.support FROM exams_kinedge k
        JOIN exams_person p ON p.id = k.person_id JOIN exams_person o ON o.id_index = k.relative_index
        JOIN {STAFF} w ON w.person_id = o.id WHERE k.withdrawn_on IS NULL""",
    "posts of staff": f"""SELECT m.person_id, o.id, o.name, o.kind, m.since, m.until, m.post FROM exams_employment m
        JOIN {STAFF} w USING (person_id) JOIN exams_organisation o ON o.id = m.organisation_id""",
    "posts of candidates": f"""SELECT m.person_id, o.id, o.name, o.kind, m.since, m.until, m.post FROM exams_employment m
        JOIN {CANDIDATES} w USING (person_id) JOIN exams_organisation o ON o.id = m.organisation_id
        WHERE m.since <= now() AND (m.until IS NULL OR m.until >= now())""",
    "trainings": f"""SELECT t.person_id, o.id, o.name, t.family, t.role, t.since, t.until, t.id, t.held_in_id
        FROM exams_trainingengagement t JOIN {STAFF} w USING (person_id) JOIN exams_organisation o ON o.id = t.organisation_id""",
    "trainees": f"""SELECT t.id, a.trainee_id FROM exams_trainingengagement t JOIN {STAFF} w USING (person_id)
    JOIN exams_attendance a ON a.engagement_id = t.id OR a.course_id = t.held_in_id JOIN {CANDIDATES} c ON c.person_id = a.trainee_id""",
    "writings": f"SELECT a.person_id, a.title, a.family, a.published_on FROM exams_authorship a JOIN {STAFF} w USING (person_id)",
    "declarations": f"""SELECT d.id, d.person_id, d.event_id, d.signed_at, d.answers
        FROM exams_declaration d JOIN {STAFF} w USING (person_id)
        JOIN {EVENTS} e USING (event_id) WHERE d.state = 'signed'""",
    "disputes": f"""SELECT d.person_id, d.other_person_id, d.other_organisation_id, d.since, d.until, p.name FROM exams_dispute d
        LEFT JOIN exams_person p ON p.id = d.other_person_id
        WHERE d.person_id IN (SELECT person_id FROM {STAFF} w) OR d.other_person_id IN (SELECT person_id FROM {STAFF} w)""",
    "concealments": f"SELECT c.person_id, c.proved_on FROM exams_concealment c JOIN {STAFF} w USING (person_id)",
    "requests": f"""SELECT r.person_id, r.state FROM exams_recusalrequest r JOIN {STAFF} w USING (person_id)
        WHERE r.state IN ('filed', 'granted')""",
    "served together": f"""SELECT a.person_id, b.person_id, a.starts_at, v.name
        FROM exams_duty a JOIN exams_duty b USING (sitting_id, capacity)
        JOIN {STAFF} w ON w.person_id = a.person_id JOIN exams_timeslot s ON s.id = a.slot_id JOIN exams_venue v ON v.id = s.venue_id
        WHERE a.live AND b.live AND a.capacity IN ('invigilator', 'assessor')""",
    "held": f"""SELECT DISTINCT d.person_id, d.capacity, s.event_id FROM exams_duty d JOIN exams_timeslot s ON s.id = d.slot_id
        JOIN {EVENTS} e USING (event_id) WHERE d.live""",
    "hands": f"""SELECT c.person_id, c.part, p.number, p.id, p.family, s.event_id FROM question_bank_contribution c
        JOIN question_bank_paper p ON p.id = c.paper_id JOIN question_bank_paperslot t ON t.paper_id = p.id
        JOIN exams_timeslot s ON s.id = t.slot_id JOIN {STAFF} w ON w.person_id = c.person_id""",
}  # fmt: skip


def begin():
    import django
    from django.conf import settings

    django.setup()
    KEYS.mkdir(mode=0o700, exist_ok=True)
    settings.KEY_DIR = KEYS
    if not settings.DATABASES["default"]["NAME"].endswith("_season"):
        sys.exit("DATABASE_URL must name a PostgreSQL database whose name ends in _season")


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Spent:
    """Seconds by the clock, and of work: this process with its one process in the database, where that is on the same machine."""

    def __init__(self):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
            cursor.execute("SELECT pg_backend_pid()")
            self.stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
        self.began = self.now()

    def now(self):
        ticks = sum(map(int, self.stat.read_text().rsplit(")", 1)[1].split()[11:13])) if self.stat.exists() else 0
        return time.perf_counter(), time.process_time() + ticks / os.sysconf("SC_CLK_TCK")

    def __call__(self):
        clock, work = (end - begin for end, begin in zip(self.now(), self.began, strict=True))
        self.began = self.now()
        return clock, work


def fill():
    begin()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from tests.bench.season import Season

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    settings.MIGRATION_MODULES = dict.fromkeys(config.split(".")[-1] for config in settings.INSTALLED_APPS)  # tables as the models say
    call_command("migrate", run_syncdb=True, verbosity=0)
    start = time.perf_counter()
    season = Season(float(os.environ.get("SEASON_SCALE", "1")))
    season.make()
    print(
        f"{len(season.candidates):,} candidates, {len(season.staff):,} staff, {season.events * 20:,} sittings, {len(season.served):,} duties, "  # noqa: E501
        f"{season.facts:,} facts; filled in {time.perf_counter() - start:.0f} s"
    )


def bare():
    begin()
    from django.db import connection

    whole = [0.0, 0.0]
    spent = Spent()
    for name, sql in BARE.items():
        rows = 0
        with connection.connection.transaction(), connection.connection.cursor(name="bare") as cursor:
            cursor.itersize = 20_000
            for _row in cursor.execute(sql):
                rows += 1
        taken = spent()
        whole = [one + more for one, more in zip(whole, taken, strict=True)]
        print(f"  {name:26} {rows:10,} rows {taken[0]:8.2f} s, work {taken[1]:6.2f} s")
    print(f"bare joins: {whole[0]:.2f} s, work {whole[1]:.2f} s, {memory():.0f} MB")
    return whole


def ask():
    begin()
    from collections import Counter

    from django.utils import timezone

    from exams.recusal.screening import screen
    from exams.sittings.clearance import stands_in_turn
    from exams.sittings.models import Duty

    found, asked, refused, spent = Counter(), 0, 0, Spent()
    for _stand, answer in screen(stands_in_turn(Duty.objects.filter(live=True, ends_at__gt=timezone.now()))):
        asked += 1
        refused += not answer.allowed
        found.update(one.id for one in answer.objections)
    whole = spent()
    print(f"{asked:,} duties asked, {refused:,} not clear: {dict(found)}")
    print(f"screening: {whole[0]:.2f} s, work {whole[1]:.2f} s, {asked / whole[0]:,.0f} duties/s, {memory():.0f} MB")
    return whole


def alike():
    """Some hundred duties, weighed with all their facts and screened: the same answers."""
    begin()
    from django.utils import timezone

    from exams.recusal.deciding import weigh
    from exams.recusal.screening import screen
    from exams.sittings.clearance import stands_of_duties, with_places
    from exams.sittings.models import Duty

    some = Duty.objects.filter(live=True, ends_at__gt=timezone.now(), slot__event__in=_events(3))
    stands = list(stands_of_duties(list(with_places(some))))
    start = time.perf_counter()
    screened = [[one.as_json() for one in answer.objections] for _stand, answer in screen(stands)]
    between = time.perf_counter()
    weighed = [answer.objections for answer in weigh(stands)]
    end = time.perf_counter()
    assert screened == weighed
    print(
        f"{len(stands)} duties alike: screened {between - start:.2f} s, weighed with whole facts {end - between:.2f} s, {memory():.0f} MB"
    )


def pool():
    """Every person of a province against every room of an event."""
    begin()
    from exams.people.models import Person
    from exams.recusal.screening import screen_pool
    from exams.sittings.clearance import Rooms
    from exams.sittings.models import Sitting, TimeSlot

    slots = list(TimeSlot.objects.filter(event__in=_events(1)).select_related("event", "item__qualification"))
    rooms = Rooms(slots)
    sittings = Sitting.objects.filter(slot__in=slots).select_related("room", "slot__event", "slot__item__qualification")
    matters = [rooms.matter(one.slot, one, "") for one in sittings]
    people = [str(pk) for pk in Person.objects.filter(duties__isnull=False).order_by("pk").values_list("pk", flat=True).distinct()[:5000]]
    start = time.perf_counter()
    answers = sum(1 for _ in screen_pool(people, "invigilator", matters))
    whole = time.perf_counter() - start
    pairs = len(people) * len(matters)
    print(
        f"{len(people):,} people x {len(matters)} rooms: {whole:.2f} s, {pairs / whole:,.0f} pairs/s, {answers:,} with an objection, "
        f"{memory():.0f} MB"
    )


def news():
    """One new fact, and everybody whom it concerns asked again; undone each time."""
    begin()
    from datetime import date

    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from exams.interests.models import Attendance, TrainingEngagement
    from exams.people.models import Employment, KinEdge, Organisation
    from exams.recusal.actions import reask
    from exams.recusal.standing import stands_of
    from exams.sittings.models import Duty, Place

    trainer = TrainingEngagement.objects.filter(held_in=None).first()
    training_body = Organisation.objects.filter(kind="training_body").first()
    places = list(Place.objects.select_related("application__person", "sitting")[:: max(1, Place.objects.count() // 7)][:7])
    waiting = list(Duty.objects.filter(slot__state="planned", live=True).select_related("slot__event")[::97][:7])
    duties = list(Duty.objects.filter(slot__state="published", live=True).select_related("person")[::101][:7])

    def kinship(place):
        guard = place.sitting.duties.filter(live=True).first().person
        KinEdge.objects.create(
            person=place.application.person, relative_index=guard.id_index, relative_name="x", relation="uncle", declared_on=date.today()
        )
        return place.application.person_id

    def accepted(duty):
        return duty.slot.event.applications.first().person_id

    def attended(place):
        Attendance.objects.create(engagement=trainer, trainee=place.application.person, recorded_at="2026-01-01T00:00:00Z")
        return place.application.person_id

    def post(duty):
        Employment.objects.create(person=duty.person, organisation=training_body, since=date(2020, 1, 1))
        return duty.person_id

    for name, tell, things in (
        ("a candidate declares a guard as kin", kinship, places),
        ("a candidate of drawn rooms attended a course", attended, places),
        ("a candidate where nothing is drawn yet", accepted, waiting),
        ("somebody on duty takes a post", post, duties),
    ):
        taken, raised, stands, queries = [], [], [], 0
        for thing in things:
            with transaction.atomic():
                person = tell(thing)
                stands.append(sum(1 for _ in stands_of(frozenset({str(person)}))))
                start = time.perf_counter()
                raised.append(len(reask(person)))
                taken.append(time.perf_counter() - start)
                with CaptureQueriesContext(connection) as seen:
                    reask(person)
                queries = len(seen)
                transaction.set_rollback(True)
        print(
            f"  {name:46} {statistics.median(taken) * 1000:6.0f} ms (at most {max(taken) * 1000:.0f}), "
            f"{statistics.median(stands):.0f} stands, {queries} queries, notices {raised}"
        )


def _events(number):
    from exams.programme.models import Event

    return list(Event.objects.order_by("pk").values_list("pk", flat=True)[1 : number + 1])


if __name__ == "__main__":
    wanted = [name for name in sys.argv[1:] if not name.startswith("-")]
    if wanted:
        print("=", *(globals()[wanted[0]]() or (0, 0)), file=sys.stderr)
        sys.exit()
    parts = ("bare", "ask", "alike", "pool", "news") if "--keep" in sys.argv else ("fill", "bare", "ask", "alike", "pool", "news")
    spent = {}
    for part in parts:
        done = subprocess.run([sys.executable, __file__, part], stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        spent[part] = [float(one) for one in done.stderr.strip().rsplit("=", 1)[-1].split()]
        if part == "ask":
            ratios = (mine / theirs for mine, theirs in zip(spent["ask"], spent["bare"], strict=True))
            print("ratio of screening to bare joins: {:.2f} by the clock, {:.2f} in work".format(*ratios), flush=True)
