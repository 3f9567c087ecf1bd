"""Kept runs, judged by real endpoints on loopback: honest ones, and all the others."""

from __future__ import annotations

import json
import re
import time

import pytest

from evals.compare import compare
from evals.html.page import page
from evals.judge import asking
from evals.judge.record import Record
from evals.judge.telling import judging_markdown
from evals.measures.judged import GROUNDEDNESS, POINTS, RELEVANCE
from evals.runs import RunFolder, load_run
from index.errors import ConfigError
from tests import endpoint as server
from tests.evals.judge.kept import (
    ALL,
    CALLS,
    CONFIG,
    SENTENCES,
    case,
    claimed,
    honest,
    items,
    keep,
    lines,
    outcomes,
    shown,
    values,
    where,
    whys,
)

BY_HAND = {
    GROUNDEDNESS: [1, 1, 0.5, 1, None, 1],
    POINTS: [1, 0.5, 1, 0, 1, None],
    RELEVANCE: [1, 1, 1, 1, None, 1],
}


def test_an_honest_judge_gives_the_scores_worked_out_by_hand(endpoint, judged_by, tmp_path):
    before = keep(tmp_path / "run")
    after = judged_by(before)
    for measure, wanted in BY_HAND.items():
        assert values(after, measure) == wanted, measure
    assert len(endpoint.requests) == CALLS
    on_disk = load_run(tmp_path / "run")
    assert on_disk == after
    assert on_disk.config == {
        **CONFIG,
        "eval_judge": "openai:m",
        "eval_judge_prompt": asking.prompt_of(),
    }
    assert on_disk.report["judge_tokens"] == [11 * CALLS, 7 * CALLS]  # as the endpoint says
    assert "the judge read 165 tokens and wrote 105" in judging_markdown(on_disk.report)
    aggregates = on_disk.report["aggregates"]
    assert aggregates[GROUNDEDNESS]["mean"] == pytest.approx(0.9)
    assert aggregates[POINTS] | {"interval": None} == {
        "mean": 0.7, "n": 5, "unscored": 1, "interval": None
    }  # fmt: skip
    for old, new in zip(before.rows, after.rows, strict=True):
        assert {n: s for n, s in new["scores"].items() if n not in ALL} == old["scores"]
        assert {k: v for k, v in new.items() if k != "scores"} == {
            k: v for k, v in old.items() if k != "scores"
        }


def test_the_judge_is_shown_what_it_needs_and_no_marker(endpoint, judged_by, tmp_path):
    judged_by(keep(tmp_path / "run"))
    by_text = {measure: [] for measure in ALL}
    for request in endpoint.requests:
        kind = items(shown(request))[0][0]
        by_text[dict(zip(("Claim", "Point", "Answer"), ALL, strict=True))[kind]].append(request)
    assert [len(by_text[measure]) for measure in ALL] == [5, 5, 5]
    (follow_up,) = (
        request for request in by_text[RELEVANCE] if "Earlier question" in shown(request)
    )
    assert "Earlier question: Which method is it?\nEarlier answer: A method.\nQuestion: c3:" in (
        shown(follow_up)
    )
    for request in endpoint.requests:
        system, user = (message["content"] for message in request.body["messages"])
        fence = re.match(r"<<<([a-z2-9]{16})\n", user)[1]
        assert f"<<<{fence} and {fence}>>>" in system
        assert "[1]" not in user
    assert len({shown(request)[:20] for request in endpoint.requests}) == CALLS


def test_judging_twice_asks_nobody_and_changes_nothing(endpoint, judged_by, tmp_path):
    folder = tmp_path / "run"
    first = judged_by(keep(folder))
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(kept) == {"config.json", "results.jsonl", "report.json", "judged.jsonl"}
    asked = len(endpoint.requests)
    assert judged_by(load_run(folder)) == first
    assert len(endpoint.requests) == asked
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept


def test_judging_goes_on_where_it_was_ended(endpoint, judged_by, tmp_path, clean):
    """Also after the half of a line; what failed is asked again, what is judged is not."""
    folder = tmp_path / "run"
    endpoint.play(where(lambda text: "Point 1" in text, server.fails(500)))
    judged_by(keep(folder))
    assert values(load_run(folder), POINTS) == [None] * 6
    with (folder / "judged.jsonl").open("ab") as torn:
        torn.write(b'{"case": "c1", "measure": "judged_po')
    (folder / "report.json").write_text("{}")
    endpoint.play(honest)
    endpoint.requests.clear()
    judged_by(load_run(folder))
    assert len(endpoint.requests) == 5
    assert lines(folder) == clean
    endpoint.requests.clear()
    judged_by(load_run(folder))
    assert endpoint.requests == []


def test_a_user_who_interrupts_waits_for_nobody_and_loses_nothing(
    endpoint, judged_by, tmp_path, monkeypatch, clean
):
    folder = tmp_path / "run"
    add = Record.add

    def interrupted(record, judgement):
        add(record, judgement)
        if (folder / "judged.jsonl").read_bytes().count(b"\n") == 4:
            raise KeyboardInterrupt

    endpoint.play(where(lambda text: "Point 1" in text, server.stalls))
    monkeypatch.setattr(Record, "add", interrupted)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        judged_by(keep(folder), seconds=60.0)
    assert time.monotonic() - start < 15  # a call that stalls would take longer
    assert load_run(folder).report is not None
    monkeypatch.undo()
    endpoint.play(honest)
    judged_by(load_run(folder))
    assert (folder / "judged.jsonl").read_bytes().count(b"\n") == CALLS  # each once
    assert lines(folder) == clean


def test_another_model_and_another_answer_are_judged_anew(endpoint, judged_by, tmp_path):
    folder = tmp_path / "run"
    judged_by(keep(folder))
    endpoint.requests.clear()
    judged_by(load_run(folder), "other")
    assert len(endpoint.requests) == CALLS
    text = (folder / "results.jsonl").read_text()
    changed = text.replace("It was trained on the moon.", "It was trained on the sun.")
    (folder / "results.jsonl").write_text(changed)
    endpoint.requests.clear()
    judged_by(load_run(folder))
    assert len(endpoint.requests) == 3
    assert load_run(folder).config["eval_judge"] == "openai:m"


def test_a_run_that_did_not_end_is_not_judged(endpoint, judged_by, tmp_path):
    RunFolder(tmp_path / "run", CONFIG).close()
    with pytest.raises(ConfigError, match="did not end"):
        judged_by(load_run(tmp_path / "run"))
    assert endpoint.requests == []


def test_a_run_kept_before_points_were_is_judged_but_for_them(endpoint, judged_by, tmp_path):
    folder = tmp_path / "run"
    keep(folder)
    rows = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    for row in rows:
        del row["answer_points"], row["history"]
    (folder / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = judged_by(load_run(folder))
    assert values(run, POINTS) == [None] * 6
    assert "without answer points" in whys(run, "c0")[1]
    assert values(run, GROUNDEDNESS) == BY_HAND[GROUNDEDNESS]


def test_what_nobody_has_to_look_at_is_not_asked(endpoint, judged_by, tmp_path):
    answer = claimed("Nothing is cited.")
    claims = tuple(type(c)(c.text, (), "unsupported") for c in answer.claims)
    given = outcomes()[:1]
    given[0] = type(given[0])(case("c0"), type(answer)(**{
        **{name: getattr(answer, name) for name in answer.__slots__},
        "claims": claims, "citations": (), "text": "Nothing is cited.",
    }))  # fmt: skip
    run = judged_by(keep(tmp_path / "run", given))
    assert values(run, GROUNDEDNESS) == [0]
    assert [items(shown(r))[0][0] for r in endpoint.requests] == ["Answer"]


def test_runs_are_compared_by_a_judge_only_where_it_is_the_same(judged_by, tmp_path):
    one, two = (judged_by(keep(tmp_path / name)) for name in ("a", "b"))
    other = judged_by(keep(tmp_path / "c"), "other")
    names = {row.measure for row in compare(one, two).measures}
    assert set(ALL) <= names
    assert not set(ALL) & {row.measure for row in compare(one, other).measures}


def test_the_page_shows_what_the_judge_said(judged_by, tmp_path):
    run = judged_by(keep(tmp_path / "run"))
    told = page(run)
    assert "The judge" in told
    assert "rank correlation" in told
    assert "judged NO: It was trained on the moon." in told


def test_the_answer_that_an_answerable_case_gives_is_a_control_and_may_be_one_in_part(
    endpoint, judged_by, tmp_path
):
    good, unanswerable = outcomes()[0], case("c1", "Nothing is said.", answerable=False)
    given = [good, type(good)(unanswerable, claimed(SENTENCES[0]))]
    own = "; ".join(SENTENCES[:2])

    def partly_its_own(exchange):
        server.normal("\n".join(
            f"{n}: {'PARTLY' if text == own else 'YES' if SENTENCES[0] in text else 'NO'}"
            for _, n, _, text in items(shown(exchange))
        ))(exchange)  # fmt: skip

    endpoint.play(where(lambda text: own in text, partly_its_own))
    run = judged_by(keep(tmp_path / "run", given))
    assert values(run, RELEVANCE) == [1, 1]
    asked = [items(shown(r)) for r in endpoint.requests]
    assert sorted(len(one) for one in asked if one[0][0] == "Answer") == [2, 3]


def test_measures_of_another_release_stay_in_the_report(judged_by, tmp_path):
    folder = tmp_path / "run"
    keep(folder)
    text = (folder / "results.jsonl").read_text()
    text = text.replace('"scores": {', '"scores": {"older": {"value": 0.5, "why": ""}, ')
    (folder / "results.jsonl").write_text(text)
    report = json.loads((folder / "report.json").read_text())
    older = {"mean": 0.5, "n": 6, "unscored": 0, "interval": [0.5, 0.5]}
    for aggregates in (report["aggregates"], *report["by_type"].values()):
        aggregates["older"] = older
    (folder / "report.json").write_text(json.dumps(report))
    after = judged_by(load_run(folder)).report
    assert after["aggregates"]["older"] == older
    assert all(values["older"] == older for values in after["by_type"].values())
    assert after["aggregates"][POINTS]["n"] == 5
