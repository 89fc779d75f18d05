"""Two at once: a duty is given while a fact that forbids it is being written; a waiver is confirmed twice; a request decided twice."""

import threading

import pytest
from django.db import connection, connections

from exams import clock
from exams.errors import Refused, Stale
from exams.people.models import KinEdge
from exams.recusal import actions
from exams.recusal.models import ObjectionNotice, RecusalRequest, Ruling, Waiver
from exams.recusal.standing import Stand
from tests.cast import Cast
from tests.exams.recusal.matters import DAY, employ, kin, matter, standing_in

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads race for real on PostgreSQL only"),
    pytest.mark.django_db(transaction=True),
]


def at_once(*works):
    """Run the works in threads that start together; what each returned or raised."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            gate.wait()
            results[place] = work()
        except Exception as error:  # the test looks at it
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.parametrize("attempt", range(5))
def test_no_duty_slips_past_a_declaration_made_at_the_same_moment(cast: Cast, attempt: int):
    """Whoever commits second sees the other: either the duty is refused, or an open notice stands against it."""
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    by, asked = cast.actor("exam_clerk"), matter(cast, candidate)
    stand = Stand(str(staff.pk), "chief", asked, cast.body)
    with standing_in() as stands:

        def assign():
            ruling = actions.require_clear(person=staff, capacity="chief", matter=asked, by=by, about=cast.body)
            stands.append(stand)
            actions.reask(staff.pk)
            return ruling

        def declare():
            kin(staff, "son", candidate)
            return actions.reask(staff.pk)

        assigned, _declared = at_once(assign, declare)
    assert KinEdge.objects.count() == 1
    if isinstance(assigned, Refused):
        assert not ObjectionNotice.objects.exists()
    else:
        assert isinstance(assigned, Ruling)
        assert ObjectionNotice.objects.get().person_id == staff.pk


def test_of_two_confirmations_one_counts(cast: Cast):
    staff = cast.person("甲", 1)
    employ(staff, cast.training_body)
    ruling = actions.rule_on(person=staff, capacity="chief", matter=matter(cast), by=cast.actor("exam_clerk"), about=cast.body)
    waiver = actions.waive(
        by=cast.actor("head_of_body"),
        ruling=ruling,
        objection_id="recusal.training_post",
        reason="本批次无其他合格人员可以安排",
        until=DAY,
    )
    officers = [cast.actor("authority_officer", name=name) for name in ("高", "罗")]
    rows = [Waiver.objects.select_related("ruling").get(pk=waiver.pk) for _ in officers]
    results = at_once(
        *(
            lambda by=by, row=row: actions.confirm_waiver(by=by, waiver=row)
            for by, row in zip(officers, rows, strict=True)
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Stale", "Waiver"]
    assert len(Waiver.objects.get().decided_by) == 2


def test_a_request_is_decided_once(cast: Cast):
    staff = cast.person("甲", 1)
    request = RecusalRequest.objects.create(person=staff, body=cast.body, filed_on=clock.today(), reason="与本人有经济纠纷")
    head, officer = cast.actor("head_of_body"), cast.actor("authority_officer")
    rows = [RecusalRequest.objects.get(pk=request.pk) for _ in range(2)]
    results = at_once(
        lambda: actions.decide_request(by=head, request=rows[0], granted=True, decision="同意回避，另行安排人员"),
        lambda: actions.decide_request(by=officer, request=rows[1], granted=False, decision="不同意，情况不属实"),
    )
    assert sum(isinstance(result, Stale) for result in results) == 1
    kept = RecusalRequest.objects.get()
    assert (kept.state, kept.decision) in {("granted", "同意回避，另行安排人员"), ("refused", "不同意，情况不属实")}


def test_the_same_notice_is_raised_once(cast: Cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    kin(staff, "son", candidate)
    with standing_in(Stand(str(staff.pk), "chief", matter(cast, candidate), cast.body)):
        results = at_once(*(lambda: actions.reask(candidate.pk) for _ in range(3)))
    assert not [result for result in results if isinstance(result, Exception)], results
    assert ObjectionNotice.objects.count() == 1
