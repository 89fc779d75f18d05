"""Facts come back from JSON as they were, so that the same facts can be put to the same rules years later."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.recusal import facts as f
from exams.recusal.facts import Facts, Matter

DAY = date(2026, 5, 16)
TEXT = st.text(max_size=8)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def whole() -> Facts:
    """One fact of every kind."""
    return Facts(
        person="p",
        capacity="marker",
        matter=Matter(on=DAY, event_id="e", candidates=frozenset({"c", "d"}), families=frozenset({"UT"})),
        policy=f.Policy(severities=(("recusal.same_employer", "block"),)),
    ).with_facts(
        [
            f.Known(id="p", key="kp", name="贺兰静", sex="female"),
            f.KinEdge(person="kp", relative="kc", relation="son"),
            f.Training(
                person="p", organisation="o", organisation_name="O", family="UT", since=DAY, trainees=frozenset({"c"})
            ),
            f.Authored(person="p", title="T", family="UT", published_on=DAY),
            f.Employment(person="p", organisation="o", organisation_name="O", since=DAY, until=DAY),
            f.Declared(person="p", event_id="e", signed_on=None, grounds=("x",)),
            f.Concealed(person="p", proved_on=DAY),
            f.Requested(person="p", event_id="e", body_id="b", state="filed", filed_on=DAY),
            f.Disputed(person="p", other="c", other_name="C", since=DAY),
            f.Held(person="p", capacity="setter"),
            f.Hand(person="p", part="set", number="Q1", paper="pp", question="qq"),
            f.Assessed(person="p", candidate="c", on=DAY),
            f.ServedTogether(person="p", other="q", other_name="Q", place="R", on=date(2026, 1, 9)),
            f.TakesPart(person="p", complaint_id="x", number="T-1"),
            f.Tie(person="p", organisation="o", organisation_name="O", tie="lecturer"),
            f.DutyTraining(person="p", capacity="marker", until=DAY),
            f.Doubt(
                person="p", who="c", named="陈㙍",
                training=f.Training(person="p", organisation="o", organisation_name="O", family="UT", since=DAY, trainees=frozenset({"c"})),
            ),
        ]
    )


def test_every_kind_of_fact_survives_json():
    facts = whole()
    assert Facts.from_json(facts.as_json()) == facts
    assert {type(fact) for name in f.FIELD_OF.values() for fact in getattr(facts, name)} == set(f.FIELD_OF)


def test_the_order_in_which_facts_were_found_does_not_matter():
    some = [f.Held(person="p", capacity=one) for one in ("setter", "marker", "chief")]
    empty = Facts(person="p", capacity="chief", matter=Matter(on=DAY))
    assert empty.with_facts(some) == empty.with_facts(reversed(some)) == empty.with_facts(some[:1]).with_facts(some)
    assert empty.with_facts(some).digest() == empty.with_facts(reversed(some)).digest()


def test_the_digest_changes_with_any_fact():
    facts = whole()
    assert facts.digest() != facts.with_facts([f.Held(person="p", capacity="chief")]).digest()


def test_a_fact_of_unknown_kind_is_a_mistake():
    with pytest.raises(KeyError):
        whole().with_facts([object()])


def test_what_later_versions_added_is_ignored():
    data = whole().as_json() | {"weather": "rain"}
    assert Facts.from_json(data) == whole()


@given(TEXT, DAYS, DAYS, st.frozensets(TEXT), st.booleans())
def test_any_training_survives_json(text, since, until, trainees, open_ended):
    training = f.Training(
        person=text,
        organisation=text,
        organisation_name=text,
        family=text,
        since=since,
        until=None if open_ended else until,
        trainees=trainees,
    )
    facts = Facts(person=text, capacity="setter", matter=Matter(on=since)).with_facts([training])
    assert Facts.from_json(facts.as_json()).trainings == (training,)
