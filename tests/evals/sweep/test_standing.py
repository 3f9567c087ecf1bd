"""Which run is best, and whether that is more than chance; worked out by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from evals.runs import SavedRun
from evals.sweep import table
from evals.sweep.axes import Setup
from evals.sweep.grid import Grid, Variant
from evals.sweep.page import page
from evals.sweep.scatter import Point, scatter, span, ticks
from evals.sweep.standing import _holm, front, known_measures, result
from evals.sweep.sweeping import Swept
from index.errors import ConfigError
from rag.settings import Settings

MEASURES = ("citation_recall", "answerable_refused")
EVIL = "</title><script>alert(1)</script>"


def rescored(one, measure, values, **judge):
    """The same run with these scores in place of its own."""
    rows = [
        row | {"scores": {measure: {"value": value}}}
        for row, value in zip(one.run.rows, values, strict=True)
    ]
    report = one.run.report | {"aggregates": {measure: {"mean": sum(values) / len(values)}}}
    config = {**one.run.config, **judge}
    return replace(one, run=replace(one.run, config=config, rows=tuple(rows), report=report))


def run(number, recall, refused, *, times=(10.0, 30.0, 20.0), cost=0.0, name="a"):
    """A kept run whose cases have these scores."""
    rows = [
        {
            "id": f"c{place}",
            "scores": {"citation_recall": {"value": r}, "answerable_refused": {"value": f}},
            "milliseconds": times[place % len(times)],
            "error": None,
            "answer": {"cost_usd": cost},
        }
        for place, (r, f) in enumerate(zip(recall, refused, strict=True))
    ]

    def mean(values):
        graded = [value for value in values if value is not None]
        return {"mean": sum(graded) / len(graded) if graded else None}

    report = {
        "errors": 0,
        "aggregates": {"citation_recall": mean(recall), "answerable_refused": mean(refused)},
    }
    config = {"n_cases": len(rows), "cases": "c.jsonl"}
    setup = Setup(Settings())
    kept = SavedRun(Path("runs") / f"r{number}", config, tuple(rows), report)
    return Swept(Variant(number, {"model": name, "length": "normal"}, setup), kept)


def told(*runs):
    grid = Grid(Path("grid.toml"), tuple(one.variant for one in runs))
    return result(grid, runs, MEASURES)


def test_the_best_is_named_and_whether_that_is_more_than_chance():
    good, bad = [1.0] * 12, [0.0] * 11 + [1.0]
    found = told(
        run(1, bad, [0.0] * 12, name="a"),
        run(2, good, [0.0] * 11 + [1.0], name="b"),
        run(3, [0.0] * 12, [1.0] * 12, name="c"),
    )
    recall, refused = found.standings
    assert (recall.best, recall.second, recall.real) == ((2,), 1, True)
    assert recall.gain == pytest.approx(11 / 12)
    # Eleven cases, all one way: 2 of 2^11 sign patterns; of two measures, it counts twice.
    assert recall.p == pytest.approx(2 * 2 / 2**11)
    assert (refused.best, refused.second, refused.real) == ((1,), 2, False)
    assert refused.gain == pytest.approx(1 / 12)
    assert refused.p == 1
    assert table.lines(found)[0].startswith("citation_recall: run 2 is best, by 0.917 before run 1")
    assert "more than chance" in table.lines(found)[0]
    assert "may be chance" in table.lines(found)[1]


def test_runs_that_are_best_alike_and_measures_without_a_graded_case():
    nothing = [None] * 3
    found = told(run(1, [1, 0, 0], nothing), run(2, [0, 1, 0], nothing), run(3, [0, 0, 0], nothing))
    recall, refused = found.standings
    assert (recall.best, recall.second, recall.p, recall.real) == ((1, 2), 3, None, False)
    assert refused.best == ()
    assert table.lines(found) == [
        "citation_recall: runs 1, 2 are best alike",
        "answerable_refused: no case was graded",
    ]
    same = told(run(1, [1, 0, 0], nothing), run(2, [0, 1, 0], nothing))
    assert table.lines(same)[0] == "citation_recall: the same in all runs"
    assert "*" not in table.markdown(same).replace("**", "").replace("\\* best", "")


def test_a_mean_of_easier_cases_is_not_called_better():
    """Run 1 graded ten cases that run 2 has no score for; in all that both have it is behind."""
    found = told(
        run(1, [1.0] * 10 + [0.6] * 10, [0.0] * 20),
        run(2, [None] * 10 + [0.75] * 10, [0.0] * 20),
    )
    recall, _ = found.standings
    assert (recall.best, recall.second, recall.real) == ((1,), 2, False)
    assert recall.gain == pytest.approx(-0.15)
    assert recall.p <= 0.05
    assert table.lines(found)[0] == (
        "citation_recall: run 1 has the best mean, but over the cases that run 2 graded too"
        " it is not better (-0.150)"
    )


@pytest.mark.parametrize(
    ("measure", "judges"),
    [("refusal_precision", "xx"), ("judged_points", "xy"), ("judged_points", "xx")],
)
def test_only_pairs_that_mean_something_are_tested(measure, judges):
    some = run(1, [1] * 12, [0] * 12), run(2, [1] * 12, [0] * 12)
    runs = [
        rescored(one, measure, values, eval_judge=judge, eval_judge_prompt="p")
        for one, values, judge in zip(some, ([1.0] * 12, [0.0] * 12), judges, strict=True)
    ]
    grid = Grid(Path("grid.toml"), tuple(one.variant for one in runs))
    found = result(grid, runs, known_measures([measure]))
    (standing,) = found.standings
    assert [row.means[measure] for row in found.rows] == [1, 0]
    assert (standing.best, standing.second) == ((1,), 2)
    if (measure, judges) == ("judged_points", "xx"):
        assert standing.real
    else:
        assert (standing.gain, standing.p, standing.real) == (None, None, False)
        expected = f"{measure}: run 1 is best, then run 2; no case of both compares"
        assert table.lines(found) == [expected]
    assert r"| 1 | 1.000\* |" in table.markdown(found)


def test_time_is_the_median_and_cost_the_mean():
    first, second = told(
        run(1, [1, 0, 0], [0, 0, 0], cost=0.02), run(2, [1, 1, 0], [0, 0, 0], cost=None)
    ).rows
    assert (first.latency_ms, first.cost_usd) == (20, pytest.approx(0.02))
    assert second.cost_usd is None


def test_holms_correction():
    assert _holm([0.01, None, 0.04, 0.03]) == [0.03, None, 0.06, 0.06]
    assert _holm([0.9, 0.8]) == [1.0, 1.0]


def test_the_front_is_what_no_other_point_beats():
    points = [(10, 0.5), (20, 0.9), (15, 0.5), (30, 0.9), (40, 0.95), (10, 0.4)]
    assert front(points, 1) == (0, 1, 4)
    assert front([(10, 0.5), (20, 0.1), (30, 0.2)], -1) == (0, 1)
    assert front([(10, 0.5), (10, 0.5)], 1) == (0, 1)


def test_unknown_measures_are_refused():
    assert known_measures(["recall", "recall"]) == ("recall",)
    with pytest.raises(ConfigError, match="'taste' is unknown"):
        known_measures(["taste"])


def test_the_table_shows_each_run_once_and_what_it_cost():
    found = told(run(1, [1, 0, 0], [0, 0, 0], cost=0.02), run(2, [1, 1, 0], [0, 0, 0], name="b|"))
    shown = table.markdown(found)
    assert "| # | model | citation_recall | answerable_refused (low) | ms | USD |" in shown
    assert "| 1 | a | 0.333 | 0.000 | 20 | 0.02000 |" in shown
    assert r"| 2 | b\| | 0.667\* | 0.000 | 20 | 0.00000 |" in shown
    assert table.legend(found, 200) == []
    assert table.legend(found, 30)[1].strip() == "2  model b|"


def test_the_page_shows_strange_names_as_text_and_asks_nobody_for_anything():
    found = told(run(1, [1, 0, 0], [0, 0, 0], name=EVIL), run(2, [1, 1, 0], [0, 0, 1], name="b"))
    text = page(found)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "default-src 'none'; style-src 'sha256-" in text
    assert "http:" not in text
    assert "https:" not in text
    assert text.count("<svg") == 2  # both measures against latency; nothing was paid for


def test_what_was_paid_is_plotted_where_it_is_known():
    free = run(1, [1, 0, 0], [0, 0, 0])
    paid = run(2, [1, 1, 0], [0, 0, 1], cost=0.004)
    text = page(told(free, paid))
    assert text.count("<svg") == 4
    assert "Quality against cost" in text
    assert "run 2: 0.667 at 0.004 US dollars an answer, on the front" in text
    assert "Quality against cost" not in page(told(free, run(2, [1, 1, 0], [0, 0, 1], cost=None)))


def test_a_plot_tells_its_points_in_words_too():
    points = [Point(1, 10, 0.5, "run 1"), Point(2, 20, 0.9, "run <2>"), Point(3, 11, 0.5, "run 3")]
    drawn = scatter(points, (0, 1), unit="ms", cost=str, quality=str)
    assert 'aria-label="run 1: 0.5 at 10 ms, on the front; run 2: 0.9 at 20 ms' in drawn
    assert drawn.count('class="dot"') == 2
    assert drawn.count('class="dot beaten"') == 1
    assert "run &lt;2&gt;" in drawn


@pytest.mark.parametrize("values", [[0.0], [5.0, 5.0], [0.1, 0.9], [-1.0, 1.0], [1e-9, 2e-9]])
def test_scales_hold_all_points_and_have_a_few_round_ticks(values):
    low, high = span(values)
    assert low <= min(values) <= max(values) < high
    found = ticks(low, high)
    assert 2 <= len(found) <= 6
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in found)
