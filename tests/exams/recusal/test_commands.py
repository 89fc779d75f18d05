"""The commands for other programs: what they print, in which language, and the status they end with."""

import json

import pytest
from django.core.management import CommandError, call_command

from exams.capacities import CAPACITIES
from exams.recusal import handbook
from exams.recusal.rules import RULES, VERSION

CLEAR = {"person": "p", "capacity": "invigilator", "matter": {"on": "2026-05-16", "candidates": ["c"]}}
KIN = {**CLEAR, "kin": [{"person": "p", "relative": "c", "relation": "son"}]}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """(status, what was printed, what was said of faults) of a case in a language."""

    def ask(case, *options, lang="en_GB.UTF-8"):
        for name in ("LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("LANG", lang)
        file = tmp_path / "case.json"
        file.write_bytes(case if isinstance(case, bytes) else json.dumps(case).encode())
        with pytest.raises(SystemExit) as end:
            call_command("recusal", str(file), *options)
        told = capsys.readouterr()
        return end.value.code, told.out, told.err

    return ask


def test_a_clear_case_ends_with_nought(run):
    assert run(CLEAR) == (0, "No ground found\n", "")


def test_an_objection_is_told_whole_and_ends_with_one(run):
    status, out, err = run(KIN)
    assert (status, err) == (1, "") and out.splitlines() == [
        "Objection  recusal.kin_of_candidate",
        "  p is the parent of candidate c (direct blood relation).",
        "  Civil Servant Law, Arts. 74 and 76; notice 2024 No. 34, I (3)",
        "  Choose another person. This ground cannot be waived.",
    ]


def test_programs_are_answered_in_json(run):
    status, out, _err = run(KIN, "--json")
    answer = json.loads(out)
    assert status == 1 and answer["rules"] == VERSION and not answer["allowed"]
    assert [one["id"] for one in answer["objections"]] == ["recusal.kin_of_candidate"] and len(answer["facts_digest"]) == 64
    assert run(CLEAR, "--json")[0] == 0


def test_faults_end_with_two_and_name_their_paths(run):
    wrong = {**CLEAR, "capacity": "chef", "kin": [{}]}
    status, out, err = run(wrong)
    assert (status, out) == (2, "") and [line.split()[0] for line in err.splitlines()] == [
        "$.capacity", "$.kin[0].person", "$.kin[0].relative", "$.kin[0].relation",
    ]  # fmt: skip
    status, out, err = run(wrong, "--json")
    assert (status, err) == (2, "") and json.loads(out)["faults"][1] == {"path": "$.kin[0].person", "text": "This is missing."}


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"[" * 50_000, b'{"person": Infinity}'])
def test_rubbish_ends_with_two(run, content):
    status, out, err = run(content)
    assert (status, out) == (2, "") and err.startswith("$  ")


def test_a_file_that_is_not_there_ends_with_two(capsys, tmp_path):
    for name in (tmp_path / "none.json", tmp_path):
        with pytest.raises(SystemExit) as end:
            call_command("recusal", str(name))
        assert end.value.code == 2 and str(name) in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["zh_CN.UTF-8", "zh_TW", "zh"])
def test_answers_and_faults_are_chinese_where_the_terminal_is(run, lang):
    assert "直系血亲" in run(KIN, lang=lang)[1]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in run({**CLEAR, "person": 1}, lang=lang)[2])


@pytest.mark.parametrize("lang", ["C", "POSIX", "", "de_DE.UTF-8"])
def test_everywhere_else_they_are_english(run, lang):
    assert run(CLEAR, lang=lang)[1] == "No ground found\n"


def test_no_database_is_touched(run, django_db_blocker):
    """Without the mark of the database every query would be an error; so it is here, too."""
    with django_db_blocker.block():
        assert run(KIN)[0] == 1


def test_the_help_names_every_part_of_a_case(capsys):
    with pytest.raises(SystemExit) as end:
        call_command("recusal", "--help")
    told = capsys.readouterr().out
    assert end.value.code == 0 and all(where in told for where in ("$.matter", "$.kin[*]", "$.doubts[*]", "$.policy"))


# -------------------------------------------------------------------------------------------------------------- the manual of rules


def listed(monkeypatch, capsys, *options, lang="en"):
    monkeypatch.setenv("LC_ALL", lang)
    call_command("rules", "--list", *options)
    return capsys.readouterr().out


def test_every_rule_capacity_and_exclusion_is_listed(monkeypatch, capsys):
    manual = json.loads(listed(monkeypatch, capsys, "--json"))
    assert [row["id"] for row in manual["rules"]] == [entry.id for entry in RULES]
    assert [row["id"] for row in manual["capacities"]] == list(CAPACITIES)
    assert [row["id"] for row in manual["exclusions"]] == [row["id"] for row in handbook.exclusions()]
    first = manual["rules"][0]
    assert first["capacities"] and isinstance(first["waivable"], bool) and first["severity"] in ("block", "decide", "disclose")


def test_the_list_reads_as_text_in_both_languages(monkeypatch, capsys):
    english, chinese = listed(monkeypatch, capsys), listed(monkeypatch, capsys, lang="zh_CN.UTF-8")
    assert "recusal.kin_of_candidate\n  title: Kin of a candidate\n  message: %(person)s is the %(relation)s" in english
    assert "Kin of a candidate" not in chinese and "亲属" in chinese and len(english.splitlines()) == len(chinese.splitlines())


def test_the_manual_is_the_one_of_the_readme():
    head, rows = handbook.TABLES["recusal rules"]()
    assert head == ("rule", "what it says", "severity", "basis") and len(list(rows)) == len(RULES)


def test_without_list_nothing_is_guessed():
    with pytest.raises(CommandError):
        call_command("rules")
