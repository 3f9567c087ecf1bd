"""Runs with the real assistant over a small real store."""

from __future__ import annotations

import io
import json
import re
import threading
import time

import pytest
from rich.console import Console

from evals.cases import parse_cases
from evals.compare import compare
from evals.measures import grouped
from evals.report import (
    comparison_markdown,
    comparison_table,
    number,
    report_markdown,
    report_table,
    type_tables,
)
from evals.runner import asked, run
from evals.runs import RunFolder, load_run, new_folder
from index.errors import ConfigError
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from index.types import Paper
from rag.closing import closing_iterator
from rag.settings import Settings
from rag.types import Token
from rag.wiring import build_assistant

PAPERS = [
    Paper(
        "p1", "Federated learning", "Federated learning keeps data on phones. It gains 12 points."
    ),
    Paper("p2", "Model merging", "Model merging combines the weights of models. It needs no data."),
    Paper("p3", "Hallucination", "Language models hallucinate facts. Calibration says they must."),
]
CASES = [
    {
        "id": "c1",
        "type": "single_fact",
        "question": "What does federated learning keep on phones?",
        "gold_titles": ["Federated  learning"],
        "must_contain": ["phones", "12"],
    },
    {
        "id": "c2",
        "type": "survey",
        "question": "What combines the weights of models?",
        "gold_titles": ["Model merging"],
        "acceptable_titles": ["Federated learning", "Hallucination"],
    },
    {
        "id": "c3",
        "type": "unanswerable_far",
        "question": "How is a kettle descaled?",
        "answerable": False,
    },
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with PaperIndex.open(tmp_path_factory.mktemp("store"), embedder=HashEmbedder()) as store:
        store.add(PAPERS)
        yield store


@pytest.fixture
def cases():
    return parse_cases(map(json.dumps, CASES), "cases")[0]


def scripted(tmp_path, *lines):
    path = tmp_path / "script.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return f"scripted:{path}"


def assistant_over(index, model="extractive"):
    return build_assistant(Settings(model=model), index=index)


def scores(report, case):
    (row,) = (row for row in report.rows if row.outcome.case.id == case)
    return {name: score.value for name, score in row.scores.items()}


def test_a_scripted_run_gives_the_scores_worked_out_by_hand(index, cases, tmp_path):
    model = scripted(
        tmp_path,
        {"match": "phones", "reply": "It keeps data on phones [{{best}}]."},
        {"match": "weights", "reply": "Merging does [{{best}}]."},
        {"match": "kettle", "reply": "Nothing is known of kettles."},
    )
    report = run(cases, assistant_over(index, model), index, config={"model": "s"})
    first = scores(report, "c1")
    assert first["recall"] == 1
    assert first["citation_precision"] == 1
    assert first["citation_recall"] == 1
    assert first["must_contain"] == 0.5
    assert first["answerable_refused"] == 0
    assert first["verbatim"] == 1
    assert scores(report, "c2")["citation_recall"] == 1
    assert scores(report, "c3")["recall"] is None
    assert report.aggregates["recall"].n == 2
    assert report.aggregates["recall"].unscored == 1
    assert report.aggregates["verbatim"].mean == 1
    assert set(report.by_type) == {"single_fact", "survey", "unanswerable_far"}
    assert report.by_type["single_fact"]["must_contain"].mean == 0.5


def test_rows_keep_the_order_of_the_cases_however_they_run(index, cases):
    assistant = assistant_over(index)
    report = run(cases * 5, assistant, index, concurrency=4)
    assert [row.outcome.case.id for row in report.rows] == ["c1", "c2", "c3"] * 5
    one = run(cases, assistant, index)
    for case in ("c1", "c2", "c3"):
        alone, together = scores(one, case), scores(report_of(report, 3), case)
        times = [name for name in alone if name.endswith("_ms")]
        assert {"latency_ms", "plan_ms", "retrieve_ms"} <= set(times)
        for took in (alone, together):
            assert took["latency_ms"] > 0
            assert all(took.pop(name) != 0 for name in times)
        assert alone == together


@pytest.mark.parametrize("at_once", [1, 4])
def test_each_case_comes_as_it_ends_with_its_place(index, cases, at_once):
    slow = threading.Event()

    class OneWaits:
        def stream(self, question, *, history=()):
            if at_once > 1 and "federated" in question:
                slow.wait(30)
            return assistant_over(index).stream(question, history=history)

    found = []
    for place, result in asked(cases, OneWaits(), index, concurrency=at_once):
        found.append((place, result.outcome.case.id))
        if len(found) == len(cases) - 1:
            slow.set()
    assert dict(found) == {0: "c1", 1: "c2", 2: "c3"}
    assert found[-1 if at_once > 1 else 0] == (0, "c1")


def test_who_interrupts_waits_for_no_long_answer(index, cases):
    closed = []

    class Slow:
        def stream(self, question, *, history=()):
            if "kettle" in question:
                yield from assistant_over(index).stream(question, history=history)
                return
            try:
                for _ in range(600):
                    time.sleep(0.05)
                    yield Token("word ")
            finally:
                closed.append(question)

    start = time.monotonic()
    with closing_iterator(asked(cases, Slow(), index, concurrency=4)) as found:
        assert next(found)[0] == 2
    assert time.monotonic() - start < 15  # the others take twice as long
    assert len(closed) == 2


def report_of(report, first):
    """The report with its first rows only."""
    from evals.runner import summarise

    return summarise(report.rows[:first], config=report.config)


def test_a_case_that_breaks_costs_only_itself(index, cases):
    class Breaking:
        def __init__(self):
            self.inner = assistant_over(index)

        def stream(self, question, *, history=()):
            if "weights" in question:
                raise ZeroDivisionError("broken on purpose")
            return self.inner.stream(question, history=history)

    report = run(cases, Breaking(), index)
    assert report.errors == 1
    assert report.rows[1].outcome.error == "ZeroDivisionError: broken on purpose"
    assert report.aggregates["completed"].mean == pytest.approx(2 / 3)
    assert report.aggregates["citation_recall"].n == 1


def kept(folder, report):
    run_folder = RunFolder(folder, {"model": "m"})
    for place, row in reversed(list(enumerate(report.rows))):
        run_folder.add(place, row)
    run_folder.finish(report)
    run_folder.close()
    return load_run(folder)


def test_a_kept_run_reads_back_in_order_and_is_not_overwritten(index, cases, tmp_path):
    report = run(cases, assistant_over(index), index)
    saved = kept(tmp_path / "run", report)
    assert [row["id"] for row in saved.rows] == ["c1", "c2", "c3"]
    assert saved.report["aggregates"]["verbatim"]["mean"] == 1
    assert saved.rows[0]["answer"]["citations"]
    with pytest.raises(ConfigError, match="already holds a run"):
        RunFolder(tmp_path / "run", {})


def test_a_run_that_was_killed_keeps_its_finished_cases(index, cases, tmp_path):
    report = run(cases, assistant_over(index), index)
    folder = RunFolder(tmp_path / "run", {})
    folder.add(0, report.rows[0])
    folder.close()
    with (tmp_path / "run" / "results.jsonl").open("a") as torn:
        torn.write('{"place": 1, "id": "c2", "sco')
    saved = load_run(tmp_path / "run")
    assert [row["id"] for row in saved.rows] == ["c1"]
    assert saved.report is None


def test_folders_without_a_run_are_named(tmp_path):
    with pytest.raises(ConfigError, match="holds no run"):
        load_run(tmp_path)
    assert new_folder(tmp_path, "openai:x/y", "20250101").name == "20250101-openai-x-y"
    (tmp_path / "20250101-m").mkdir()
    assert new_folder(tmp_path, "m", "20250101").name == "20250101-m-2"


def test_comparing_finds_the_answers_beside_the_point_and_nothing_in_a_copy(index, tmp_path):
    told = "It keeps data on phones [{{key:1.1}}]. It gains 12 points [{{key:1.2}}]."
    good = scripted(tmp_path, {"reply": told})
    many = [
        parse_cases([json.dumps(CASES[0] | {"id": f"c{i}", "question": f"{i} phones?"})], "f")[0][0]
        for i in range(12)
    ]
    before = kept(tmp_path / "a", run(many, assistant_over(index, good), index))
    same = compare(before, before)
    assert {row.verdict for row in same.measures} == {"same"}
    assert same.flips == ()

    beside = "Model merging combines the weights of models [{{key:2.1}}]."
    blank = scripted(tmp_path, {"reply": beside})
    after = kept(tmp_path / "b", run(many, assistant_over(index, blank), index))
    changed = compare(before, after)
    verdicts = {row.measure: row.verdict for row in changed.measures}
    assert verdicts["must_contain"] == "worse"
    assert verdicts["recall"] == "same"
    flips = [flip for flip in changed.flips if flip.measure == "must_contain"]
    assert len(flips) == 12
    assert not any(flip.better for flip in flips)
    back = {row.measure: row.verdict for row in compare(after, before).measures}
    assert back["must_contain"] == "better"


def test_comparing_pairs_by_case_and_names_the_rest(index, cases, tmp_path):
    assistant = assistant_over(index)
    a = kept(tmp_path / "a", run(cases[:2], assistant, index))
    b = kept(tmp_path / "b", run(cases[1:], assistant, index))
    found = compare(a, b)
    assert (found.only_a, found.only_b) == (("c1",), ("c3",))
    only = kept(tmp_path / "c", run(cases[:1], assistant, index))
    with pytest.raises(ConfigError, match="no case in common"):
        compare(b, only)


def test_reports_show_unscored_measures_and_escape_what_they_show(index, cases, tmp_path):
    report = run(cases, assistant_over(index), index).to_dict()
    lines = shown(report_table(report)).splitlines()
    scored = {name for name, value in report["aggregates"].items() if value["n"]}
    assert {"recall", "latency_ms", "cost_usd"} <= scored
    assert scored <= {line.split()[0] for line in lines if line.strip()}
    below = " ".join(" ".join(lines).partition("Scored no case: ")[2].split())
    assert "list_exactness (needs cases of the type list_aggregate)" in below
    assert "quote_precision, quote_recall (needs gold_quotes in the cases)" in below
    assert not scored & set(re.findall(r"\w+", below))
    assert all(len(line.rstrip()) <= 80 for line in lines)
    by_type = "".join(shown(table) for table in type_tables(report))
    assert " recall " in by_type
    assert "list_exactness" not in by_type
    text = report_markdown(report)
    assert "| list_exactness | - | - | 0 | 3 |" in text
    assert "answerable_refused (lower is better)" in text
    assert "| **time and cost (lower is better)** | | | | |" in text.replace("  ", " ")
    assert "| measure | single_fact | survey | unanswerable_far |" in text
    assert "| must_contain | 0.500 | - | - |" in text
    json.dumps(report)


def shown(table):
    screen = Console(width=80, file=io.StringIO())
    screen.print(table)
    return screen.file.getvalue()


def test_values_are_shown_with_the_decimals_of_their_measure():
    assert number("recall", 0.12345) == "0.123"
    assert number("latency_ms", 312.4) == "312"
    assert number("cost_usd", 0.00123) == "0.0012"
    assert number("of_another_release", 0.5) == "0.500"
    assert number("recall", None) == "-"


def test_the_table_by_type_can_be_read_at_80_columns(index, cases):
    report = run(cases, assistant_over(index), index).to_dict()
    values = next(iter(report["by_type"].values()))
    kinds = ("single_fact", "multi_paper", "list", "compare", "unanswerable", "follow_up", "x" * 40)
    report["by_type"] = dict.fromkeys(kinds, values)
    printed = "".join(map(shown, type_tables(report)))
    assert "…" not in printed
    for name in (*kinds, "recall", "must_contain", "answered"):
        assert f" {name} " in printed


def test_a_comparison_is_shown_as_table_and_markdown(index, cases, tmp_path):
    assistant = assistant_over(index)
    a = kept(tmp_path / "a", run(cases, assistant, index))
    found = compare(a, a)
    names = [row.measure for row in found.measures]
    assert comparison_table(found).row_count == len(names) + len(grouped(names))
    assert "| verbatim | 1.000 | 1.000 | 0.000 |" in comparison_markdown(found)
