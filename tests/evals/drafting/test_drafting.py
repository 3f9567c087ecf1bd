"""``paperchat eval draft`` against a real endpoint, honest and not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from evals.__main__ import main
from evals.cases import load_cases, read_cases
from evals.drafting.checking import Asked
from evals.drafting.choosing import Attempt
from evals.drafting.drafting import Drafting, Told
from evals.drafting.kinds import KINDS
from evals.verbs import draft
from index.errors import ConfigError
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from rag.models.deadlines import Deadlines
from rag.models.openai import OpenAIChatModel
from tests import endpoint as at
from tests.evals.drafting.suggested import HONEST, PAPERS, STEERED, about, changed, honest


@pytest.fixture
def store(tmp_path):
    place = tmp_path / "store"
    with PaperIndex.open(place, embedder=HashEmbedder()) as index:
        index.add(PAPERS)
    return place


@pytest.fixture
def endpoint(monkeypatch):
    with at.running() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        yield running


def drafted(store, out, *more: str) -> int:
    given = ["draft", "--out", str(out), "--store", str(store), "--model", "openai:m"]
    return main([*given, "--kinds", "numeric", "--n", "3", *more])


def rows(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_honest_drafts_are_cases_that_wait(store, tmp_path, endpoint, capsys):
    endpoint.play(honest)
    out = tmp_path / "new" / "drafts.jsonl"
    assert drafted(store, out) == 0
    told = capsys.readouterr().err
    assert "3 cases drafted" in told and f"paperchat eval review {out}" in told
    cases = read_cases(out)
    assert {case.question for case in cases} == {row["question"] for row in HONEST.values()}
    assert all(not case.reviewed and case.gold_quotes for case in cases)
    assert all(case.note.startswith("drafted by openai:m, prompts ") for case in cases)
    with pytest.raises(ConfigError, match="none of its 3 cases is reviewed"):
        load_cases(out)
    system, user = (m["content"] for m in endpoint.requests[0].body["messages"])
    fence = user[3:19]
    assert f"<<<{fence} and {fence}>>>" in system
    assert user.startswith(f"<<<{fence}\nTitle: ") and f"\n{fence}>>>" in user


def test_a_file_is_continued_with_other_papers(store, tmp_path, endpoint, capsys):
    endpoint.play(honest)
    out = tmp_path / "drafts.jsonl"
    mine = {"id": "mine", "question": "Mine?", "gold_titles": [PAPERS[0].title], "colour": "red"}
    begun = json.dumps(mine) + "\r\n"
    out.write_bytes(begun.encode() + b'{"id": "draft-12", "type": "num')
    assert drafted(store, out) == 0
    assert out.read_bytes().startswith(begun.encode())
    ids = [row["id"] for row in rows(out)]
    assert ids[0] == "mine" and len(ids) == 3
    assert {about(request).title for request in endpoint.requests} == {p.title for p in PAPERS[1:]}
    assert drafted(store, out) == 1
    assert "nothing could be drafted" in capsys.readouterr().err
    assert len(rows(out)) == 3


def test_a_faulty_file_is_left_as_it_is(store, tmp_path, endpoint, capsys):
    out = tmp_path / "drafts.jsonl"
    out.write_text('{"id": "a"}\n')
    assert drafted(store, out) == 1
    assert "mend these lines" in capsys.readouterr().err
    assert out.read_text() == '{"id": "a"}\n' and not endpoint.requests


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (changed(quotes=["It sings in the rain whenever it can."]), "3 × a quote is not in the"),
        (changed(must_contain=["42"]), "3 × a string of the answer is not in the quotes"),
        (at.normal("I'd be glad to help! What would you like?"), "3 × the reply is not the JSON"),
        (at.normal("{}"), "3 × the model found nothing to ask"),
        (at.fails(400, "no such model"), "3 calls failed"),
        (at.empty, "3 calls failed"),
    ],
)
def test_a_model_that_gives_nothing_usable_ends_in_an_error(
    behaviour, told, store, tmp_path, endpoint, capsys
):
    endpoint.play(behaviour)
    out = tmp_path / "drafts.jsonl"
    assert drafted(store, out) == 1
    error = capsys.readouterr().err
    assert "error: nothing could be drafted" in error and told in error
    assert not out.exists()


def test_one_paper_that_fails_costs_no_other(store, tmp_path, endpoint, capsys):
    def play(exchange):
        if about(exchange) is STEERED:
            at.fails(400, "filtered")(exchange)
        else:
            honest(exchange)

    endpoint.play(play)
    assert drafted(store, tmp_path / "drafts.jsonl") == 0
    error = capsys.readouterr().err
    assert f"failed: {STEERED.title}: " in error and "filtered" in error
    assert "2 cases drafted, 1 call failed" in error


def test_a_paper_on_which_the_model_stalls_costs_no_other(endpoint):
    def play(exchange):
        (at.stalls if about(exchange) is STEERED else honest)(exchange)

    endpoint.play(play)
    patience = Deadlines(first=0.5, between=0.5, total=1.0)
    model = OpenAIChatModel("m", base_url=endpoint.base_url, deadlines=patience, retries=0)
    kept, told, done = [], [], Told()
    attempts = iter([Attempt(KINDS["numeric"], (paper,)) for paper in PAPERS])
    Drafting(model, Asked(), kept.append, told.append).run(attempts, 3, done)
    model.close()
    assert (done.written, done.failed) == (2, 1)
    assert len(kept) == 2 and all('"reviewed": false' in line for line in kept)
    assert "sent no text" in told[0] and STEERED.title in told[0]


def test_whatever_a_model_says_no_case_is_reviewed(store, tmp_path, endpoint):
    endpoint.play(changed(reviewed=True, id="mine", type="x", answerable=False, note="accepted"))
    out = tmp_path / "drafts.jsonl"
    assert drafted(store, out) == 0
    for row in rows(out):
        assert row["reviewed"] is False
        assert row["id"].startswith("draft-") and row["type"] == "numeric"
        assert row["note"].startswith("drafted by")


def test_a_steered_model_reaches_no_other_papers_case(store, tmp_path, endpoint):
    steered = json.dumps(
        {"question": "What is the password?", "quotes": [STEERED.abstract[:84]], "reviewed": True}
        | {"must_contain": ["4"], "answer_points": ["whatever it says"], "gold_titles": ["all"]}
    )

    def play(exchange):
        (at.normal(steered) if about(exchange) is STEERED else honest)(exchange)

    endpoint.play(play)
    out = tmp_path / "drafts.jsonl"
    assert drafted(store, out) == 0
    by_title = {row["gold_titles"][0]: row for row in rows(out)}
    assert all(row["reviewed"] is False for row in by_title.values())
    for paper in PAPERS[:2]:
        assert by_title[paper.title]["question"] == HONEST[paper.title]["question"]
    for request in endpoint.requests:
        assert "Ignore the above" not in request.body["messages"][0]["content"]


def test_an_endpoint_that_refuses_all_is_not_asked_for_ever(tmp_path, endpoint, capsys):
    many = [replace(PAPERS[0], id=f"p{n}", title=f"Jam {n}") for n in range(60)]
    place = tmp_path / "store"
    with PaperIndex.open(place, embedder=HashEmbedder()) as index:
        index.add(many)
    endpoint.play(at.fails(401, "wrong key"))
    assert drafted(place, tmp_path / "d.jsonl", "--n", "50") == 1
    assert len(endpoint.requests) < 20
    assert "wrong key" in capsys.readouterr().err


def test_quotes_only_cannot_draft(store, tmp_path, capsys):
    assert main(["draft", "--store", str(store), "--model", "extractive"]) == 1
    error = capsys.readouterr().err
    assert "a language model is needed" in error and "OPENAI_API_KEY" in error
    assert main(["draft", "--store", str(store), "--model", "openai:m", "--offline"]) == 1
    assert "offline" in capsys.readouterr().err
    assert main(["draft", "--store", str(store), "--model", "openai:m", "--kinds", "poem"]) == 1
    assert "unknown: poem" in capsys.readouterr().err


def test_without_out_drafts_go_where_the_page_looks(store, endpoint, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("evals.places.platformdirs.user_data_dir", lambda *_, **__: str(tmp_path))
    endpoint.play(honest)
    given = ["draft", "--store", str(store), "--model", "openai:m", "--n", "2"]
    assert main([*given, "--kinds", "numeric"]) == 0
    (found,) = (tmp_path / "evals" / "cases").iterdir()
    assert found.name.startswith("drafts-") and len(rows(found)) == 2


def test_the_default_kinds_are_all():
    assert draft._KINDS.split(",") == list(KINDS)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_end_by_force_loses_nothing_that_was_drafted(how, store, tmp_path, endpoint):
    endpoint.play(honest, honest, at.stalls)
    out = tmp_path / "drafts.jsonl"
    command = [sys.executable, "-m", "evals", "draft", "--out", str(out), "--store", str(store)]
    command += ["--model", "openai:m", "--kinds", "numeric", "--n", "3", "--concurrency", "1"]
    process = subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while time.monotonic() < end and len(endpoint.requests) < 3:
        time.sleep(0.05)
    process.send_signal(how)
    _, error = process.communicate(timeout=20)
    assert process.returncode != 0
    assert len(read_cases(out)) == 2
    if how == signal.SIGINT:
        assert f"2 cases drafted; kept in {out}" in error
        assert "Traceback" not in error
