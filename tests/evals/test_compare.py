"""Two runs, case by case, over results that the real runner made."""

from __future__ import annotations

import dataclasses
import json
import random
import re

import pytest
from rich.console import Console

from evals.__main__ import main
from evals.cases import parse_cases
from evals.compare import compare
from evals.measures import MEASURES
from evals.report import comparison_markdown, comparison_table, flipped
from evals.runner import run
from evals.runs import SavedRun, rewrite
from evals.types import CaseResult, Outcome
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from rag.settings import Settings
from rag.wiring import build_assistant
from tests.evals.judge import kept
from tests.evals.test_runner import CASES, PAPERS


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """100 cases, answered: two that can be to one that can't."""
    three = parse_cases(map(json.dumps, CASES), "cases")[0]
    cases = [dataclasses.replace(three[i % 3], id=f"c{i}") for i in range(100)]
    with PaperIndex.open(tmp_path_factory.mktemp("store"), embedder=HashEmbedder()) as index:
        index.add(PAPERS)
        yield run(cases, build_assistant(Settings(model="extractive"), index=index), index).rows


def saved(tmp_path, results):
    rows = [json.loads(json.dumps(row.to_dict())) for row in results]
    return SavedRun(tmp_path, {}, tuple(rows), None)


def changed(results, ids, change):
    """The results with what ``change`` makes of the outcomes of some cases, scored again."""

    def scored(row):
        if row.outcome.case.id not in ids:
            return row
        outcome = change(row.outcome)
        return CaseResult(outcome, {m.name: m.score(outcome) for m in MEASURES})

    return [scored(row) for row in results]


def blanked(outcome):
    empty = dataclasses.replace(outcome.answer, text="", claims=(), citations=(), sources=())
    return dataclasses.replace(outcome, answer=empty)


def told(text):
    return lambda outcome: dataclasses.replace(
        outcome, answer=dataclasses.replace(outcome.answer, text=text)
    )


def broken(outcome):
    return Outcome(outcome.case, None, error="Boom: it broke")


def every_tenth():
    return {f"c{i}" for i in range(0, 100, 10)}


def test_a_run_beside_itself_shows_no_difference(tmp_path, results):
    before = saved(tmp_path, results)
    same = compare(before, before)
    assert {row.verdict for row in same.measures} == {"same"}
    assert {row.difference.corrected_p for row in same.measures} == {1.0}
    assert {row.difference.mean for row in same.measures} == {0.0}
    assert (same.flips, same.answers) == ((), {})


def test_one_that_only_took_another_time_shows_no_difference_of_quality(tmp_path, results):
    everything = {row.outcome.case.id for row in results}

    def at_another_time(outcome):
        slower = 1 if int(outcome.case.id[1:]) % 2 else -1
        return dataclasses.replace(outcome, milliseconds=outcome.milliseconds + slower)

    after = changed(results, everything, at_another_time)
    verdicts = compare(saved(tmp_path, results), saved(tmp_path, after)).measures
    assert {row.verdict for row in verdicts if row.measure != "latency_ms"} == {"same"}


def test_a_copy_with_a_tenth_of_its_answers_blanked_is_worse(tmp_path, results):
    before = saved(tmp_path, results)
    after = saved(tmp_path, changed(results, every_tenth(), blanked))
    found = {row.measure: row for row in compare(before, after).measures}
    assert found["citation_recall"].verdict == "worse"
    assert found["citation_recall"].difference.corrected_p <= 0.05
    # Seven of the ten can be answered; what they don't cite can't be graded for being right.
    assert found["citation_recall"].difference.mean == pytest.approx(-7 / 67)
    assert found["citation_precision"].unpaired == 7
    assert found["citation_precision"].difference.n == 60
    assert found["recall"].verdict == "same"
    back = {row.measure: row.verdict for row in compare(after, before).measures}
    assert back["citation_recall"] == "better"


def test_blank_answers_are_seen_in_kept_runs_whose_scores_know_nothing_of_them(tmp_path, results):
    before = saved(tmp_path, results)
    rows = json.loads(json.dumps(before.rows))
    for row in rows[::10]:
        row["answer"]["text"] = ""
    found = compare(before, dataclasses.replace(before, rows=tuple(rows)))
    (answered,) = (row for row in found.measures if row.verdict != "same")
    assert (answered.measure, answered.verdict, answered.b) == ("answered", "worse", 0.9)
    assert {flip.id for flip in found.flips} == every_tenth()


def test_two_blanked_answers_may_be_chance(tmp_path, results):
    after = saved(tmp_path, changed(results, {"c0", "c1"}, blanked))
    found = compare(saved(tmp_path, results), after)
    assert {row.verdict for row in found.measures} == {"same"}
    assert {flip.id for flip in found.flips} == {"c0", "c1"}


def test_measures_of_time_and_cost_do_not_hide_those_of_quality(tmp_path, results):
    """Ten random measures beside it, and the p of a loss of quality is what it is alone."""
    before = saved(tmp_path, results)
    after = saved(tmp_path, changed(results, {f"c{i}" for i in range(0, 70, 10)}, blanked))
    alone = {row.measure: row.difference.corrected_p for row in compare(before, after).measures}
    rng = random.Random(0)
    noisy = json.loads(json.dumps(after.rows))
    for row in noisy:
        for name in ("latency_ms", "plan_ms", "retrieve_ms", "generate_ms", "check_ms"):
            row["scores"][name]["value"] = rng.uniform(0, 1000)
    crowded = compare(before, dataclasses.replace(after, rows=tuple(noisy))).measures
    for row in crowded:
        if not row.measure.endswith(("_ms", "_words")):
            assert row.difference.corrected_p == alone[row.measure]
    assert alone["answered"] <= 0.05
    assert any(row.difference.corrected_p != alone[row.measure] for row in crowded)


def test_longer_answers_are_neither_better_nor_worse(tmp_path, results):
    everything = {row.outcome.case.id for row in results}
    after = saved(tmp_path, changed(results, everything, told("word " * 100)))
    found = {row.measure: row for row in compare(saved(tmp_path, results), after).measures}
    assert found["answer_words"].verdict == "changed"
    assert "changed" in comparison_markdown(compare(saved(tmp_path, results), after))


def refusing(outcome):
    return dataclasses.replace(
        outcome, answer=dataclasses.replace(outcome.answer, abstained=True, reason="none found")
    )


def test_refusing_what_has_an_answer_is_worse_and_never_the_same(tmp_path, results):
    """Pairs that can't differ are no proof that nothing did."""
    answerable = {f"c{i}" for i in range(0, 100, 3)}
    after = saved(tmp_path, changed(results, answerable, refusing))
    found = {row.measure: row.verdict for row in compare(saved(tmp_path, results), after).measures}
    assert found["answerable_refused"] == "worse"
    assert "refusal_precision" not in found


def test_it_is_told_where_other_judges_scored_the_runs(tmp_path, results):
    run = saved(tmp_path, results[:3])
    rows = [row | {"scores": {"judged_points": {"value": 1.0, "why": ""}}} for row in run.rows]

    def by(judge, prompt="p"):
        config = {"eval_judge": judge, "eval_judge_prompt": prompt}
        return dataclasses.replace(run, config=config, rows=tuple(rows))

    assert not compare(by("x"), by("x")).judges_differ
    assert "judged_points" in {row.measure for row in compare(by("x"), by("x")).measures}
    for before in (by("y"), by("x", "q")):
        found = compare(before, by("x"))
        assert found.judges_differ
        assert "judged_points" not in {row.measure for row in found.measures}
    assert not compare(run, by("x")).judges_differ  # only one was judged


def test_the_command_says_that_it_leaves_other_judges_scores_out(tmp_path, capsys):
    for name in ("x", "y"):
        run = kept.keep(tmp_path / name)
        config = {**run.config, "eval_judge": name, "eval_judge_prompt": "p"}
        score = {"judged_points": {"value": 1.0, "why": ""}}
        rows = [{**row, "scores": {**row["scores"], **score}} for row in run.rows]
        rewrite(run.folder, config, rows, run.report)
    for other, left_out in (("x", False), ("y", True)):
        assert main(["compare", str(tmp_path / "x"), str(tmp_path / other)]) == 0
        told = capsys.readouterr()
        assert ("other judges or prompts scored A and B" in told.err) == left_out
        assert ("judged_points" in told.out) != left_out


def test_flipped_cases_come_with_both_answers(tmp_path, results):
    after = changed(changed(results, {"c1"}, blanked), {"c3"}, broken)
    found = compare(saved(tmp_path, results), saved(tmp_path, after))
    texts = {row.outcome.case.id: row.outcome.answer.text for row in results}
    assert {case: (a.a, a.b) for case, a in found.answers.items()} == {
        "c1": (texts["c1"], ""),
        "c3": (texts["c3"], "failed: Boom: it broke"),
    }
    # All of it can be had as JSON.
    kept = json.loads(json.dumps(found.to_dict()))
    assert kept["answers"]["c1"] == {"a": texts["c1"], "b": ""}
    assert {"id", "measure", "question", "a", "b", "better"} == set(kept["flips"][0])


def test_the_terminal_shows_the_first_flips_with_both_answers_shortened(tmp_path, results):
    long = "word " * 100 + "\x1b[2J\u202eend"
    after = changed(results, every_tenth(), blanked)
    after = changed(after, {"c1"}, told(long))
    found = compare(saved(tmp_path, results), saved(tmp_path, after))
    blocks = flipped(found, most=3)
    assert len(blocks) == 4
    assert blocks[0].splitlines()[0] == "c0: What does federated learning keep on phones?"
    assert "citation_recall 1.00 -> 0.00 (worse)" in blocks[0]
    assert blocks[0].splitlines()[-1] == "    B: (empty)"
    assert blocks[-1] == "and 8 more cases that flipped; --json and --markdown list all"
    everything = "\n".join(flipped(found, most=100))
    assert "\x1b" not in everything
    assert max(map(len, everything.splitlines())) <= 210


def test_the_table_can_be_read_at_80_columns(tmp_path, results):
    after = saved(tmp_path, changed(results, every_tenth(), blanked))
    table = comparison_table(compare(saved(tmp_path, results), after))
    console = Console(width=80, record=True, markup=False)  # as the command prints it
    console.print(table)
    lines = [line.strip() for line in console.export_text().splitlines()]
    assert "…" not in "".join(lines)
    (recall,) = (line for line in lines if line.startswith("citation_recall"))
    assert recall.split()[-1] == "worse"
    assert "60/67" in " ".join(lines)
    assert "corrected for all measures from 0 to 1" in " ".join(lines)
    assert lines.index("citations") < lines.index(recall) < lines.index("answers")
    assert len(lines) < 45


def test_markdown_lists_every_flip_and_shows_answers_as_they_are(tmp_path, results):
    rude = "![x](http://example.org/x.png) | <b>see</b> *this*"
    after = changed(changed(results, every_tenth(), blanked), {"c0"}, told(rude))
    text = comparison_markdown(compare(saved(tmp_path, results), saved(tmp_path, after)))
    rows = [line for line in text.splitlines() if re.match(r"\| c\d", line)]
    assert len(rows) == 10
    (first,) = (row for row in rows if row.startswith("| c0 |"))
    assert "must\\_contain" in first
    assert r"\!\[x\](http://example.org/x.png) \| \<b\>see\</b\> \*this\*" in first
    assert r"corrected for all measures" in text
