"""Facts are gathered whole, for one or for many, in the same number of queries."""

from datetime import UTC, date, datetime

import pytest

from exams.interests.models import Attendance, Authorship, Concealment, Dispute, TrainingEngagement
from exams.people.models import Organisation
from exams.recusal.deciding import decide, decide_many, is_whole, replay
from exams.recusal.facts import Facts
from exams.recusal.gathering import FACT_SOURCES, gather, gather_all, policy_on
from exams.recusal.inquiries import Inquiry
from exams.recusal.models import PolicyValue
from tests.cast import Cast
from tests.exams.recusal.matters import DAY, employ, kin, matter

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ids(ruling):
    return [objection["id"] for objection in ruling.objections]


def train(cast, person, *trainees, family="UT", until=date(2025, 6, 20)):
    engagement = TrainingEngagement.objects.create(
        person=person, organisation=cast.training_body, family=family, since=date(2025, 6, 9), until=until, recorded_at=NOW
    )
    for trainee in trainees:
        Attendance.objects.create(engagement=engagement, trainee=trainee, recorded_at=NOW)
    return engagement


def ask(cast, person, *candidates, capacity="invigilator", **more):
    by = cast.actor("exam_clerk")
    return decide(person=person, capacity=capacity, matter=matter(cast, *candidates, **more), by=by, about=cast.body)


def test_a_stranger_to_the_matter_has_no_objection(cast):
    ruling = ask(cast, cast.person("贺兰静", 1), cast.person("陈㙍", 2))
    assert ruling.objections == [] and ruling.allowed and ruling.state == "clear"


def test_kin_is_found_through_a_relative_who_is_no_person_here(cast):
    uncle, nephew, father = cast.person("叔", 1), cast.person("侄", 2), cast.person("父", 3)
    kin(uncle, "brother", father)
    kin(nephew, "father", father)
    father_key = father.id_index
    father.kin.all().delete()
    ruling = ask(cast, uncle, nephew)
    assert ids(ruling) == ["recusal.kin_of_candidate"] and father_key in ruling.facts
    assert ruling.objections[0]["params"]["relation"] == "father’s brother"


def test_the_longest_kinship_of_the_list_is_within_the_hops(cast):
    """A spouse's cousin: five steps, each declared by somebody else and every middle person known only by key."""
    people = [cast.person(name, n) for n, name in enumerate("甲乙丙丁戊己", start=1)]
    staff, spouse, parent, grandparent, sibling, cousin = people
    kin(spouse, "husband", staff)
    kin(spouse, "father", parent)
    kin(parent, "father", grandparent)
    kin(sibling, "father", grandparent)
    kin(cousin, "father", sibling)
    assert ids(ask(cast, staff, cousin)) == ["recusal.kin_of_candidate"]


def test_a_withdrawn_declaration_counts_no_longer(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    edge = kin(staff, "son", candidate)
    assert not ask(cast, staff, candidate).allowed
    edge.withdrawn_on = DAY
    edge.save()
    assert ask(cast, staff, candidate).allowed


def test_every_source_of_this_house_is_heard(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    train(cast, staff, candidate)
    Authorship.objects.create(person=staff, title="讲义", family="UT", published_on=date(2025, 1, 1), recorded_at=NOW)
    Concealment.objects.create(person=staff, proved_on=date(2026, 1, 2), rule_id="x", recorded_at=NOW)
    Dispute.objects.create(person=candidate, other_person=staff, since=date(2026, 1, 2), recorded_at=NOW)
    employ(staff, cast.training_body)
    employ(staff, cast.employer)
    employ(candidate, cast.employer)
    assert ids(ask(cast, staff, candidate)) == [
        "recusal.concealed",
        "recusal.dispute",
        "recusal.same_employer",
        "recusal.trained_candidate",
        "recusal.trained_for_item",
        "recusal.training_post",
        "recusal.wrote_material",
    ]


@pytest.fixture
def only_own_sources(monkeypatch):
    """Without what subjects above add, so that the number below stands still."""
    own = {entry.id: entry for entry in FACT_SOURCES if entry.function.__module__.startswith("exams.recusal.")}
    monkeypatch.setattr(FACT_SOURCES, "_entries", own)


@pytest.mark.usefixtures("only_own_sources")
def test_the_number_of_queries_does_not_depend_on_how_many_are_asked(cast, django_assert_num_queries):
    candidates = [cast.person(f"考生{n}", 100 + n) for n in range(3)]
    staff = [cast.person(f"人{n}", 200 + n) for n in range(3)]
    for n, person in enumerate(staff):
        kin(person, "brother", candidates[n])
        employ(person, cast.employer)
        train(cast, person, candidates[n])
    by = cast.actor("exam_clerk")
    for pool in (staff[:1], staff):
        asked = matter(cast, *candidates[: len(pool)])
        with django_assert_num_queries(QUERIES):
            rulings = decide_many(persons=pool, capacity="invigilator", matter=asked, by=by, about=cast.body)
        assert [ids(ruling)[0] for ruling in rulings] == ["recusal.kin_of_candidate"] * len(pool)


# Persons, two hops of kinship (the candidates named tell of nobody new), employment, training, attendance, authorship,
# concealment, disputes, requests, parameters, waivers; relatives and others whom reports name without a number.
QUERIES = 14


def test_of_several_asked_together_each_gets_only_the_own_facts(cast):
    one, two = cast.person("甲", 1), cast.person("乙", 2)
    train(cast, one)
    found = gather([str(one.pk), str(two.pk)], "setter", matter(cast))
    assert len(found[str(one.pk)].trainings) == 1 and found[str(two.pk)].trainings == ()
    assert [known.name for known in found[str(two.pk)].known] == ["乙"]


def test_many_matters_at_once_give_the_facts_that_each_gives_alone(cast, django_assert_num_queries):
    """Kin in between of one matter is a candidate of another; trainees, posts and disputes belong to one of them only."""
    staff, other = cast.person("甲", 1), cast.person("乙", 2)
    candidates = [cast.person(f"考生{n}", 100 + n) for n in range(3)]
    kin(staff, "brother", candidates[0])
    kin(candidates[1], "father", candidates[0])
    kin(other, "wife", candidates[2])
    train(cast, staff, candidates[0], candidates[2])
    Dispute.objects.create(person=candidates[1], other_person=staff, since=date(2026, 1, 2), recorded_at=NOW)
    for person in (staff, *candidates):
        employ(person, cast.employer, until=date(2026, 5, 20))
    matters = [
        matter(cast, candidates[0]),
        matter(cast, *candidates[1:]),
        matter(cast, *candidates, on=date(2026, 6, 1)),
        matter(cast, candidates[0], colleagues=frozenset({str(candidates[1].pk)})),
    ]
    pool = frozenset({str(staff.pk), str(other.pk)})
    inquiries = [Inquiry(pool, capacity, one) for one in matters for capacity in ("invigilator", "setter")]
    together = gather_all(inquiries)
    for inquiry, found in zip(inquiries, together, strict=True):
        for person in pool:
            alone = gather([person], inquiry.capacity, inquiry.matter)[person]
            assert (found[person], found[person].digest()) == (alone, alone.digest())
    with django_assert_num_queries(0):
        assert gather_all([]) == []


@pytest.mark.usefixtures("only_own_sources")
def test_the_number_of_queries_does_not_depend_on_how_many_matters_are_asked(cast, django_assert_num_queries):
    staff, candidates = cast.person("甲", 1), [cast.person(f"考生{n}", 100 + n) for n in range(4)]
    train(cast, staff, *candidates)
    kin(staff, "brother", candidates[0])
    for some in (candidates[:1], candidates):
        inquiries = [Inquiry(frozenset({str(staff.pk)}), "chief", matter(cast, one)) for one in some]
        with django_assert_num_queries(QUERIES - 1):
            gather_all(inquiries)


def test_the_kinship_of_other_families_is_not_kept(cast):
    """What a ruling keeps of strangers' families would be nobody's business, and changes no answer."""
    staff, candidate, other = cast.person("甲", 1), cast.person("乙", 2), cast.person("丙", 3)
    kin(staff, "wife", cast.person("丁", 4))
    kin(candidate, "father", other)
    kin(candidate, "mother", cast.person("戊", 5))
    found = gather([str(staff.pk)], "chief", matter(cast, candidate))[str(staff.pk)]
    assert [edge.relation for edge in found.kin] == ["wife"]
    assert {known.id for known in found.known} >= {str(candidate.pk)} and str(other.pk) not in {known.id for known in found.known}


def test_gathered_facts_survive_json_and_give_the_same_ruling(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    kin(staff, "son", candidate)
    train(cast, staff, candidate)
    ruling = ask(cast, staff, candidate)
    ruling.save()
    TrainingEngagement.objects.all().update(since=date(2010, 6, 9), until=date(2010, 6, 20))
    ruling.refresh_from_db()
    assert [one.as_json() for one in replay(ruling)] == ruling.objections and is_whole(ruling)
    assert ids(ask(cast, staff, candidate)) != ids(ruling)


def test_facts_altered_behind_the_ruling_are_seen(cast):
    ruling = ask(cast, cast.person("甲", 1))
    ruling.facts = ruling.facts.replace("甲", "乙")
    assert not is_whole(ruling)


@pytest.mark.parametrize(("day", "years"), [(date(2026, 3, 31), 3), (date(2026, 4, 1), 2), (date(2026, 7, 1), 5)])
def test_the_parameter_in_force_on_the_day_counts(db, day, years):
    PolicyValue.objects.create(code="TRAINER_COOLOFF_YEARS", value="2", source="ISO 9712", effective_from=date(2026, 4, 1))
    PolicyValue.objects.create(code="TRAINER_COOLOFF_YEARS", value="5", source="机构规定", effective_from=date(2026, 7, 1))
    assert policy_on(day).cooloff_years == years


def test_organisations_and_their_kinds_come_along(cast):
    staff = cast.person("甲", 1)
    employ(staff, cast.training_body)
    facts = gather([str(staff.pk)], "setter", matter(cast))[str(staff.pk)]
    assert isinstance(facts, Facts) and [post.kind for post in facts.employments] == [Organisation.Kind.TRAINING_BODY.value]
    assert isinstance(cast, Cast)
