"""Cases files: what is read, and what is refused with its line."""

from __future__ import annotations

import json

import pytest

from evals.cases import SAMPLE, fields_of, load_cases, parse_cases, read_cases, unknown_titles
from index.errors import ConfigError
from rag.types import Turn

GOOD = {"id": "a", "type": "survey", "question": "What?", "gold_titles": ["T  1\n x"]}


def lines(*cases: object) -> list[str]:
    return [json.dumps(case) for case in cases]


def faults(*cases: object) -> list[str]:
    return [str(problem) for problem in parse_cases(lines(*cases), "f")[1]]


def test_a_case_is_read_with_its_title_normalised_and_its_history_as_turns():
    history = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]
    (case,), problems = parse_cases(["", *lines(GOOD | {"history": history})], "f")
    assert problems == ()
    assert case.gold_titles == ("T 1 x",)
    assert case.history == (Turn("Q", "A"),)
    assert (case.answerable, case.must_contain, case.line) == (True, (), 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, '"id" must be a text that is not empty'),
        ({"question": " "}, '"question" must be a text that is not empty'),
        ({"gold_titles": "T"}, '"gold_titles" must be a list of texts'),
        ({"must_contain": [1]}, '"must_contain" must be a list of texts'),
        ({"answerable": "yes"}, '"answerable" must be true or false'),
        ({"history": [{"role": "user"}]}, '"history": message 1 has no text in "content"'),
        ({"gold_titles": []}, 'answerable, but "gold_titles" is empty'),
        ({"acceptable_titles": ["T 1 x"]}, "both gold and acceptable: 'T 1 x'"),
        ({"gold_titles": ["T", "T "]}, "named twice: 'T'"),
    ],
)
def test_faults_are_named_with_their_line(change, message):
    other = GOOD | {"id": "b", "question": "Else?"}
    assert faults(other, GOOD | change) == [f"f:2: {message}"]


def test_an_unanswerable_case_has_no_gold_papers():
    (fault,) = faults(GOOD | {"answerable": False})
    assert "near misses" in fault


def test_missing_fields_broken_json_and_other_values_are_told_apart():
    _, problems = parse_cases(['{"id": "x"}', "{oops", "[1]"], "f")
    assert [problem.line for problem in problems] == [1, 2, 3]
    assert '"question" is missing' in str(problems[0])
    assert "not JSON" in str(problems[1])
    assert "not list" in str(problems[2])


def test_duplicates_name_the_earlier_line():
    assert faults(GOOD, GOOD | {"question": "Other?"}) == ["f:2: the id 'a' is taken by line 1"]
    assert faults(GOOD, GOOD | {"id": "b", "question": " what? "}) == [
        "f:2: asks the same as line 1"
    ]


def test_the_same_question_after_another_history_is_no_duplicate():
    history = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]
    assert faults(GOOD, GOOD | {"id": "b", "history": history}) == []


def test_unknown_fields_cost_nothing():
    cases, (note,) = parse_cases(lines(GOOD | {"grade": "7b"}), "f")
    assert len(cases) == 1
    assert (note.rejected, "grade" in note.message) == (False, True)


def test_load_cases_lists_every_faulty_line(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(["{", *lines(GOOD, GOOD)]))
    with pytest.raises(ConfigError, match=r"3 faults(.|\n)*:1: (.|\n)*:3: "):
        load_cases(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00"])
def test_load_cases_refuses_files_without_cases(tmp_path, content):
    path = tmp_path / "cases.jsonl"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"cases\.jsonl"):
        load_cases(path)
    with pytest.raises(ConfigError, match=r"none\.jsonl"):
        load_cases(tmp_path / "none.jsonl")


def test_unknown_titles_are_reported_with_their_line():
    cases, _ = parse_cases(
        lines(GOOD, GOOD | {"id": "b", "question": "?", "gold_titles": ["U"]}), "f"
    )
    (problem,) = unknown_titles(cases, ["T 1  x"], "f")
    assert str(problem) == "f:2: b: gold title is not in the store: 'U'"


def test_the_shipped_cases_are_sound_and_varied():
    cases = load_cases(SAMPLE)
    assert len(cases) >= 24
    assert {"list_aggregate", "follow_up", "survey", "compare", "unanswerable_near"} <= {
        case.type for case in cases
    }
    assert any(not case.answerable for case in cases)


WAITING = {"id": "w", "question": "Why?", "reviewed": False, "note": "no", "why": "rated down"}


def test_a_case_that_waits_for_review_needs_no_gold_and_is_left_out(tmp_path):
    assert faults(WAITING) == []
    assert faults(WAITING | {"reviewed": 0}) == ['f:1: "reviewed" must be true or false']
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(lines(GOOD, WAITING)))
    told: list[str] = []
    assert [case.id for case in load_cases(path, told.append)] == ["a"]
    assert told == ["note: left out, since they are not reviewed: 1 cases"]
    path.write_text(json.dumps(WAITING))
    with pytest.raises(ConfigError, match="none of its 1 cases is reviewed"):
        load_cases(path)


ALL = {
    "id": "x",
    "type": "survey",
    "question": '¿Qué?\t"A | B"\nC',
    "history": [
        {"role": "user", "content": "Q"},
        {
            "role": "assistant",
            "content": "A [1]",
            "citations": [{"marker": 1, "paper": {"id": "p"}}],
        },
        {"role": "user", "content": "and?"},
    ],
    "gold_titles": ["T"],
    "acceptable_titles": ["U"],
    "gold_quotes": ["It is so."],
    "answer_points": ["so"],
    "must_contain": ["7"],
    "reviewed": False,
    "note": "n",
    "why": "w",
}


@pytest.mark.parametrize("fields", [ALL, {"id": "x", "question": "Q", "answerable": False}])
def test_a_case_is_written_as_it_was_read(fields):
    (case,), problems = parse_cases(lines(fields), "f")
    assert problems == ()
    assert fields_of(case) == fields


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "a", "question": "Q", "id": "b"}', "given twice: 'id'"),
        ('{"id": "a", "question": "\\ud83d"}', '"question" holds half of a character'),
        ('{"id": "a", "question": "Q", "note": 3}', '"note" must be a text'),
    ],
)
def test_what_json_would_swallow_is_a_fault(line, message):
    (problem,) = parse_cases([line], "f")[1]
    assert (problem.line, problem.rejected) == (1, True)
    assert message in problem.message


def test_quotes_that_answer_contradict_that_nothing_does():
    (fault,) = faults({"id": "a", "question": "Q", "answerable": False, "gold_quotes": ["It."]})
    assert "gold_quotes" in fault


def test_of_many_faults_twenty_are_listed(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("{\n" * 22)
    with pytest.raises(ConfigError) as raised:
        load_cases(path)
    shown = str(raised.value).split("\n")
    assert len(shown) == 22
    assert "22 faults" in shown[0]
    assert shown[-1].strip() == "and 2 more"


def test_unknown_fields_are_told_when_a_file_is_read(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(GOOD | {"grade": "7b"}))
    told: list[str] = []
    load_cases(path, told.append)
    assert told == ["note: cases.jsonl:1: unknown fields are ignored: grade"]


@pytest.mark.parametrize(
    ("written", "meant"), [("gold_title", "gold_titles"), ("must_contains", "must_contain")]
)
def test_a_field_that_is_surely_misspelt_is_a_fault(tmp_path, written, meant):
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(GOOD | {written: ["x"], "grade": "7b"}))
    with pytest.raises(ConfigError, match=f':1: unknown field "{written}"; write "{meant}"'):
        load_cases(path)


def test_read_cases_keeps_those_that_wait_for_review(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(lines(GOOD, WAITING)))
    assert [case.reviewed for case in read_cases(path)] == [True, False]
