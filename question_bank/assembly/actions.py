"""Drawing a paper with its spare, approving it, and drawing it again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, Stale, refuse
from exams.journal.actions import action, record
from exams.people.models import Organisation
from exams.recusal.asking_again import reask
from exams.sittings.models import TimeSlot
from exams.verdicts import gettext_noop as _
from question_bank.assembly.fairness import known_to_the_tied
from question_bank.assembly.models import Contribution, Paper, PaperForm, PaperSlot, Use
from question_bank.assembly.queries import papers_for, pool, resting, use_tag, versions_of
from question_bank.assembly.rules import REST_EVENTS, commitment, deviations, impossible, solver_rows
from question_bank.assembly.solver import Candidate, Draw, Infeasible, Row, draw, printing_order
from question_bank.blueprints.models import Blueprint
from question_bank.blueprints.rules import full_marks
from question_bank.questions.models import Question, Version

_BASIS = "R-25, R-26"


@dataclass(frozen=True)
class _Drawn:
    """A finished draw on its way into the tables."""

    found: Draw
    seed: str
    salt: str
    candidates: dict[str, Candidate]
    excluded: int
    title: str


@action("assembly.draw", on="blueprint")
def draw_paper(
    *,
    by: Actor,
    blueprint: Blueprint,
    slot_ids: Iterable[UUID | str],
    seed: str | None = None,
    rest_events: int = REST_EVENTS,
    barred: Iterable[UUID | str] = (),
) -> Paper:
    """Draw forms A and B of the main paper and a spare; the seed is committed to now and disclosed at the opening."""
    slots = _slots(by, blueprint, slot_ids)
    rows = solver_rows(blueprint.rows)
    left_out = {str(pk) for pk in barred} | known_to_the_tied(slots, blueprint.family, by.organisation_id, by)
    drawn = _draw(by, blueprint, rows, seed or secrets.token_hex(16), rest_events, left_out, _title(slots[0]))
    if blueprint.state == "draft":
        lifecycle.move(blueprint, "use")
    main = _paper(by, blueprint, drawn, _next_number(by), None)
    spare = _paper(by, blueprint, drawn, f"{main.number}-S", main)
    PaperSlot.objects.bulk_create(PaperSlot(paper=main, slot=slot) for slot in slots)
    forms = drawn.found.forms
    _put_forms(main, {"A": forms["A"], "B": forms["B"]})
    _put_forms(spare, {"A": forms["S"], "B": printing_order(forms["S"], drawn.seed, "S-B")})
    for paper in (main, spare):
        record(
            "assembly.draw",
            paper,
            by=by,
            about=[blueprint, *slots],
            seed_commitment=paper.seed_commitment,
            pool_digest=drawn.found.pool_digest,
            pool=len(drawn.candidates),
            excluded=drawn.excluded,
            repeats=drawn.found.repeats,
        )
    for person in {row.person_id for row in Contribution.objects.filter(paper__in=[main, spare])} | {by.person_id}:
        reask(person, by=by)
    return main


@action("assembly.read", on="paper")
def read_paper(*, by: Actor, paper: Paper) -> dict[str, list[Version]]:
    """Read the whole paper before approving it; every look is recorded."""
    found = {form.label: versions_of(form) for form in paper.forms.all()}
    record("assembly.read", paper, by=by, forms={label: len(versions) for label, versions in found.items()})
    return found


@action("assembly.approve", on="paper")
def approve_paper(*, by: Actor, paper: Paper) -> Paper:
    """Approve the paper and its spare; not by the person who drew them, and only if the blueprint is met."""
    spare = Paper.objects.filter(spare_of=paper).first()
    for each in filter(None, (paper, spare)):
        if each.drawn_by_id == by.person_id:
            refuse(
                "assembly.drew_it",
                _("You drew paper %(number)s and may not approve it."),
                basis="R-24",
                remedy=_("Another person approves it."),
                number=each.number,
            )
        _met(each)
        lifecycle.move(each, "approve", approved_by_id=by.person_id, approved_at=clock.now())
        record("assembly.approve", each, by=by)
    return paper


@action("assembly.discard", on="paper")
def discard_paper(*, by: Actor, paper: Paper, reason: str) -> Paper:
    """Drop a drawn paper with its spare, so that another can be drawn; the reason stays."""
    if not reason.strip():
        refuse("questions.reason_missing", _("A reason is missing."), basis=_BASIS, remedy=_("Write the reason."))
    spare = Paper.objects.filter(spare_of=paper).first()
    for each in filter(None, (paper, spare)):
        lifecycle.move(each, "discard")
        empty(each)
        Use.objects.filter(paper=each).delete()
        record("assembly.discard", each, by=by, private={"reason": reason})
    return paper


def empty(paper: Paper) -> None:
    """Remove what says which questions stand in the paper, and the seed that would tell."""
    for form in paper.forms.all():
        form.versions_text = "[]"
        form.save(update_fields=["versions_text"])
    paper.seed = ""
    paper.save(update_fields=["seed"])


def _slots(by: Actor, blueprint: Blueprint, slot_ids: Iterable[UUID | str]) -> list[TimeSlot]:
    wanted = list(dict.fromkeys(str(pk) for pk in slot_ids))
    slots = list(TimeSlot.objects.select_for_update().filter(pk__in=wanted, event__body_id=by.organisation_id).order_by("pk"))
    if not wanted or len(slots) != len(wanted):
        refuse("assembly.slots", _("Choose time slots of your own exam body."), basis=_BASIS, remedy=_("Choose the slots again."))
    foreign = [slot for slot in slots if slot.item.qualification.family != blueprint.family]
    if foreign:
        refuse(
            "assembly.other_family",
            _("The blueprint is for %(family)s; a chosen slot examines something else."),
            basis=_BASIS,
            remedy=_("Choose slots of this family."),
            family=blueprint.family,
        )
    if any(slot.starts_at <= clock.now() for slot in slots):
        refuse("assembly.too_late", _("A chosen slot has already begun."), basis=_BASIS, remedy=_("Choose a later slot."))
    standing = papers_for(wanted).first()
    if standing:
        refuse(
            "assembly.slot_has_paper",
            _("Paper %(number)s is already drawn for a chosen slot."),
            basis=_BASIS,
            remedy=_("Discard that paper first, with a reason."),
            number=standing.number,
        )
    return slots


def _title(slot: TimeSlot) -> str:
    """What is examined, as it stands on the printed paper."""
    try:
        subject = slot.item.edition.rulebook.subject(slot.subject).name_zh or slot.subject
    except KeyError:
        subject = slot.subject
    return f"{slot.item.qualification.name_zh} {subject}"[:160]


def _draw(
    by: Actor, blueprint: Blueprint, rows: Sequence[Row], seed: str, rest_events: int, barred: set[str], title: str
) -> _Drawn:
    candidates = pool(by.organisation_id, blueprint.family)
    excluded = barred | resting(by.organisation_id, blueprint.family, candidates, rest_events)
    try:
        found = draw(rows, candidates, seed, excluded=excluded)
    except Infeasible as error:
        raise Refused(impossible(error.shortfall, rows)) from error
    return _Drawn(found, seed, secrets.token_hex(16), {c.id: c for c in candidates}, len(excluded), title)


def _paper(by: Actor, blueprint: Blueprint, drawn: _Drawn, number: str, main: Paper | None) -> Paper:
    found = drawn.found
    result = json.dumps({label: found.ids(label) for label in sorted(found.forms)})
    hardness = {label: str(_hardness(found.ids(label), drawn.candidates)) for label in found.forms}
    paper = Paper(
        organisation_id=by.organisation_id,
        number=number,
        family=blueprint.family,
        title=drawn.title,
        blueprint=blueprint,
        spare_of=main,
        full_marks=full_marks(blueprint.rows),
        minutes=blueprint.minutes,
        seed_commitment=commitment(drawn.salt, drawn.seed, found.pool_digest, result),
        seed=json.dumps({"seed": drawn.seed, "salt": drawn.salt, "pool_digest": found.pool_digest}),
        notes={
            "pool": len(drawn.candidates),
            "excluded": drawn.excluded,
            "shared_ab": found.shared("A", "B"),
            "shared_spare": len(set(found.ids("S")) & (set(found.ids("A")) | set(found.ids("B")))),
            "difficulty": hardness,
        },
        drawn_by_id=by.person_id,
        drawn_at=clock.now(),
    )
    paper.save(force_insert=True)
    return paper


def _hardness(ids: Sequence[str], candidates: dict[str, Candidate]) -> Decimal:
    """Mean difficulty, weighted by marks, to two places."""
    weight = sum((candidates[pk].marks for pk in ids), Decimal(0)) or Decimal(1)
    total = sum((candidates[pk].marks * candidates[pk].difficulty for pk in ids), Decimal(0))
    return (total / weight).quantize(Decimal("0.01"))


def _put_forms(paper: Paper, forms: dict[str, Sequence[tuple[int, str]]]) -> None:
    ids = {question for picks in forms.values() for _row, question in picks}
    questions = Question.objects.in_bulk([UUID(pk) for pk in ids])
    versions = {
        str(v.question_id): v
        for v in Version.objects.filter(question_id__in=list(questions)).order_by("ordinal")
        if v.ordinal == questions[v.question_id].latest
    }
    for label, picks in forms.items():
        listed = json.dumps([str(versions[question].pk) for _row, question in picks])
        PaperForm(paper=paper, label=label, versions_text=listed, questions=len(picks)).save(force_insert=True)
    now = clock.now()
    Use.objects.bulk_create(Use(paper=paper, tag=use_tag(pk), at=now) for pk in sorted(ids))
    _credit(paper, list(questions.values()))


def _credit(paper: Paper, questions: Sequence[Question]) -> None:
    """Keep who set, reviewed and approved what is in the paper, for recusal: persons, not questions."""
    hands = {(question.setter_id, "set") for question in questions}
    given = Version.objects.filter(question__in=questions, reviews__isnull=False)
    parts = {"review": "reviewed", "approval": "approved"}
    hands |= {(person, parts[step]) for person, step in given.values_list("reviews__person_id", "reviews__step")}
    Contribution.objects.bulk_create(
        Contribution(paper=paper, person_id=person, part=part) for person, part in sorted(hands, key=str)
    )


def _met(paper: Paper) -> None:
    rows = solver_rows(paper.blueprint.rows)
    for form in paper.forms.all():
        questions = [version.question for version in versions_of(form)]
        wrong = deviations(rows, [(q.unit, q.kind, q.marks, q.difficulty) for q in questions])
        if wrong:
            raise Refused(wrong)
        if any(question.state != "in_bank" for question in questions):
            raise Stale(paper)


def _next_number(by: Actor) -> str:
    """Counted under a lock of the body, so that two draws at once get two numbers."""
    Organisation.objects.select_for_update().get(pk=by.organisation_id)
    year = clock.today().year
    taken = Paper.objects.filter(organisation_id=by.organisation_id, spare_of=None, number__startswith=f"P{year}-").count()
    return f"P{year}-{taken + 1:03}"
