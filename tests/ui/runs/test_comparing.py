"""Two runs, question by question."""

from __future__ import annotations

import json
import shutil

import pytest

from evals.compare import compare
from evals.measures import MEASURES
from evals.runs import load_run
from evals.types import Score
from tests.ui.runs.folders import CASES, keep, keep_all, outcomes
from ui.runs.chance import compared, difference
from ui.runs.comparing import (
    Pair,
    changes,
    chosen,
    measured,
    pairs,
    rows,
    shortfalls,
    uncompared,
)
from ui.runs.measures import WORDS, gain, naming, shown
from ui.runs.reading import list_runs, read_cases, read_run
from ui.runs.types import Case


@pytest.fixture
def runs(tmp_path):
    keep_all(tmp_path)
    return {run.name: run for run in list_runs(tmp_path)}


@pytest.fixture
def both(runs):
    return pairs(read_cases(runs["second"])[0], read_cases(runs["first"])[0])


@pytest.fixture
def found(runs, both):
    compared = difference(runs["first"], runs["second"]).measures
    told = rows(both, compared, runs["first"].measures, runs["second"].measures)
    return {row.compared.measure: row for row in told}


def test_the_page_has_words_for_every_measure_of_evals():
    assert {measure.name for measure in MEASURES} <= WORDS.keys()
    for measure in MEASURES:
        known = naming(measure.name)
        assert (known.better, known.share) == (measure.better, measure.bounded)
    assert (naming("my_own_ms").share, naming("my_own").words) == (False, "My own")


def test_differences_and_verdicts_are_those_of_the_command_line(runs, both, found):
    expected = compare(load_run(runs["first"].folder), load_run(runs["second"].folder))
    assert tuple(row.compared for row in found.values()) == expected.measures
    for row in found.values():
        assert (row.before.mean, row.after.mean) == (row.compared.a, row.compared.b)
        assert row.better + row.worse <= row.compared.difference.n
    assert (found["citation_recall"].better, found["citation_recall"].worse) == (0, 1)
    # Of what both refused it says the same.
    assert uncompared(both, expected.measures) == ("refusal_precision",)


@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
def test_answers_that_were_blanked_are_seen_as_the_command_line_sees_them(
    tmp_path, runs, separators
):
    first = runs["first"].folder
    blanked = tmp_path / "blanked"
    shutil.copytree(first, blanked)
    rows = list(map(dict, load_run(first).rows))
    for row, said in zip(rows, ["", " \n\u2003", 'say "text": ""', "\\"], strict=True):
        row["answer"]["text"] = said
    del rows[1]["scores"]["answered"]  # as before there was such a measure
    lines = [json.dumps(row, separators=separators) + "\n" for row in rows]
    (blanked / "results.jsonl").write_text("".join(lines), "utf-8")
    found = difference(runs["first"], read_run(blanked))
    assert found.measures == compare(load_run(first), load_run(blanked)).measures
    (answered,) = (row for row in found.measures if row.measure == "answered")
    assert (answered.a, answered.b) == (1.0, 0.5)
    assert [case.scores["answered"].value for case in read_cases(read_run(blanked))[0]] == [
        0, 0, 1, 1,
    ]  # fmt: skip


def test_a_comparison_is_worked_out_once_for_each_state_of_the_runs(tmp_path, runs):
    assert difference(runs["first"], runs["second"]) is difference(runs["first"], runs["second"])
    known = difference(runs["first"], runs["killed"])
    results = runs["killed"].folder / "results.jsonl"
    results.write_text(results.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    again = difference(runs["first"], runs["killed"])
    pairs_of = [one.difference.n for one in known.measures if one.measure == "completed"]
    assert (pairs_of, again.measures[-1].difference.n) == ([2], 1)


def test_runs_without_a_question_in_common_are_not_compared(tmp_path, runs):
    first = keep(tmp_path, "one", outcomes(worse=False)[:1], started="2026-03-04")
    third = keep(tmp_path, "other", outcomes(worse=False)[2:3], started="2026-03-04")
    known = {run.folder: run for run in list_runs(tmp_path)}
    assert difference(known[first], known[third]) is None
    assert difference(known[first], runs["broken"]) is None


def test_what_a_judge_scored_is_compared_with_its_own_kind(runs):
    scored = {"judged_points": Score("judged_points", 1.0)}
    cases = [Case("q", "how", "Why?", scores=scored)]
    one, other = ({"eval_judge": name, "eval_judge_prompt": "p"} for name in ("x", "y"))
    names = [
        [row.measure for row in compared(cases, cases, judges).measures]
        for judges in ((one, one), (one, other), ({}, {}))
    ]
    assert names == [["judged_points"], [], []]


def test_measures_that_evals_does_not_know_are_named(runs, both):
    strange = Case("q", "how", "Why?", scores={"my_own": Score("my_own", 1.0)})
    assert uncompared([*both, Pair(strange, strange)], ())[-1] == "my_own"


def test_intervals_are_shown_only_for_the_questions_they_are_about(runs, found):
    kept = {m.name: m for m in runs["first"].measures}
    assert found["completed"].before.interval == kept["completed"].interval is not None
    assert kept["citation_recall"].n == 2  # of which one failed in the other run
    assert found["citation_recall"].before.interval is None


def test_runs_of_other_cases_share_what_they_share(tmp_path, runs):
    part = keep(tmp_path, "part", outcomes(worse=False)[1:3], started="2026-03-04")
    (run,) = [run for run in list_runs(tmp_path) if run.folder == part]
    assert [pair.after.id for pair in pairs(read_cases(run)[0], read_cases(runs["first"])[0])] == [
        "q-2",
        "q-3",
    ]


def test_the_most_changed_come_first_and_filters_narrow(both):
    assert [pair.after.id for pair in chosen(both, "", "", "all")] == ["q-1", "q-2", "q-3", "q-4"]
    assert [pair.after.id for pair in chosen(both, "", "", "differ")] == ["q-1", "q-2"]
    found, cited = ("recall", "ndcg_10", "mrr_10"), ("citation_precision", "citation_recall")
    assert {n for n, by in changes(both[0]).items() if by == -1} >= {*found, *cited}
    assert [pair.after.id for pair in chosen(both, "", "", "flipped")] == ["q-1", "q-2"]
    assert chosen(both, "", "latency_ms", "flipped") == []
    assert chosen(both, "", "answer_words", "better") == []
    assert chosen(both, "", "", "better") == []
    assert [pair.after.id for pair in chosen(both, "", "recall", "worse")] == ["q-1"]
    assert [pair.after.id for pair in chosen(both, "how", "", "all")] == ["q-2", "q-4"]
    assert [p.after.id for p in chosen(both, "", "unanswerable_refused", "all")] == ["q-3"]
    slow = chosen(both, "", "latency_ms", "all")
    assert slow[0].after.id == "q-1"  # 60 ms more; the failed one has no time


def test_a_run_alone_has_what_falls_short_first(runs):
    alone = pairs(read_cases(runs["second"])[0], None)
    assert chosen(alone, "", "", "all")[0].after.id == "q-1"
    assert set(shortfalls(alone[1].after)) == {"completed"}
    assert [p.after.id for p in chosen(alone, "", "completed", "differ")] == ["q-2"]


def test_means_of_a_killed_run_are_those_of_its_questions(runs):
    found = {m.name: m for m in measured(read_cases(runs["killed"])[0])}
    assert (found["completed"].mean, found["completed"].n) == (0.5, 2)
    assert (found["unanswerable_refused"].mean, found["unanswerable_refused"].n) == (None, 0)


@pytest.mark.parametrize(
    ("measure", "value", "signed", "words"),
    [
        ("recall", 0.5, False, "0.500"),
        ("recall", -0.0001, True, "0.000"),
        ("recall", -0.25, True, "−0.250"),
        ("latency_ms", 1234.5, False, "1,234"),
        ("latency_ms", 60.2, True, "+60"),
        ("recall", None, False, "–"),
    ],
)
def test_values_are_written_plainly(measure, value, signed, words):
    assert shown(measure, value, signed=signed) == words


def test_less_is_better_where_it_is():
    assert gain("answerable_refused", 0.0, 1.0) == -1
    assert gain("recall", 0.0, 1.0) == 1
    assert gain("recall", None, 1.0) is None
    assert len(CASES) == 4
