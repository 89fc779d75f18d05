"""Line breaking against a slow twin and the rules of Chinese setting."""

from hypothesis import given, settings
from hypothesis import strategies as st

from exams.printing.lines import NOT_FIRST, NOT_LAST, wrap

ALPHABET = "考场座位，。（）《》abcXYZ 019·\n"


def measure(text: str) -> float:
    return sum(1.0 if character > "\u2e7f" else 0.5 for character in text)


@settings(deadline=None)
@given(st.text(ALPHABET, max_size=60), st.integers(4, 20))
def test_no_character_is_lost_and_no_line_is_too_wide(text, width):
    lines = wrap(text, width, measure)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        # Only a mark that may not begin a line may hang over the edge, with what it holds on to.
        assert measure(line) <= width or any(character in NOT_FIRST | NOT_LAST for character in line)


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    lines = wrap("请携带准考证（纸质）和身份证件原件，对号入座。《考场规则》见背面。" * 3, 7, measure)
    assert not [line for line in lines if line[0] in NOT_FIRST or line[-1] in NOT_LAST]


def test_words_and_numbers_stay_whole():
    assert wrap("number 2026041130517 follows", 7, measure) == ["number", "2026041130517", "follows"]


def test_a_word_wider_than_the_line_is_broken_rather_than_cut():
    assert wrap("2026041130517", 3, measure) == ["202604", "113051", "7"]


def test_typed_lines_stay():
    assert wrap("一\n\n二", 10, measure) == ["一", "", "二"]
