"""Document numbers and names: what is read, what is refused; and a great deal of rubbish."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.people import identity

TODAY = date(2026, 11, 22)


def number(region: str = "110101", born: str = "19900307", sequence: str = "002") -> str:
    first = region + born + sequence
    return first + identity.check_character(first)


def ids(document: identity.Document) -> list[str]:
    return [objection.id for objection in document.objections]


def test_published_example_of_the_standard() -> None:
    # The two numbers printed in GB 11643-1999 itself.
    assert identity.check_character("11010519491231002") == "X"
    assert identity.check_character("44052418800101001") == "4"


def test_a_number_says_birth_date_and_sex() -> None:
    read = identity.read("resident_id", number(sequence="002"), TODAY)
    assert (read.birth_date, read.sex, read.objections, read.warnings) == (date(1990, 3, 7), "female", (), ())
    assert identity.read("resident_id", number(sequence="003"), TODAY).sex == "male"


def test_full_width_blanks_and_small_x_are_tidied() -> None:
    written = "１１０１０５ 19491231-002x\u200b"
    assert identity.read("resident_id", written, TODAY).number == "11010519491231002X"
    assert ids(identity.read("resident_id", written, TODAY)) == []


@pytest.mark.parametrize(
    ("written", "objection"),
    [
        ("", "identity.empty"),
        ("   ", "identity.empty"),
        ("1101011990030700", "identity.too_short"),
        ("1101011990030700211", "identity.too_long"),
        ("110101900307002", "identity.fifteen_digits"),
        ("1.10101E+17", "identity.stored_as_figure"),
        ("110101199003070O2X", "identity.characters"),
        ("X10101199003070021", "identity.characters"),
        ("１１０１０１一九九〇〇三〇七〇〇", "identity.too_short"),
        (number(born="19900230"), "identity.no_such_date"),
        (number(born="19901301"), "identity.no_such_date"),
        (number(born="19000229"), "identity.no_such_date"),
        (number(born="00000000"), "identity.no_such_date"),
        (number(born="20270101"), "identity.age"),
        (number(born="20101123"), "identity.age"),
        (number(born="19251122"), "identity.age"),
    ],
)
def test_rubbish_is_refused_by_name(written: str, objection: str) -> None:
    assert ids(identity.read("resident_id", written, TODAY)) == [objection]


def test_age_bounds_are_exact() -> None:
    assert ids(identity.read("resident_id", number(born="20101122"), TODAY)) == []  # sixteen today
    assert ids(identity.read("resident_id", number(born="19251123"), TODAY)) == []  # a hundred, not yet 101
    assert ids(identity.read("resident_id", number(born="20260101"), TODAY, identity.ANY_AGE)) == []


def test_leap_day_of_a_leap_year_is_a_date() -> None:
    assert identity.read("resident_id", number(born="19880229"), TODAY).birth_date == date(1988, 2, 29)


def test_unknown_region_only_warns() -> None:
    read = identity.read("resident_id", number(region="990101"), TODAY)
    assert read.objections == ()
    assert [(warning.id, warning.severity) for warning in read.warnings] == [("identity.region", "disclose")]


@given(st.text(alphabet="0123456789", min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(first: str, place: int, shift: int) -> None:
    good = first + identity.check_character(first)
    if good[place] == "X":
        return
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert identity.check_character(wrong[:17]) != wrong[17]


@given(st.dates(date(1930, 1, 1), date(2008, 1, 1)), st.integers(0, 999))
def test_birth_date_and_sex_survive_a_round_trip(born: date, sequence: int) -> None:
    read = identity.read("resident_id", number(born=f"{born:%Y%m%d}", sequence=f"{sequence:03d}"), TODAY)
    assert (read.birth_date, read.sex, read.objections) == (born, "male" if sequence % 2 else "female", ())


@given(st.text(max_size=40), st.sampled_from([*identity._READERS, "library_card", ""]))
def test_nothing_typed_breaks_the_reader(written: str, kind: str) -> None:
    read = identity.read(kind, written, TODAY)
    assert read.objections or read.number == identity.tidy(written)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("passport", "e12345678", "E1"),
        ("passport", "EA1234567", "护照12345"),
        ("hong_kong_macao", "H12345678", "T12345678"),
        ("hong_kong_macao", "M1234567801", "H1234567"),
        ("taiwan", "12345678", "123456789"),
        ("foreign_permanent", "USA110190030701", "USA11019003070"),
        ("military", "军字第1234567号", "军字第12号"),
    ],
)
def test_other_documents(kind: str, good: str, bad: str) -> None:
    assert ids(identity.read(kind, good, TODAY)) == []
    assert ids(identity.read(kind, bad, TODAY)) == ["identity.form"]


def test_a_foreign_permanent_resident_since_2023_is_checked_like_a_resident() -> None:
    good = number(region="911124", born="19810303", sequence="003")
    read = identity.read("foreign_permanent", good, TODAY)
    assert (read.birth_date, read.sex, ids(read)) == (date(1981, 3, 3), "male", [])
    wrong = good[:17] + ("0" if good[17] != "0" else "1")
    assert ids(identity.read("foreign_permanent", wrong, TODAY)) == ["identity.check_character"]


def test_unknown_kind_of_document_is_refused() -> None:
    assert ids(identity.read("library_card", "12345678", TODAY)) == ["identity.type"]


# -- names ---------------------------------------------------------------------------------------


def test_names_are_composed_and_rare_characters_kept() -> None:
    assert identity.proper_name(" 㙍䶮骉㛃 ") == "㙍䶮骉㛃"
    assert identity.proper_name("𬱖\U000e0100伟") == "𬱖\U000e0100伟"  # with a variation selector
    assert identity.proper_name("王\ue863") == "王\ue863"  # private use area of old registers
    assert identity.proper_name("e\u0301lan") == "\u00e9lan"
    assert identity.proper_name("张　三") == "张三"
    assert identity.proper_name("Anna  Maria O'Neil") == "Anna Maria O'Neil"


@pytest.mark.parametrize("dot", "•‧・･⋅·")
def test_minority_names_have_one_kind_of_dot(dot: str) -> None:
    assert identity.proper_name(f"买买提{dot}吐尔逊") == "买买提\u00b7吐尔逊"


@pytest.mark.parametrize("name", ["张三", "㙍䶮骉㛃", "王\ue863", "𬱖伟", "买买提·阿不都热依木·吐尔逊", "Anna O’Neil", "Jean-Luc Ñ."])
def test_real_names_pass(name: str) -> None:
    assert identity.name_objections(name) == ()


@pytest.mark.parametrize(
    ("name", "objection"),
    [
        ("", "identity.no_name"),
        ("\u200b \ufeff", "identity.no_name"),
        ("张3", "identity.strange_name"),
        ("张三\u202etxt", "identity.strange_name"),
        ("<b>张三</b>", "identity.strange_name"),
        ("···", "identity.strange_name"),
        ("张三\x00", "identity.strange_name"),
        ("😀", "identity.strange_name"),
        ("=1+1", "identity.strange_name"),
        ("张" * 61, "identity.long_name"),
    ],
)
def test_rubbish_names_are_refused(name: str, objection: str) -> None:
    assert [found.id for found in identity.name_objections(name)] == [objection]


def test_comparison_ignores_dots_width_case_and_selectors() -> None:
    same = ["买买提·吐尔逊", "买买提•吐尔逊", "买买提 吐尔逊", "买买提吐尔逊"]
    assert {identity.compared_name(name) for name in same} == {"买买提吐尔逊"}
    assert identity.compared_name("ＡＮＮＡ O'Neil") == identity.compared_name("anna o’neil")
    assert identity.compared_name("葛\U000e0100") == identity.compared_name("葛")
    assert identity.compared_name("张三") != identity.compared_name("张叁")


@given(st.text(max_size=30))
def test_proper_names_stay_as_they_are(name: str) -> None:
    once = identity.proper_name(name)
    assert identity.proper_name(once) == once
    assert identity.compared_name(once) == identity.compared_name(name)


# -- telephone numbers and credit codes ------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "objections"),
    [
        ("138 1234 5678", 0), ("+86 13812345678", 0), ("０２１-88889999", 0), ("+85212345678", 0),
        ("12345", 1), ("", 1), ("12812345678", 1), ("138123456789", 1), ("电话", 1),
    ],
)  # fmt: skip
def test_phones(written: str, objections: int) -> None:
    assert len(identity.phone_objections(written)) == objections


def test_credit_codes() -> None:
    assert identity.credit_code_objections("91350100M000100Y43") == ()  # the example of the standard
    assert [o.id for o in identity.credit_code_objections("91350100M000100Y44")] == ["identity.credit_code_check"]
    assert [o.id for o in identity.credit_code_objections("91350100M000100I43")] == ["identity.credit_code"]
    assert [o.id for o in identity.credit_code_objections("")] == ["identity.credit_code"]


def test_today_is_an_argument() -> None:
    born = number(born="20101123")
    assert ids(identity.read("resident_id", born, TODAY)) == ["identity.age"]
    assert ids(identity.read("resident_id", born, TODAY + timedelta(days=1))) == []
