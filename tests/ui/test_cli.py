"""Every verb in this process, over a small real store."""

from __future__ import annotations

import csv
import io
import json
import logging

import pytest
from typer.testing import CliRunner

from tests.endpoint import fails, running
from ui.cli import app

PAPERS = [
    {
        "id": "p1",
        "title": "Federated learning on phones",
        "abstract": "We study federated learning on phones. Accuracy rises by 12 points. "
        "Batteries last a day.",
        "date": "2024-09-26",
        "n_authors": 3,
    },
    {
        "id": "p2",
        "title": "Merging the weights of models",
        "abstract": "Model merging combines the weights of trained models. It needs no data.",
        "date": "2023",
        "n_authors": 20,
    },
    {
        "id": "p3",
        "title": "Hallucination in language models",
        "abstract": "Language models hallucinate facts. Calibration explains why they must.",
    },
]


@pytest.fixture(autouse=True)
def _fast_embedder(monkeypatch):
    monkeypatch.setenv("PAPERCHAT_EMBEDDER", "hash")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store with the three papers; tests that write take one of their own."""
    folder = tmp_path_factory.mktemp("filled")
    source = folder / "papers.jsonl"
    source.write_text("\n".join(json.dumps(paper) for paper in PAPERS))
    result = CliRunner().invoke(
        app, ["index", str(source), "--store", str(folder / "store"), "--embedder", "hash"]
    )
    assert result.exit_code == 0, result.output
    assert result.stdout == "3 added, 0 updated, 0 unchanged, 0 merged, 0 rejected\n"
    return folder / "store"


def call(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, (result.stdout, result.stderr, result.exception)
    assert "Traceback" not in result.stderr
    return result


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join(json.dumps(paper) for paper in PAPERS))
    return path


def test_help_names_every_verb_and_each_verb_has_an_example():
    top = call("--help").stdout
    for name in ("chat", "ask", "search", "index", "papers", "delete", "info", "eval"):
        assert name in top
        if name != "eval":
            assert "Example: paperchat" in call(name, "--help").stdout


def test_version():
    assert call("--version").stdout.startswith("paperchat 0.")


def test_ask_prints_the_answer_and_the_cited_sentences(filled):
    result = call("ask", "Is federated learning on phones any good?", "--store", filled)
    assert "[1]" in result.stdout
    assert "Federated learning on phones (2024-09-26)" in result.stdout
    assert "“We study federated learning on phones.”" in result.stdout


def test_ask_json_keeps_the_contract(filled):
    answer = json.loads(call("ask", "What is model merging?", "--json", "--store", filled).stdout)
    assert {"question", "text", "claims", "citations", "sources", "abstained", "model"} <= set(
        answer
    )
    assert answer["model"] == "extractive"
    for cited in answer["citations"]:
        abstract = cited["paper"]["abstract"]
        assert abstract[cited["start"] : cited["end"]] == cited["quote"]


def test_options_may_come_before_the_verb(filled):
    assert json.loads(call("--store", filled, "search", "merging", "--json").stdout)
    late = call("--store", filled / "nowhere", "search", "merging", "--json", "--store", filled)
    assert json.loads(late.stdout)


def test_search_lists_papers_best_first(filled):
    found = json.loads(
        call("search", "merging the weights", "-k", 2, "--json", "--store", filled).stdout
    )
    assert [hit["rank"] for hit in found] == [1, 2]
    assert found[0]["paper"]["id"] == "p2"
    assert set(found[0]["passages"][0]) == {"text", "start", "end", "score"}
    assert "Merging the weights of models" in call("search", "merging", "--store", filled).stdout


def test_batches_of_questions_and_searches(filled, tmp_path):
    history = [
        {"role": "user", "content": "What is federated learning on phones?"},
        {"role": "assistant", "content": "A way to learn."},
    ]
    lines = [
        {"id": "a", "question": "What is model merging?"},
        {"id": "b"},
        {"id": "c", "question": "And how long do they last?", "history": history},
    ]
    batch, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    batch.write_text("\n".join(json.dumps(line) for line in lines))
    result = call("ask", "--batch", batch, "--out", out, "--store", filled)
    assert (result.stdout, "2 lines done, 1 failed" in result.stderr) == ("", True)
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "b", "c"]
    assert "question" in answers[1]["error"]
    assert answers[2]["rewritten_question"] != lines[2]["question"]
    call("search", "--batch", batch, "--out", out, "-k", 1, "--store", filled)
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert found[0]["results"][0]["paper"]["id"] == "p2"
    assert found[2]["results"][0]["paper"]["id"] == "p1"


@pytest.mark.parametrize("verb", ["ask", "search"])
def test_a_batch_never_overwrites_its_questions(verb, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    batch = tmp_path / "in.jsonl"
    batch.write_text('{"id": 1, "question": "q?"}')
    (tmp_path / "link").symlink_to(batch)
    for out in ("in.jsonl", "./in.jsonl", "link"):
        assert "overwrite" in call(verb, "--batch", batch, "--out", out, code=2).stderr
    assert batch.read_text() == '{"id": 1, "question": "q?"}'


def test_a_batch_goes_to_stdout_without_out_and_fails_where_every_line_did(filled, tmp_path):
    batch = tmp_path / "in.jsonl"
    batch.write_text('{"id": 1}\n')
    result = call("ask", "--batch", batch, "--store", filled, code=1)
    assert json.loads(result.stdout)["id"] == 1


def test_indexing_reports_what_became_of_each_paper(source, tmp_path):
    store = tmp_path / "store"
    first = call("index", source, "--store", store, "--dry-run")
    assert first.stdout.startswith("3 added")
    assert "dry run" in first.stdout
    assert call("index", source, "--store", store).stdout.startswith("3 added")
    changed = [*PAPERS[:2], PAPERS[2] | {"abstract": "Something else entirely is said here."}]
    broken = '{"title": "No abstract"}'
    source.write_text("\n".join([*(json.dumps(paper) for paper in changed), broken]))
    again = call("index", source, "--store", store)
    assert again.stdout == "0 added, 1 updated, 2 unchanged, 0 merged, 1 rejected\n"
    assert "rejected: " in again.stderr
    assert "papers.jsonl:4:" in again.stderr
    assert json.loads(call("index", source, "--store", store, "--json").stdout)["unchanged"] == 3


def test_indexing_fails_only_where_nothing_could_be_read(tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    result = call("index", empty, tmp_path / "absent", "--store", tmp_path / "store", code=1)
    assert "empty.txt" in result.stderr
    assert "absent" in result.stderr
    assert result.stderr.endswith("error: nothing could be read\n")


def test_rebuild_embeds_with_another_embedder(source, tmp_path, monkeypatch):
    monkeypatch.delenv("PAPERCHAT_EMBEDDER")
    store = tmp_path / "store"
    call("index", source, "--store", store, "--embedder", "hash")
    mismatch = call("search", "merging", "--store", store, "--embedder", "minilm", code=1)
    assert "--rebuild" in mismatch.stderr
    call("index", "--rebuild", "--store", store, "--embedder", "minilm")
    assert json.loads(call("info", "--json", "--store", store).stdout)["embedder"] == "minilm"
    found = json.loads(call("search", "making things up", "--json", "--store", store).stdout)
    assert found[0]["paper"]["id"] == "p3"


def test_papers_are_filtered_and_printed_in_each_shape(filled):
    def ids(*conditions):
        listed = call("papers", "--json", *conditions, "--store", filled).stdout
        return {paper["id"] for paper in json.loads(listed)}

    assert ids() == {"p1", "p2", "p3"}
    assert ids("--since", "2024") == {"p1"}
    assert ids("--until", "2024-01") == {"p2"}
    assert ids("--min-authors", 10) == {"p2"}
    assert ids("--max-authors", 10) == {"p1"}
    assert ids("--word", "WEIGHTS", "--word", "merging") == {"p2"}
    assert ids("--page", "papers") == {"p1", "p2", "p3"}
    dated = call("papers", "--until", "2023", "--store", filled).stderr
    assert dated == "1 paper\nnote: left out, since their date is not known: 1 paper\n"
    assert call("papers", "--word", "weights", "--store", filled).stderr == "1 paper\n"
    rows = list(csv.DictReader(io.StringIO(call("papers", "--csv", "--store", filled).stdout)))
    assert {row["n_authors"] for row in rows} == {"3", "20", ""}
    assert call("papers", "--bibtex", "--store", filled).stdout.count("@misc{") == 3
    assert len(call("papers", "--store", filled).stdout.splitlines()) == 3


def test_deleting_removes_papers_and_names_those_that_were_not_there(source, tmp_path):
    store = tmp_path / "store"
    call("index", source, "--store", store)
    result = call("delete", "p1", "nope", "--store", store, code=1)
    assert "1 paper deleted" in result.stderr
    assert "nope" in result.stderr
    left = json.loads(call("papers", "--json", "--store", store).stdout)
    assert {paper["id"] for paper in left} == {"p2", "p3"}
    call("delete", "p2", "p3", "--store", store)
    emptied = call("ask", "anything about merging?", "--store", store, code=1)
    assert "holds no papers" in emptied.stderr
    assert "paperchat index" in emptied.stderr


def test_info_tells_what_is_there(filled):
    known = json.loads(call("info", "--json", "--store", filled).stdout)
    assert (known["papers"], known["embedder"], known["model"]) == (3, "hash", "extractive")
    assert known["versions"]["chromadb"]
    assert "papers       3" in call("info", "--store", filled).stdout


def test_first_use_fills_the_default_store_with_the_sample():
    first = call("search", "federated learning", "--json", "-k", 1)
    assert len(json.loads(first.stdout)) == 1
    assert "adding the sample corpus" in first.stderr
    assert "362 papers added" in first.stderr
    second = call("ask", "What is model merging good for?")
    assert "sample" not in second.stderr


def test_a_dry_run_makes_no_store(source, tmp_path):
    store = tmp_path / "new"
    assert call("index", source, "--dry-run", "--store", store).stdout.startswith("3 added")
    assert not store.exists()
    call("index", source, "--store", store)
    assert "3 unchanged" in call("index", source, "--dry-run", "--store", store).stdout


def test_indexing_into_the_default_store_adds_no_sample(source):
    assert call("index", source).stdout.startswith("3 added")
    assert json.loads(call("info", "--json").stdout)["papers"] == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", " "],
        ["ask", "q", "--batch", "x"],
        ["ask", "q", "--out", "x"],
        ["search", "q", "-k", "0"],
        ["papers", "--since", "soon"],
        ["papers", "--since", "2025", "--until", "2024"],
        ["papers", "--json", "--csv"],
        ["delete"],
        ["index"],
        ["nonsense"],
        ["ask", "q", "--nonsense"],
    ],
)
def test_usage_errors_exit_with_two(arguments):
    result = call(*arguments, code=2)
    assert result.stdout == ""
    assert result.stderr


def test_errors_are_one_line_and_debug_shows_where(filled):
    result = call("ask", "q?", "--model", "nonsense", "--store", filled, code=1)
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("error: ")
    shown = CliRunner().invoke(app, ["ask", "q?", "--model", "nonsense", "--debug"])
    assert "Traceback" in shown.stderr
    assert shown.exit_code == 1


def test_offline_refuses_what_needs_the_network(filled):
    result = call("ask", "q?", "--offline", "--model", "openai:x", "--store", filled, code=1)
    assert "offline" in result.stderr


def test_an_endpoint_that_repeats_the_key_does_not_make_us_print_it(filled, monkeypatch, caplog):
    key = "very-secret-123456789"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    caplog.set_level(logging.DEBUG)
    with running() as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        endpoint.play(fails(401, f"the key {key} is wrong"))
        given = ["ask", "What is merging?", "--debug", "--model", "openai:m", "--store", filled]
        shown = CliRunner().invoke(app, [str(part) for part in given])
        assert endpoint.requests[0].headers["authorization"] == f"Bearer {key}"
    assert shown.exit_code == 1
    assert "Traceback" in shown.stderr
    assert key not in shown.stdout + shown.stderr + caplog.text


def test_a_scripted_model_streams_and_is_cited(filled, tmp_path):
    script = tmp_path / "script.jsonl"
    script.write_text(json.dumps({"reply": "Merging combines weights [{{best}}]."}) + "\n")
    result = call(
        "ask",
        "How does merging combine weights?",
        "--model",
        f"scripted:{script}",
        "--store",
        filled,
    )
    assert result.stdout.startswith("Merging combines weights [1].")
    assert "“Model merging combines the weights of trained models.”" in result.stdout


def test_eval_is_the_same_as_python_m_evals():
    for verb in ((), ("run",), ("compare",), ("show",)):
        shown = " ".join(call("eval", *verb, "--help").stdout.split())
        assert f"Example: paperchat eval {(verb or ('run',))[0]} " in shown
        assert "python -m" not in shown
    result = call("eval", "show", "nowhere", code=1)
    assert "holds no run" in result.stderr
    call("eval", "nonsense", code=2)


def test_a_key_in_the_wrong_place_is_not_repeated(monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "very-secret-0123456789")
    for verb in (["info"], ["ask", "q?", "--debug"], ["eval", "run"], ["eval", "run", "--debug"]):
        done = CliRunner().invoke(app, [*verb, "--embedder", "very-secret-0123456789"])
        assert done.exit_code == 1
        assert "no embedder is called" in done.output
        assert ("Traceback" in done.output) == ("--debug" in verb)
        assert "very-secret" not in done.output
