"""Many are cleared together as each would be alone: all or nobody, every objection at once, in as many queries as one."""

import pytest
from django.db import connection

from exams.errors import Refused
from exams.journal.models import Entry
from exams.recusal import actions
from exams.recusal.models import ObjectionNotice, Ruling
from exams.recusal.standing import Stand
from tests.exams.recusal.matters import employ, kin, matter, standing_in
from tests.exams.recusal.test_races import at_once


def stand(cast, person, *candidates, capacity="chief", **more):
    return Stand(str(person.pk), capacity, matter(cast, *candidates, **more), cast.body)


def clear(cast, *stands):
    return actions.require_all_clear(stands=stands, by=cast.actor("exam_clerk"))


def test_each_gets_its_ruling_in_the_order_asked(cast):
    people = [cast.person(f"人{n}", n) for n in (3, 1, 2)]
    rulings = clear(cast, *(stand(cast, one) for one in people))
    assert [ruling.person for ruling in rulings] == people and all(ruling.allowed for ruling in rulings)
    kept = Ruling.objects.in_bulk([ruling.pk for ruling in rulings])
    assert [kept[ruling.pk].facts for ruling in rulings] == [ruling.facts for ruling in rulings]
    entries = Entry.objects.filter(action="recusal.rule_on")
    assert {entry.object_id for entry in entries} == {str(ruling.pk) for ruling in rulings} and entries.count() == 3


def test_one_alone_is_ruled_the_same_way(cast):
    person = cast.person("甲", 1)
    alone = actions.require_clear(person=person, capacity="chief", matter=matter(cast), by=cast.actor("exam_clerk"), about=cast.body)
    assert clear(cast, stand(cast, person)) == [alone]


def test_one_ground_refuses_all_and_every_objection_is_told(cast):
    father, trainer, other = cast.person("甲", 1), cast.person("乙", 2), cast.person("丙", 3)
    candidate = cast.person("丁", 4)
    kin(father, "son", candidate)
    employ(trainer, cast.training_body)
    with pytest.raises(Refused) as refused:
        clear(cast, stand(cast, other, candidate), stand(cast, trainer, candidate), stand(cast, father, candidate))
    assert [one.id for one in refused.value.objections] == ["recusal.training_post", "recusal.kin_of_candidate"]
    assert [ruling.person for ruling in refused.value.keep] == [trainer, father]
    assert not Ruling.objects.exists() and not Entry.objects.filter(action="recusal.rule_on").exists()


def test_what_is_merely_disclosed_stands_in_nobodys_way(cast):
    setter, candidate = cast.person("甲", 1), cast.person("乙", 2)
    employ(setter, cast.employer)
    employ(candidate, cast.employer)
    [ruling] = clear(cast, stand(cast, setter, candidate, capacity="setter"))
    assert ruling.state == "disclosed"


def test_the_same_facts_are_kept_once_also_within_one_call(cast):
    one, two = cast.person("甲", 1), cast.person("乙", 2)
    first = clear(cast, stand(cast, one), stand(cast, two), stand(cast, one))
    assert first[0] == first[2] != first[1] and Ruling.objects.count() == 2
    assert clear(cast, stand(cast, two), stand(cast, one)) == [first[1], first[0]] and Ruling.objects.count() == 2
    assert clear(cast, stand(cast, one, item="另一项"))[0] not in first


def test_nobody_asked_is_nobody_refused(cast, django_assert_num_queries):
    by = cast.actor("exam_clerk")
    with django_assert_num_queries(2):  # the transaction
        assert actions.require_all_clear(stands=[], by=by) == []


@pytest.mark.usefixtures("only_own_sources")
@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_depend_on_how_many(cast, django_assert_num_queries, number):
    by, candidate = cast.actor("exam_clerk"), cast.person("考生", 50)
    stands = [stand(cast, cast.person(f"人{n}", n), candidate) for n in range(number)]
    with django_assert_num_queries(QUERIES):
        actions.require_all_clear(stands=stands, by=by)
    with django_assert_num_queries(QUERIES - 6):  # nothing is stored again
        actions.require_all_clear(stands=stands, by=by)


# Transaction 2, persons locked 1, facts, parameters and waivers 12, rulings kept already 1; storing them: transaction 2, rulings, entries,
# their details and whom they mention 4.
QUERIES = 22


def test_whoever_is_cleared_is_asked_again_after_commit(cast, django_capture_on_commit_callbacks):
    """What another transaction brought meanwhile is seen then: here a kinship told between ruling and commit."""
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    one = stand(cast, staff, candidate)
    with standing_in(one), django_capture_on_commit_callbacks(execute=True) as callbacks:
        clear(cast, one, stand(cast, candidate))
        kin(staff, "son", candidate)
    assert len(callbacks) == 1 and ObjectionNotice.objects.get().person == staff


@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads race for real on PostgreSQL only")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_two_who_ask_about_the_same_people_do_not_wait_for_ever(cast, attempt):
    stands = [stand(cast, cast.person(f"人{n}", n)) for n in range(12)]
    by = cast.actor("exam_clerk")
    orders = (stands, stands[::-1], stands[::2] + stands[1::2])
    results = at_once(*(lambda order=order: actions.require_all_clear(stands=order, by=by) for order in orders))
    assert [sorted(ruling.person_id for ruling in rulings) for rulings in results] == [sorted(one.person_id for one in results[0])] * 3
    assert Ruling.objects.count() == 12
