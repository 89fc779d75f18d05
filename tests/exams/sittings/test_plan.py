"""Room plans: inside and outside in integers against a slow twin, spacing, rows."""

from hypothesis import given, settings
from hypothesis import strategies as st

from exams.sittings.plan import Spot, inside, rectangle, rows_of, too_near

SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
NOTCHED = [(0, 0), (100, 0), (100, 50), (50, 50), (50, 100), (0, 100)]


@settings(deadline=None)
@given(st.integers(-20, 120), st.integers(-20, 120))
def test_inside_agrees_with_two_rectangles(x, y):
    slow = (0 <= x <= 100 and 0 <= y <= 50) or (0 <= x <= 50 and 0 <= y <= 100)
    assert inside((x, y), NOTCHED) == slow


def test_the_edge_belongs_to_the_room():
    assert inside((0, 0), SQUARE)
    assert inside((100, 37), SQUARE)
    assert not inside((101, 37), SQUARE)


def test_spacing_is_measured_between_desks_not_their_middles():
    assert list(too_near([Spot("1", 0, 0), Spot("2", 1400, 0)], 800)) == []
    ((first, second, clear),) = too_near([Spot("1", 0, 0), Spot("2", 1399, 0)], 800)
    assert (first.label, second.label, clear) == ("1", "2", 799)


def test_the_plain_room_is_sound_and_walks_row_by_row():
    from types import SimpleNamespace

    plan, spots = rectangle(9000, 9000, 3, 4)
    assert [spot.label for spot in spots] == [f"{number:02}" for number in range(1, 13)]
    assert list(too_near(spots, 800)) == []
    seats = [SimpleNamespace(label=spot.label, x_mm=spot.x, y_mm=spot.y) for spot in reversed(spots)]
    assert [[seat.label for seat in row] for row in rows_of(seats)] == [
        ["01", "02", "03", "04"],
        ["05", "06", "07", "08"],
        ["09", "10", "11", "12"],
    ]
    assert plan["ceiling"] == 3000
