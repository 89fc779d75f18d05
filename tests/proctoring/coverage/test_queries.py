"""The coverage of a sitting from the tables: healthy and recorded, explained or not, as literal sums."""

from __future__ import annotations

import pytest

from exams.conduct.readiness import blocking
from exams.errors import NotPermitted, Refused
from exams.registry import Registry
from exams.sittings.models import Sitting
from proctoring.coverage import actions, queries
from proctoring.coverage.models import Segment
from proctoring.plugs import readiness
from tests.cast import Cast
from tests.proctoring.room import Sender, Watched, ms

pytestmark = pytest.mark.django_db


def closing_gate() -> Registry:
    gate = Registry("only the video")
    gate.register("proctoring.gaps", title="")(readiness.gaps_explained)
    return gate


def recorded(watched: Watched, state: str = "covered", since: int = 20, until: int = 32) -> None:
    """Both cameras watch the whole sitting; the first one is harmed for twelve seconds, the second for its last two."""
    sender, start = Sender(watched), ms(watched.starts)
    first, second = watched.cameras
    items = [
        sender.segment(first, start, start + since * 1000),
        sender.segment(first, start + since * 1000, start + until * 1000, state),
        sender.segment(first, start + until * 1000, start + 60_000),
        sender.segment(second, start, start + 30_000),
        sender.segment(second, start + 30_000, start + 32_000, "offline"),
        sender.segment(second, start + 32_000, start + 60_000),
    ]
    items += [sender.file(camera, start, start + 60_000, sha=f"{n}a" * 32) for n, camera in enumerate(watched.cameras)]
    assert sender.store(*items).refused == ()
    Sitting.objects.filter(pk=watched.sitting.pk).update(ends_at=queries.moment(start + 60_000), state="closed")
    watched.sitting.refresh_from_db()


def test_two_cameras_cover_one_another_and_what_both_lose_is_lost(watched: Watched):
    recorded(watched)
    report = queries.report(watched.sitting)
    assert {label: sorted(names) for label, names in report.seen.items()} == {label: ["C1", "C2"] for label in report.seen}
    seats = len(report.seen)
    assert (report.coverage.total("ok"), report.coverage.total("gap")) == (58_000 * seats, 2_000 * seats)
    assert [(gap.camera.name, gap.reasons, gap.seconds, gap.seat_seconds) for gap in report.gaps] == [
        ("C1", ("covered",), 12, 2 * seats), ("C2", ("offline",), 2, 2 * seats)
    ]  # fmt: skip
    assert report.coverage.longest_gap()[0] == 2_000
    assert report.provisional is False


def test_video_that_was_seen_and_not_recorded_is_a_gap(watched: Watched):
    sender, start = Sender(watched), ms(watched.starts)
    sender.store(*[sender.segment(camera, start, start + 60_000) for camera in watched.cameras])
    Sitting.objects.filter(pk=watched.sitting.pk).update(ends_at=queries.moment(start + 60_000), state="closed")
    watched.sitting.refresh_from_db()
    assert {gap.reasons for gap in queries.report(watched.sitting).gaps} == {("not_recorded",)}


def test_a_camera_whose_aim_nobody_checked_sees_nothing(watched: Watched):
    recorded(watched)
    watched.room.cameras.update(aim_checked_at=None)
    report = queries.report(watched.sitting)
    assert report.cameras == []
    assert report.coverage.total("ok") == 0


def test_closing_waits_for_the_explanation_and_the_coverage_stays(watched: Watched):
    recorded(watched)
    before = queries.report(watched.sitting).coverage
    assert [one.id for one in blocking(closing_gate(), watched.sitting)] == ["proctoring.gap_unexplained"]
    (gap,) = queries.report(watched.sitting).open_gaps
    explain = {"by": watched.technician, "sitting": watched.sitting, "camera": gap.camera}
    actions.explain_gap(**explain, since=gap.start, until=gap.end - 1, reason="blocked_view", text="a banner fell")
    assert len(queries.report(watched.sitting).open_gaps) == 1
    actions.explain_gap(**explain, since=gap.starts_at, until=gap.ends_at, reason="a banner fell before the lens")
    after = queries.report(watched.sitting)
    assert after.open_gaps == []
    assert blocking(closing_gate(), watched.sitting) == []
    assert after.coverage == before


def test_an_explanation_needs_words_an_interval_and_this_room(watched: Watched, cast: Cast):
    recorded(watched)
    (gap,) = queries.report(watched.sitting).open_gaps
    given = {
        "by": watched.technician,
        "sitting": watched.sitting,
        "camera": gap.camera,
        "since": gap.start,
        "until": gap.end,
        "reason": "power",
    }
    other = Watched(cast, "2026-11").seated()
    for wrong, id in (
        ({}, "gap.no_words"),
        ({"text": "x", "until": gap.start}, "gap.interval"),
        ({"text": "x", "camera": other.cameras[0]}, "gap.elsewhere"),
    ):
        with pytest.raises(Refused) as refusal:
            actions.explain_gap(**{**given, **wrong})
        assert [one.id for one in refusal.value.objections] == [id]
    with pytest.raises(NotPermitted):
        actions.explain_gap(**{**given, "text": "x", "by": cast.stranger})
    Sitting.objects.filter(pk=watched.sitting.pk).update(state="sealed")
    watched.sitting.refresh_from_db()
    with pytest.raises(Refused):
        actions.explain_gap(**{**given, "text": "x"})


def test_what_the_server_wrote_stands_beside_what_came_later(watched: Watched):
    recorded(watched)
    start = ms(watched.starts)
    Segment.objects.create(camera=watched.cameras[1], epoch="server", start_ms=start, end_ms=start + 9_000, states="offline")
    report = queries.report(watched.sitting)
    assert report.coverage.total("gap") == 2_000 * len(report.seen)
    assert Segment.objects.filter(epoch="server").count() == 1


@pytest.mark.parametrize("n", [1, 40])
def test_queries_do_not_grow_with_the_segments(watched: Watched, n: int, django_assert_num_queries):
    sender, start = Sender(watched), ms(watched.starts)
    sender.store(*[sender.segment(watched.cameras[0], start + 1000 * k, start + 1000 * k + 500) for k in range(n)])
    sitting = queries.visible_to(watched.technician).get()
    with django_assert_num_queries(8):  # bell, cameras, seats of the room, places, segments, recordings, explanations, parameters
        queries.report(sitting)
