"""``paperchat eval judge`` and ``run --judge``, against an endpoint on loopback."""

from __future__ import annotations

import json

import pytest

from evals.__main__ import main
from evals.measures.judged import GROUNDEDNESS, POINTS, RELEVANCE
from evals.runs import load_run
from evals.verbs.judge import judged
from rag.models.openai import OpenAIChatModel
from tests import endpoint as server
from tests.evals.judge.kept import honest, keep, says

ALL = {GROUNDEDNESS, POINTS, RELEVANCE}


@pytest.fixture
def endpoint(monkeypatch):
    with server.running() as running:
        running.play(honest)
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        yield running


@pytest.fixture
def kept(tmp_path):
    keep(tmp_path / "run")
    return tmp_path / "run"


def test_a_kept_run_is_judged_and_shown(endpoint, kept, tmp_path, capsys):
    page = tmp_path / "page.html"
    given = ["judge", str(kept), "--judge", "openai:m"]
    assert main([*given, "--json", "--html", str(page)]) == 0
    output = capsys.readouterr()
    report = json.loads(output.out)
    assert set(report["aggregates"]) >= ALL
    assert report["config"]["eval_judge"] == "openai:m"
    assert report["unscored_by_judge"][POINTS] == {"the case has no answer points": 1}
    assert report["agreement"][GROUNDEDNESS]["rho"]["value"] == pytest.approx(1)
    assert "The judge" in page.read_text()
    asked = len(endpoint.requests)
    assert main([*given, "--markdown"]) == 0
    assert "**How far the judge, openai:m, agrees" in capsys.readouterr().out
    assert main(["show", str(kept)]) == 0
    shown = capsys.readouterr().out
    assert "judged_groundedness" in shown
    assert "judged NO: It was trained on the moon." in shown
    assert len(endpoint.requests) == asked


def test_a_lie_is_visible_at_the_terminal(endpoint, kept, capsys):
    endpoint.play(says("YES"))
    assert main(["judge", str(kept), "--judge", "openai:m"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "the judge got a control wrong" in told
    assert "15 replies of the judge could not be used" in told


def test_a_wrong_key_is_named_and_no_success(endpoint, kept, capsys):
    endpoint.play(server.fails(401, "Incorrect API key"))
    assert main(["judge", str(kept), "--judge", "openai:m"]) == 1
    output = capsys.readouterr()
    told = " ".join(output.out.split())
    assert "the judge failed, for one, with:" in told
    assert "key" in told.partition("for one, with:")[2]
    assert "no reply of the judge could be used" in output.err
    endpoint.play(honest)
    assert main(["judge", str(kept), "--judge", "openai:m"]) == 0


def test_a_run_that_did_not_end_is_told_to_be_ended_first_and_nothing_else(endpoint, kept, capsys):
    (kept / "report.json").unlink()
    assert main(["judge", str(kept), "--judge", "openai:m"]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert "run --resume" in told


def test_an_end_by_force_says_how_to_go_on(endpoint, kept, capsys, monkeypatch):
    def ended(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("evals.judge.judging.judge_run", ended)
    with pytest.raises(KeyboardInterrupt):
        judged(load_run(kept), OpenAIChatModel("m", base_url=endpoint.base_url))
    assert f"go on with: eval judge {kept} --judge openai:m" in capsys.readouterr().err


def test_a_run_is_judged_as_it_ends_and_gone_on_with(endpoint, asked, tmp_path, capsys):
    store, cases = asked
    out = tmp_path / "out"
    run = ["run", str(cases), "--store", str(store), "--model", "extractive", "--out", str(out)]
    assert main([*run, "--judge", "openai:m", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["aggregates"][GROUNDEDNESS]["n"] > 0
    calls = len(endpoint.requests)
    assert main([*run, "--judge", "openai:m", "--json", "--resume"]) == 0
    assert json.loads(capsys.readouterr().out)["aggregates"] == report["aggregates"]
    assert len(endpoint.requests) == calls
    assert main([*run, "--resume", "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    kept = load_run(out)  # without the judge it says nothing of one, in none of its files
    assert kept.config == plain["config"]
    assert "eval_judge" not in kept.config
    assert all(GROUNDEDNESS not in row["scores"] for row in kept.rows)
    assert main(["judge", str(out), "--judge", "openai:m", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["aggregates"] == report["aggregates"]
    assert len(endpoint.requests) == calls


def test_a_gate_may_bound_what_is_judged(endpoint, asked, tmp_path, capsys):
    store, cases = asked
    gate = tmp_path / "gate.toml"
    gate.write_text("[measures]\njudged_groundedness = { floor = 0.5 }\n")
    run = ["run", str(cases), "--store", str(store), "--model", "extractive", "--gate", str(gate)]
    assert main([*run, "--judge", "openai:m"]) == 0
    assert main(run) == 1
    assert "judged_groundedness" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (["--judge", "extractive"], 1, "a language model is needed"),
        (["--judge", "nonsense"], 1, "is not a model"),
        (["--judge", "openai:m", "--offline"], 1, "offline"),
        ([], 2, "--judge"),
    ],
)
def test_what_can_be_no_judge_is_refused_before_anything_is_asked(
    endpoint, kept, more, code, message, capsys
):
    before = (kept / "results.jsonl").read_bytes()
    assert main(["judge", str(kept), *more]) == code
    assert message in capsys.readouterr().err
    assert endpoint.requests == []
    assert (kept / "results.jsonl").read_bytes() == before
    assert not (kept / "judged.jsonl").exists()
