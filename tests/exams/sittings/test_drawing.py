"""The plan as SVG: seats in walking order, layers of others, names cut only where the label has them whole."""

from django.utils.safestring import mark_safe

from exams.sittings.drawing import Layer, draw, plan_layer


def test_seats_are_drawn_in_walking_order_with_whole_names_in_their_labels(scene):
    scene.drawn()
    places = list(scene.sitting.places.select_related("application__person"))
    drawn = draw(scene.rooms[0], places)
    assert [cell.seat.label for row in drawn.rows for cell in row] == [f"{number:02}" for number in range(1, 13)]
    labels = " ".join(cell.label for row in drawn.rows for cell in row)
    for place in places:
        assert place.application.person.name in labels


def test_a_layer_says_which_seat_is_seen_and_why_one_is_not(scene):
    seats = list(scene.rooms[0].seats.all())

    @plan_layer("sittings.test_layer")
    def layer(room, scale):
        """A layer for this test."""
        return Layer(
            below=mark_safe('<g class="cone"/>'), seen={seats[0].pk: ("C1", "C2"), seats[1].pk: ("C1",)}, unseen={seats[2].pk: "pillar"}
        )

    cells = {cell.seat.pk: cell for row in draw(scene.rooms[0]).rows for cell in row}
    assert [cells[seat.pk].css for seat in seats[:3]] == ["d-ok", "d-once", "d-gap"]
    assert "pillar" in cells[seats[2].pk].label
    assert draw(scene.rooms[0]).below == '<g class="cone"/>'
