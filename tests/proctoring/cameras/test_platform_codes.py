"""What others call our faults: a row for each fault that exists, nothing half known, and the export carries it."""

from __future__ import annotations

import pytest
from django.test import Client

from exams import clock
from proctoring.cameras.platform_codes import CODES, as_row
from proctoring.faults.discovery import detector_classes
from tests.cast import sign_in_as
from tests.proctoring.room import Sender, Watched, ms


def test_every_fault_has_its_row_and_an_alarm_type_never_stands_without_its_method():
    assert {one.state for one in detector_classes()} <= set(CODES)
    assert all(bool(code.method) == bool(code.type) == bool(code.called) for code in CODES.values())
    assert as_row("frozen") == {"onvif_topic": "", "gbt28181_alarm_method": "", "gbt28181_alarm_type": "", "codes_known": "none"}
    assert as_row("something else")["codes_known"] == "none"


@pytest.mark.django_db
def test_the_export_says_both_names(watched: Watched, client: Client):
    sender, now = Sender(watched), ms(clock.now())
    sender.store(sender.fault(watched.cameras[0], "covered", True, now - 15_000, now - 14_000))
    sign_in_as(client, watched.technician)
    (row,) = client.get(f"/video/coverage/{watched.sitting.pk}/faults.json").json()["faults"]
    assert (row["camera"], row["state"], row["gbt28181_alarm_type"]) == ("C1", "covered", "13")
    sign_in_as(client, watched.cast.actor("technician", watched.cast.other_body))
    assert client.get(f"/video/coverage/{watched.sitting.pk}/faults.json").status_code == 404
