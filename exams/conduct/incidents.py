"""The closed list of incidents: what may be recorded in a room, in groups, with the words of the rule each group comes from."""

from __future__ import annotations

from dataclasses import dataclass

from exams.verdicts import gettext_noop as _

# Until somebody has decided, a kind of these groups is only suspected and screens say so.
IRREGULARITIES = frozenset({"general", "serious", "very_serious", "disorder", "later"})


@dataclass(frozen=True)
class Kind:
    """One kind of incident."""

    id: str
    group: str
    title: str

    @property
    def irregularity(self) -> bool:
        return self.group in IRREGULARITIES


GROUPS = {
    "general": _("Candidate, general irregularity"),
    "serious": _("Candidate, serious irregularity"),
    "very_serious": _("Candidate, very serious irregularity"),
    "disorder": _("Candidate, disorder"),
    "later": _("Candidate, found later"),
    "health": _("Health and needs"),
    "staff": _("Staff"),
    "papers": _("Papers"),
    "computers": _("Computers and systems"),
    "video": _("Video and clock"),
    "equipment": _("Practical equipment"),
    "environment": _("Environment and emergencies"),
}

_ROWS = {
    "general": {
        "device_or_notes_at_seat": _("Device or notes at the seat after a reminder"),
        "identity_not_filled": _("Identity details not filled in as required, after a reminder"),
        "marked_paper": _("Name or special mark outside the given place"),
        "wrong_or_left_seat": _("Wrong seat, or left seat or room without leave, after a reminder"),
        "wrong_pen_or_hand": _("Wrong paper or pen, or handwriting differs"),
        "before_or_after_signal": _("Answered before the start or after the end signal"),
        "papers_taken_out": _("Took papers out of the room"),
        "damage": _("Damaged papers or computer equipment on purpose"),
        "system_misuse": _("Did not use the test system as required, after a reminder"),
        "other_general": _("Other general breach"),
    },
    "serious": {
        "copying": _("Copied, or helped to copy"),
        "passing_papers": _("Passed papers to one another"),
        "forged_document": _("Sat with a forged document"),
        "spreading_questions": _("Spread questions or answers before the end"),
        "device_used": _("Used a forbidden device"),
        "other_serious": _("Other serious breach"),
    },
    "very_serious": {
        "collusion": _("Collusion or organised cheating"),
        "impersonation": _("Sat for another, or let another sit"),
        "other_very_serious": _("Other very serious breach"),
    },
    "disorder": {
        "disturbing": _("Disturbed the order of venue or room on purpose"),
        "obstruction": _("Refused or hindered the staff"),
        "threat_or_insult": _("Threatened, insulted or falsely accused staff or candidates"),
        "other_disorder": _("Other disorder"),
    },
    "later": {
        "identical_answers": _("Identical answers (confirmed by marking experts)"),
        "false_proof": _("False proof or other improper means"),
    },
    "health": {"illness": _("Sudden illness"), "toilet": _("Toilet leave"), "accommodation": _("Arrangement for special needs")},
    "staff": {
        "staff_absent": _("Absent or late on duty"),
        "left_post": _("Left the post"),
        "hint": _("Hinted at answers"),
        "no_recusal": _("Did not recuse"),
        "false_record": _("Record not accurate"),
        "unauthorised_opening": _("Opened sealed papers without right"),
        "time_changed": _("Changed exam times without right"),
        "seat_swapped": _("Changed seats or rooms without right"),
        "admitted_wrongly": _("Admitted a person wrongly"),
        "recording_lost": _("Lost or destroyed a recording"),
        "other_staff": _("Other staff irregularity"),
    },
    "papers": {
        "seal_broken": _("Bag seal broken"),
        "seal_replaced": _("Bag seal replaced"),
        "seal_number_differs": _("Seal number differs"),
        "count_differs": _("Count differs"),
        "misprint": _("Misprint"),
        "wrong_paper": _("Wrong paper handed out"),
        "damaged_paper": _("Damaged paper"),
        "suspected_leak": _("Suspected leak"),
    },
    "computers": {
        "machine_fault": _("Machine fault"),
        "machine_changed": _("Machine changed"),
        "server_fault": _("Server fault"),
        "network_down": _("Network interrupted"),
        "answers_recovered": _("Answers recovered"),
        "power_failure": _("Power failure"),
    },
    "video": {
        "camera_fault": _("Camera fault"),
        "seat_not_covered": _("Seat without monitoring"),
        "recording_failed": _("Recording failed"),
        "clock_offset": _("Clock offset"),
    },
    "equipment": {"specimen_fault": _("Fault of specimen or equipment"), "safety_stop": _("Stopped for safety")},
    "environment": {
        "noise": _("Noise"),
        "temperature_light": _("Temperature or lighting"),
        "fire_alarm": _("Fire alarm"),
        "natural_event": _("Natural event"),
        "evacuation": _("Evacuation"),
        "outsider": _("Outsider entered"),
        "early_hand_in": _("Handed in early and left"),
    },
}

KINDS: dict[str, Kind] = {id: Kind(id, group, title) for group, rows in _ROWS.items() for id, title in rows.items()}

MEASURES = {
    "remind": _("Reminded"),
    "stop": _("Stopped the act"),
    "hold_items": _("Held items against a receipt"),
    "move": _("Moved to another seat"),
    "change_machine": _("Changed the machine"),
    "make_up_time": _("Made up time (chief)"),
    "removal": _("Removed from the room (chief)"),
    "spare_paper": _("Used the spare paper (approved)"),
    "interrupt": _("Interrupted the exam (approved)"),
    "police": _("Called the police"),
}
