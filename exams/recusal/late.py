"""A ground proved after the person had acted: recorded by a superior with its proof, and where it was hidden, with what follows (R-20)."""

from __future__ import annotations

from datetime import date

from exams import clock, lifecycle
from exams.access import Actor
from exams.documents.actions import store
from exams.documents.kinds import SCANS, ZIP
from exams.errors import refuse
from exams.interests import actions as interests
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.recusal import rules
from exams.recusal.asking_again import reask
from exams.recusal.models import LateGround, Ruling
from exams.verdicts import gettext_noop as _

BASIS = _("Order 33 of the Ministry of Education, Art. 13 (1), by analogy; recusal rules of the body")
OWNER = "exams.LateGround"
SHORTEST_TEXT = 8


@action("recusal.record_late_ground", on="ruling")
def record_late_ground(
    *,
    by: Actor,
    ruling: Ruling,
    rule_id: str,
    proved_on: date,
    text: str,
    hidden: bool,
    decision_number: str = "",
    evidence: bytes | None = None,
    evidence_name: str = "",
) -> LateGround:
    """Put on record which rule stood against a person who acted under the ruling, how it was proved, and whether the person hid it.

    Hidden, it bars the person from exam work this year and the next; the duties still to come are asked again at once.
    """
    _possible(ruling, rule_id, proved_on, text)
    text = text.strip()
    concealment = None
    if hidden:
        concealment = interests.record_concealment.plain(  # type: ignore[attr-defined]
            by=by, person=ruling.person, proved_on=proved_on, rule_id=rule_id, text=text, decision_number=decision_number
        )
    ground = LateGround(
        ruling=ruling,
        person=ruling.person,
        body_id=ruling.body_id,
        event_id=ruling.event_id,
        rule_id=rule_id,
        proved_on=proved_on,
        text=text,
        hidden=hidden,
        concealment=concealment,
        decision_number=decision_number.strip(),
        recorded_by_id=by.person_id,
        recorded_name=by.name[:200],
        recorded_at=clock.now(),
    )
    document = store(by, evidence, evidence_name, "", OWNER, ground.pk, accept=SCANS | {ZIP}) if evidence else None
    ground.document_id = document.pk if document else None
    ground.save(force_insert=True)
    facts = {"rule": rule_id, "proved_on": proved_on, "hidden": hidden, "evidence": document.sha256 if document else ""}
    private = {"text": text, "person": ruling.person.name}
    record("recusal.record_late_ground", ground, by=by, about=[ruling, ruling.person], private=private, **facts)
    kind = "recusal.late_ground_hidden" if hidden else "recusal.late_ground"
    params = {"about": ruling.about_text, "rule": rules.RULES.get(rule_id).title}
    send(person_id=ruling.person_id, kind=kind, params=params)
    reask(ruling.person_id, by=by)
    return ground


def _possible(ruling: Ruling, rule_id: str, proved_on: date, text: str) -> None:
    """The person acted, the rule was asked, the proof lies after the act and not in the future."""
    if ruling.body_id is None:
        refuse("recusal.late_body", _("This ruling is about no body’s examination."))
    if rule_id not in {entry.id for entry in rules.asked(ruling.capacity)}:
        refuse("recusal.late_rule", _("Choose a rule that is asked of this capacity."))
    acted_on = date.fromisoformat(ruling.matter["on"])
    if acted_on > clock.today():
        refuse(
            "recusal.late_early",
            _("The person has not acted yet; the day is %(day)s."),
            remedy=_("Put the fact itself on record: the rules are asked again at once."),
            day=acted_on.isoformat(),
        )
    if not acted_on <= proved_on <= clock.today():
        refuse("recusal.late_day", _("The proof lies after the day on which the person acted, and not in the future."))
    if len(text.strip()) < SHORTEST_TEXT:
        refuse("recusal.late_text", _("State what stood in the way and how it was proved."), basis=BASIS)
    if LateGround.objects.filter(ruling=ruling, rule_id=rule_id, state="stands").exists():
        refuse("recusal.late_known", _("This ground is on record for this ruling already."))


@action("recusal.revoke_late_ground", on="ground")
def revoke_late_ground(*, by: Actor, ground: LateGround, reason: str) -> LateGround:
    """The proof did not hold: the record stays as revoked, and the person may serve again."""
    if len(reason.strip()) < SHORTEST_TEXT:
        refuse("recusal.reason", _("State the reason in a sentence; it is kept with the decision."), basis=BASIS)
    lifecycle.move(ground, "revoke")
    if ground.concealment is not None and ground.concealment.revoked_on is None:
        interests.revoke_concealment.plain(by=by, concealment=ground.concealment, reason=reason)  # type: ignore[attr-defined]
    record("recusal.revoke_late_ground", ground, by=by, about=[ground.ruling, ground.person], private={"reason": reason.strip()})
    reask(ground.person_id, by=by)
    return ground
