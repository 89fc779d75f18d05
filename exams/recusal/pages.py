"""What the page of one ruling shows: each rule asked with its answer, the objections with their way out, the facts as seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from exams import capacities
from exams.access import Actor, may
from exams.recusal import queries, rules
from exams.recusal.facts import Facts
from exams.recusal.models import Ruling, Waiver
from exams.verdicts import Objection


@dataclass
class Answer:
    """What one rule said, one line of the table of rules."""

    id: str
    title: str
    basis: str
    tone: str
    word: str
    seen: list[str] = field(default_factory=list)


@dataclass
class Shown:
    """One objection as the page shows it."""

    objection: Objection
    title: str
    why: str
    tone: str
    word: str
    waiver: Waiver | None
    may_waive: bool


def shown_objections(ruling: Ruling, actor: Actor, named: bool) -> list[Shown]:
    """The objections in their order, each with its waiver and whether the actor may propose one."""
    waivers = {one.objection_id: one for one in ruling.waivers.exclude(state="refused")}
    may_waive = bool(may(actor, "recusal.waive", ruling))
    shown = []
    for number, objection in enumerate(queries.objections_of(ruling)):
        waiver = waivers.get(objection.id)
        tone, word = _weight(objection, number in ruling.waived)
        offered = may_waive and waiver is None and rules.waivable(objection.id) and objection.severity != "disclose"
        shown.append(
            Shown(objection, title_of(objection.id), objection.text(named=named), tone, word, waiver, offered)
        )
    return shown


def may_confirm(actor: Actor, waiver: Waiver) -> bool:
    """Whether the actor may be the second superior: never the one who proposed it."""
    proposed = waiver.state == "proposed" and str(actor.person_id) not in waiver.decided_by
    return proposed and bool(may(actor, "recusal.confirm_waiver", waiver))


def answers(ruling: Ruling, named: bool) -> list[Answer]:
    """Every rule that was asked: those with objections first, then those that found nothing."""
    said: dict[str, list[tuple[int, Objection]]] = {}
    for number, objection in enumerate(queries.objections_of(ruling)):
        said.setdefault(objection.id, []).append((number, objection))
    rows = []
    for entry in rules.asked(ruling.capacity):
        found = said.get(entry.id, [])
        tone, word = _worst(found, ruling)
        basis = found[0][1].basis_text() if found else _(_start_basis(entry.basis))
        seen = [objection.text(named=named) for _number, objection in found]
        rows.append(Answer(entry.id, _(entry.title), basis, tone, word, seen))
    order = {"danger": 0, "warn": 1, "wait": 2, "ok": 3}
    return sorted(rows, key=lambda row: order[row.tone])


def late_of(ruling: Ruling, actor: Actor) -> list[dict[str, Any]]:
    """What was proved afterwards against who acted under the ruling, as far as the actor sees it."""
    rows = queries.late_grounds_visible_to(actor).filter(ruling=ruling, state="stands")
    return [{"ground": row, "title": title_of(row.rule_id)} for row in rows]


def title_of(rule_id: str) -> str:
    return _(rules.RULES.get(rule_id).title) if rule_id in rules.RULES else rule_id


def question(ruling: Ruling) -> str:
    """The name of the page: may this person act as that?"""
    return _("May %(person)s act as %(capacity)s?") % {
        "person": ruling.person.name,
        "capacity": _(capacities.title(ruling.capacity)),
    }


def facts_seen(facts: Facts, named: bool) -> dict[str, Any]:
    """The summary of the facts as seen; the single facts only for those who may read them."""
    own = [post for post in facts.employments if post.person == facts.person]
    signed = [one.signed_on for one in facts.declared if one.signed_on]
    return {
        "trainings": [one for one in facts.trainings if one.person == facts.person],
        "posts": own,
        "works": facts.authored,
        "kin": len(facts.kin),
        "candidates": len(facts.matter.candidates),
        "signed_on": max(signed) if signed else None,
        "cooloff_years": facts.policy.cooloff_years,
        "cooloff_source": facts.policy.cooloff_source,
        "named": named,
    }


def _weight(objection: Objection, waived: bool) -> tuple[str, str]:
    if waived:
        return "warn", _("Waived")
    if objection.severity == "disclose":
        return "wait", _("To be disclosed")
    if not rules.waivable(objection.id):
        return "danger", _("Cannot be waived")
    return ("danger", _("Two superiors may waive")) if objection.severity == "block" else ("warn", _("A superior decides"))


def _worst(found: list[tuple[int, Objection]], ruling: Ruling) -> tuple[str, str]:
    if not found:
        return "ok", _("No ground found")
    if all(number in ruling.waived for number, _objection in found):
        return "warn", _("Waived")
    weights = {objection.severity for number, objection in found if number not in ruling.waived}
    if "block" in weights:
        return "danger", _("Objection")
    return ("warn", _("To be decided")) if "decide" in weights else ("wait", _("To be disclosed"))


def _start_basis(basis: str) -> str:
    return basis if "%(" not in basis else ""
