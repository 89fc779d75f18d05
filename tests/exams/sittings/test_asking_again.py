"""All duties of a slot are asked again together: everything or nothing, each on a ruling of its own, in as many queries as one."""

import pytest

from exams.errors import Refused
from exams.interests.models import Declaration
from exams.people.models import Employment, Person
from exams.recusal.models import Ruling
from exams.sittings import actions
from exams.sittings.actions.duties import ask_all_again
from exams.sittings.models import Duty
from tests.exams.sittings.scene import Scene


def serve(scene: Scene, number: int) -> None:
    """The first so many of: the chief, and two invigilators of one room."""
    for actor, sitting in [(scene.chief, None), *((one, scene.sitting) for one in scene.invigilators)][:number]:
        scene.assign(actor, sitting)


def test_each_duty_rests_on_a_new_ruling_about_those_who_sit_in_its_room(scene):
    assert scene.candidates
    serve(scene, 3)
    before = dict(Duty.objects.values_list("pk", "ruling"))
    scene.drawn()
    duties = actions.ask_again(by=scene.clerk, slot=scene.slot)
    after = dict(Duty.objects.values_list("pk", "ruling"))
    assert after == {duty.pk: duty.ruling_id for duty in duties} and not set(after.values()) & set(before.values()) - {None}
    rulings = Ruling.objects.filter(pk__in=after.values())
    assert set(rulings.values_list("person", "capacity")) == {(duty.person_id, duty.capacity) for duty in duties}
    of_room = [duty for duty in duties if duty.sitting]
    assert {duty.ruling.about_text for duty in of_room} == {str(scene.sitting)}
    assert all(len(duty.ruling.matter["colleagues"]) == 1 for duty in of_room)


def test_two_grounds_refuse_everything_and_both_are_told_and_kept(scene):
    scene.drawn()
    serve(scene, 3)
    before = dict(Duty.objects.values_list("pk", "ruling"))
    kept = set(Ruling.objects.values_list("pk", flat=True))
    chief, invigilator = (Person.objects.get(pk=one.person_id) for one in (scene.chief, scene.invigilators[0]))
    Employment.objects.create(person=chief, organisation=scene.cast.training_body, since="2020-01-01")
    Declaration.objects.filter(person=invigilator).delete()
    with pytest.raises(Refused) as refused:
        actions.ask_again(by=scene.clerk, slot=scene.slot)
    assert sorted(one.id for one in refused.value.objections) == ["recusal.training_post", "recusal.undeclared"]
    assert dict(Duty.objects.values_list("pk", "ruling")) == before
    new = Ruling.objects.exclude(pk__in=kept)
    assert {ruling.person for ruling in new} == {chief, invigilator} and not any(ruling.allowed for ruling in new)


def test_a_slot_without_duties_is_asked_nothing(scene):
    assert ask_all_again(by=scene.clerk, duties=scene.slot.duties.all()) == [] and not Ruling.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_number_of_duties(scene, django_assert_num_queries, number):
    scene.drawn()
    serve(scene, 3)
    asked = list(scene.slot.duties.order_by("-capacity").values_list("pk", flat=True))[:number]
    with django_assert_num_queries(QUERIES):
        assert len(ask_all_again(by=scene.clerk, duties=scene.slot.duties.filter(pk__in=asked))) == number


# Duties with slots and rooms 3, who sits and serves there 4, transactions 4, persons locked 1, facts, parameters and waivers 16,
# rulings kept already 1, storing them 4, the duties 1.
QUERIES = 34
