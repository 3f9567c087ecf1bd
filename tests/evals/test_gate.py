"""Gates: what a gate file may say, and what is held against a run."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from evals.__main__ import main
from evals.cases import parse_cases
from evals.gate import KNOWN, Bound, check, load_gate
from evals.runner import aggregate
from evals.runs import SavedRun
from index.errors import ConfigError
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.evals.test_runner import CASES, PAPERS


def row(name: str, kind: str = "survey", error: str | None = None, **scores: float | None):
    """A kept result, as ``CaseResult.to_dict`` writes it."""
    return {
        "id": name,
        "type": kind,
        "question": f"question {name}?",
        "scores": {m: {"value": v, "why": f"why {m}"} for m, v in scores.items()},
        "error": error,
        "milliseconds": 250.0,
        "answer": None if error else {"text": f"answer {name}"},
    }


def saved(folder, *rows) -> SavedRun:
    """A run of those rows, with their report."""

    def means(of):
        names = dict.fromkeys(name for each in of for name in each["scores"])
        values = {n: [each["scores"].get(n, {}).get("value") for each in of] for n in names}
        return {n: _aggregate(v) for n, v in values.items()}

    kinds = dict.fromkeys(each["type"] for each in rows)
    by_type = {kind: means([each for each in rows if each["type"] == kind]) for kind in kinds}
    report = {"cases": len(rows), "errors": 0, "aggregates": means(rows), "by_type": by_type}
    return SavedRun(folder, {"started": "2026-01-02T03:04:05+00:00"}, rows, report)


def _aggregate(values):
    graded = [value for value in values if value is not None]
    mean = sum(graded) / len(graded) if graded else None
    return {"mean": mean, "n": len(graded), "unscored": len(values) - len(graded), "interval": None}


def gate(tmp_path, text: str):
    path = tmp_path / "gate.toml"
    path.write_text(text, encoding="utf-8")
    return load_gate(path)


def lines(tmp_path, text, *runs):
    return [str(verdict) for verdict in check(gate(tmp_path, text), *runs)]


def test_bounds_are_read_of_all_cases_and_of_types(tmp_path) -> None:
    text = """
        [measures]
        recall = { floor = 0.9 }
        latency_ms = { ceiling = 2000 }
        [types."two words".citation_recall]
        floor = 0
        ceiling = 0.5
    """
    assert gate(tmp_path, text).bounds == (
        Bound("recall", floor=0.9),
        Bound("latency_ms", ceiling=2000),
        Bound("citation_recall", "two words", 0, 0.5),
    )


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("[measure.recall]\nfloor = 1", "measure", "measures, types, baseline"),
        ("[measures.recal]\nfloor = 1", "measures.recal", ", ".join(KNOWN)),
        ("[types.survey.recal]\nfloor = 1", "types.survey.recal", ", ".join(KNOWN)),
        ("[measures.recall]\nflor = 1", "measures.recall.flor", "floor, ceiling"),
        ("[measures.recall]", "measures.recall", "a floor, a ceiling"),
        ("[measures]\nrecall = 0.9", "measures.recall", "must be a table"),
        ("measures = 1", "measures", "must be a table"),
        ("types = [1]", "types", "must be a table"),
        ("[types]\nsurvey = 1", "types.survey", "must be a table"),
        ("[measures.recall]\nfloor = '1'", "measures.recall.floor", "must be a number"),
        ("[measures.recall]\nfloor = true", "measures.recall.floor", "must be a number"),
        ("[measures.recall]\nfloor = 90", "measures.recall.floor", "from 0 to 1"),
        ("[measures.latency_ms]\nceiling = inf", "measures.latency_ms.ceiling", "finite"),
        ("[measures.recall]\nfloor = nan", "measures.recall.floor", "from 0 to 1"),
        ("[measures.recall]\nfloor = 0.9\nceiling = 0.8", "measures.recall", "above the ceiling"),
        ("[baseline]\nmeasures = ['recal']", "baseline.measures.recal", ", ".join(KNOWN)),
        ("[baseline]\nmeasures = 'recall'", "baseline.measures", "a list of names"),
        (
            "[baseline]\nmeasures = ['recall', 'refusal_precision']",
            "baseline.measures.refusal_precision",
            "can't be held against a baseline",
        ),
        ("[baseline]\nmeasure = []", "baseline.measure", "known are: measures"),
    ],
)
def test_what_a_gate_can_not_mean_is_told_with_file_and_key(tmp_path, text, key, said) -> None:
    with pytest.raises(ConfigError) as caught:
        gate(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'gate.toml'}: {key}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "content", [None, b"recall >= 0.9", b"\xff\xfe\x00", b"a = " + b"[" * 9999]
)
def test_what_is_no_toml_is_told_with_the_file(tmp_path, content) -> None:
    path = tmp_path / "gate.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match="can't be read as TOML"):
        load_gate(path)


def test_a_mean_on_its_bound_keeps_it_and_one_beside_it_does_not(tmp_path) -> None:
    tenths = [row(str(place), recall=value) for place, value in enumerate([0.1, 0.2, 0.3])]
    assert sum([0.1, 0.2, 0.3]) / 3 > 0.2  # rounding, which no bound should hang on
    run = saved(tmp_path, *tenths)
    assert check(gate(tmp_path, "[measures.recall]\nfloor = 0.2\nceiling = 0.2"), run)[0].kept
    assert not check(gate(tmp_path, "[measures.recall]\nfloor = 0.2001"), run)[0].kept
    assert not check(gate(tmp_path, "[measures.recall]\nceiling = 0.1999"), run)[0].kept


def test_a_verdict_tells_measure_value_interval_and_bound(tmp_path) -> None:
    run = saved(tmp_path, row("a", recall=1.0), row("b", "numeric", recall=0.5))
    run.report["aggregates"]["recall"] |= aggregate([1.0, 0.5]).to_dict()
    text = "[measures.recall]\nfloor = 0.8\n[types.numeric.recall]\nfloor = 0.4"
    assert lines(tmp_path, text, run) == [
        "FAIL  recall, floor 0.8: 0.75 (95% interval 0.5 to 1, 2 cases)",
        "ok    numeric: recall, floor 0.4: 0.5 (1 case)",
    ]


def test_a_measure_without_a_scored_case_breaks_its_bound(tmp_path) -> None:
    run = saved(tmp_path, row("a", recall=None), row("b", "numeric", recall=None))
    text = """
        [measures]
        recall = { floor = 0 }
        verbatim = { ceiling = 1 }
        [types.numeric]
        recall = { floor = 0 }
        [types.nosuch]
        recall = { floor = 0 }
    """
    assert lines(tmp_path, text, run) == [
        "FAIL  recall, floor 0: no case was scored (2 unscored)",
        "FAIL  verbatim, ceiling 1: no case was scored (0 unscored)",
        "FAIL  numeric: recall, floor 0: no case was scored (1 unscored)",
        "FAIL  nosuch: recall, floor 0: no case of that type was run; "
        "the run's types are: survey, numeric",
    ]


def test_what_got_worse_than_the_baseline_fails(tmp_path) -> None:
    before = saved(tmp_path, *(row(str(n), recall=1.0, verbatim=1.0) for n in range(20)))
    worse = saved(tmp_path, *(row(str(n), recall=float(n > 9), verbatim=1.0) for n in range(20)))
    text = "[measures.recall]\nfloor = 0.1"
    floor, recall, verbatim = check(gate(tmp_path, text), worse, before)
    assert (floor.kept, recall.kept, verbatim.kept) == (True, False, True)
    assert str(recall).startswith(
        "FAIL  recall, not worse than the baseline: 0.5 against 1, -0.5 (95% interval -0."
    )
    assert all(verdict.kept for verdict in check(gate(tmp_path, text), before, before))
    assert all(verdict.kept for verdict in check(gate(tmp_path, text), before, worse))  # better


def test_one_case_that_flips_among_many_is_no_difference(tmp_path) -> None:
    before = saved(tmp_path, *(row(str(n), recall=1.0) for n in range(20)))
    after = saved(tmp_path, *(row(str(n), recall=float(n > 0)) for n in range(20)))
    assert all(verdict.kept for verdict in check(gate(tmp_path, ""), after, before))


def test_a_lower_is_better_measure_fails_when_it_rises_and_latency_only_if_named(tmp_path) -> None:
    before = saved(
        tmp_path, *(row(str(n), answerable_refused=0.0, latency_ms=9.0) for n in range(20))
    )
    after = saved(
        tmp_path, *(row(str(n), answerable_refused=1.0, latency_ms=99.0) for n in range(20))
    )
    assert [(v.measure, v.kept) for v in check(gate(tmp_path, ""), after, before)] == [
        ("answerable_refused", False)
    ]
    named = gate(tmp_path, "[baseline]\nmeasures = ['latency_ms', 'recall']")
    slow, missing = check(named, after, before)
    assert (slow.measure, slow.kept) == ("latency_ms", False)
    assert "recall, not worse than the baseline: no case was scored in both" in str(missing)
    assert not missing.kept


def test_a_measure_that_only_the_baseline_scored_fails(tmp_path) -> None:
    before = saved(tmp_path, row("a", recall=1.0), row("b", must_contain=1.0))
    after = saved(tmp_path, row("a", recall=None))
    assert [(v.measure, v.kept) for v in check(gate(tmp_path, ""), after, before)] == [
        ("recall", False)  # must_contain was scored on a case alone that this run doesn't have
    ]


def test_precise_refusals_that_became_answers_break_nothing(tmp_path) -> None:
    refused = {"answerable_refused": 1.0, "refusal_precision": 0.0}
    before = saved(tmp_path, *(row(str(n), **refused) for n in range(20)))
    after = saved(tmp_path, *(row(str(n), answerable_refused=0.0) for n in range(20)))
    assert lines(tmp_path, "", after, before) == [
        "ok    answerable_refused, not worse than the baseline: "
        "0 against 1, -1 (95% interval -1 to -1, 20 cases)"
    ]


def judged(run: SavedRun, by: str, prompt: str = "p") -> SavedRun:
    return replace(run, config={"eval_judge": by, "eval_judge_prompt": prompt})


def test_what_other_judges_scored_is_held_against_no_baseline(tmp_path) -> None:
    run = saved(tmp_path, *(row(str(n), recall=1.0, judged_points=1.0) for n in range(20)))
    one, other, again = judged(run, "x"), judged(run, "y"), judged(run, "x", "q")
    assert [v.measure for v in check(gate(tmp_path, ""), one, one)] == ["recall", "judged_points"]
    named = "[baseline]\nmeasures = ['judged_points']"
    for before in (other, again):
        assert [v.measure for v in check(gate(tmp_path, ""), one, before)] == ["recall"]
        assert lines(tmp_path, named, one, before) == [
            "FAIL  judged_points, not worse than the baseline: "
            "another judge, or other prompts, scored the baseline"
        ]
    (unjudged,) = lines(tmp_path, named, saved(tmp_path, row("0", recall=1.0)), one)
    assert unjudged.endswith("no case was scored in both runs")


def test_a_gate_that_holds_to_nothing_and_a_run_that_did_not_end_are_errors(tmp_path) -> None:
    run = saved(tmp_path, row("a", recall=1.0))
    with pytest.raises(ConfigError, match="sets no bound"):
        check(gate(tmp_path, "[baseline]"), run)
    with pytest.raises(ConfigError, match="did not end"):
        check(gate(tmp_path, ""), SavedRun(tmp_path, {}, run.rows, None), run)
    with pytest.raises(ConfigError, match="no case in common"):
        check(gate(tmp_path, ""), run, saved(tmp_path, row("z", recall=1.0)))


def test_verdicts_are_json_and_one_line(tmp_path) -> None:
    run = saved(tmp_path, row("a", "odd\ntype", recall=1.0))
    verdicts = check(gate(tmp_path, '[types."odd\\ntype".recall]\nfloor = 1'), run)
    assert json.loads(json.dumps(verdicts[0].to_dict()))["kept"] is True
    assert str(verdicts[0]) == "ok    odd type: recall, floor 1: 1 (1 case)"


@pytest.fixture
def asked(tmp_path):
    """The command that asks the small cases of a small store, and where it keeps the run."""
    with PaperIndex.open(tmp_path / "store", embedder=HashEmbedder()) as index:
        index.add(PAPERS)
    cases, out = tmp_path / "cases.jsonl", tmp_path / "out"
    cases.write_text("\n".join(map(json.dumps, CASES)))
    return ["run", str(cases), "--store", str(tmp_path / "store"), "--out", str(out)], out


def test_a_run_that_breaks_its_gate_is_kept_and_fails(asked, tmp_path, capsys) -> None:
    command, out = asked
    rules, junit = tmp_path / "gate.toml", tmp_path / "junit.xml"
    rules.write_text("[measures.list_exactness]\nfloor = 1\n[measures.completed]\nfloor = 1")
    assert main([*command, "--gate", str(rules), "--junit", str(junit), "--json"]) == 1
    output = capsys.readouterr()
    assert json.loads(output.out)["cases"] == 3
    assert "FAIL  list_exactness, floor 1: no case was scored (3 unscored)\n" in output.err
    assert output.err.endswith(f"error: {rules}: 1 of 2 bounds are broken\n")
    assert (out / "report.json").exists()
    assert 'tests="2" skipped="0" failures="1"' in junit.read_text()

    assert main(["gate", str(out), str(rules)]) == 1
    output = capsys.readouterr()
    assert [line[:4] for line in output.out.splitlines()] == ["FAIL", "ok  "]
    assert output.err == f"error: {rules}: 1 of 2 bounds are broken\n"


def test_a_run_that_keeps_its_gate_ends_well(asked, tmp_path, capsys) -> None:
    command, out = asked
    rules = tmp_path / "gate.toml"
    rules.write_text("[measures.completed]\nfloor = 1")
    assert main([*command, "--gate", str(rules)]) == 0
    assert f"{rules}: every bound is kept" in capsys.readouterr().err
    assert main(["gate", str(out), str(rules), "--baseline", str(out), "--json"]) == 0
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    assert len(verdicts) > 3
    assert all(verdict["kept"] for verdict in verdicts)


def test_a_gate_that_means_nothing_fails_before_anything_is_asked(asked, tmp_path, capsys) -> None:
    command, out = asked
    (tmp_path / "gate.toml").write_text("[measures.recal]\nfloor = 1")
    for options, said in (
        (["--gate", str(tmp_path / "gate.toml")], "measures.recal: unknown"),
        (["--gate", "absent.toml"], "absent.toml: can't be read"),
        (["--baseline", str(out)], "name its file with --gate"),
    ):
        assert main([*command, *options]) == 1
        assert said in capsys.readouterr().err
        assert not out.exists()
    assert main(["gate", str(out)]) == 2


def test_the_gate_of_the_shipped_cases_can_be_read(project) -> None:
    bounds = load_gate(project / "evals" / "gate.toml").bounds
    assert {"recall", "citation_recall", "verbatim", "completed"} <= {b.measure for b in bounds}


def test_the_files_of_the_guide_can_be_read(project, tmp_path) -> None:
    guide = (project / "evals" / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"```(\w+)\n(.*?)```", guide, re.DOTALL)
    blocks = dict(found)
    (rules,) = (text for kind, text in found if kind == "toml" and "[measures]" in text)
    assert gate(tmp_path, rules).against is not None
    cases, problems = parse_cases(blocks["json"].splitlines(), "README.md")
    assert (len(cases), problems) == (4, ())
