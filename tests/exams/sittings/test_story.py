"""One arrangement from the venue to the published tickets."""

from exams.journal.projection import differences
from exams.sittings.models import Duty, Place


def test_an_arrangement_is_made_and_published(scene):
    scene.published()
    places = list(Place.objects.filter(slot=scene.slot))
    assert len(places) == 5
    assert {place.ticket_state for place in places} == {"issued"}
    assert {place.application.state for place in places} == {"ticket_issued"}
    assert {duty.state for duty in Duty.objects.all()} == {"released"}
    scene.event.refresh_from_db()
    assert scene.event.state == "arranged"
    assert list(differences(Place)) == []
    assert list(differences(Duty)) == []
