"""``python -m evals import`` and ``export``."""

from __future__ import annotations

import json

import pytest

from evals.__main__ import main
from evals.cases import read_cases
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from index.types import Paper

CASES = [
    {"id": "a", "type": "t", "question": "¿Cuándo?", "gold_titles": ["Owls"], "note": "n"},
    {"id": "b", "question": "Who?", "answerable": False, "answer_points": ["nobody"]},
    {"id": "c", "question": "Why?", "reviewed": False},
]


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in CASES))
    return path


@pytest.fixture
def store(tmp_path):
    with PaperIndex.open(tmp_path / "store", embedder=HashEmbedder()) as index:
        index.add([Paper("p", "Owls", "They hunt at night."), Paper("x", "Mice", "They sleep.")])
    return str(tmp_path / "store")


@pytest.mark.parametrize(("name", "options"), [("c.csv", []), ("folder", ["--format", "beir"])])
def test_what_is_exported_can_be_imported(cases, name, options, tmp_path, capsys):
    target, again = tmp_path / name, tmp_path / "again.jsonl"
    assert main(["export", str(cases), "--out", str(target), *options]) == 0
    assert "can't hold" not in capsys.readouterr().err
    assert main(["import", str(target), "--out", str(again)]) == 0
    assert "3 cases in" in capsys.readouterr().err
    assert read_cases(again) == read_cases(cases)
    assert "¿Cuándo?" in again.read_text(encoding="utf-8")


def test_what_a_format_cannot_hold_is_counted(cases, store, tmp_path, capsys):
    target = tmp_path / "d.json"
    assert main(["export", str(cases), "--out", str(target), "--store", store]) == 0
    error = capsys.readouterr().err
    assert (
        "llama can't hold, or changes: id (3 cases), type (1 cases), answerable (1 cases)" in error
    )
    assert json.loads(target.read_text())["examples"][0]["reference_contexts"] == [
        "They hunt at night."
    ]
    again = tmp_path / "again.jsonl"
    common = ["--store", store, "--offline"]
    assert main(["import", str(target), "--out", str(again)], common) == 0
    assert "3 cases in" in capsys.readouterr().err
    assert read_cases(again)[0].gold_titles == ("Owls",)


def test_a_store_gives_beir_its_corpus_and_tells_which_titles_it_lacks(
    cases, store, tmp_path, capsys
):
    target = tmp_path / "b"
    given = ["export", str(cases), "--format", "beir", "--store", store, "--out", str(target)]
    assert main(given) == 0
    assert len((target / "corpus.jsonl").read_text().splitlines()) == 2
    (tmp_path / "c.csv").write_text("question,gold_titles\nQ,Nobody wrote this\n")
    out = str(tmp_path / "o.jsonl")
    assert main(["import", str(tmp_path / "c.csv"), "--out", out, "--store", store]) == 0
    assert "c.csv:2: q1: gold title is not in the store" in capsys.readouterr().err


def test_faulty_cases_are_told_by_line_and_can_be_left_out(tmp_path, capsys):
    source, out = tmp_path / "c.csv", tmp_path / "o.jsonl"
    source.write_text("question,gold_titles,grade\nQ,T,5\nq,T,\nR,,\n")
    given = ["import", str(source), "--out", str(out)]
    assert main(given) == 1
    error = capsys.readouterr().err
    assert "2 faults" in error
    assert "c.csv:3: asks the same as line 2" in error
    assert 'c.csv:4: answerable, but "gold_titles" is empty' in error
    assert not out.exists()
    assert main([*given, "--skip-faulty"]) == 0
    error = capsys.readouterr().err
    assert "c.csv:3: asks the same" in error
    assert "c.csv:2: unknown fields are ignored: grade" in error
    assert len(read_cases(out)) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "absent.csv", "--out", "o.jsonl"], "can't be read"),
        (["import", "absent", "--out", "o.jsonl"], "give --format: beir, csv, llama"),
        (["import", "a.csv", "--out", "o.jsonl", "--format", "xml"], "'xml' is no format"),
        (["import", "empty.csv", "--out", "o.jsonl"], "holds no cases"),
        (["import", "c.csv", "--out", "there.csv"], "there.csv is there already"),
        (["import", "c.csv", "--out", "o.jsonl", "--store", "none"], "none"),
        (["export", "absent.jsonl", "--out", "o.csv"], "can't be read"),
        (["export", "cases.jsonl", "--out", "there.csv"], "there.csv is there already"),
        (["export", "cases.jsonl", "--out", "c.csv/b", "--format", "beir"], "can't be written"),
    ],
)
def test_errors_say_what_to_do(cases, arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "c.csv": "question,gold_titles\nQ,T\n",
        "there.csv": "",
        "empty.csv": "",
    }.items():
        (tmp_path / name).write_text(text)
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not (tmp_path / "o.jsonl").exists()
    assert (tmp_path / "there.csv").read_text() == ""
