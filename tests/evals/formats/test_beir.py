"""BEIR folders that others wrote."""

from __future__ import annotations

import json

import pytest

from evals import beir as collections
from evals.formats.beir import read
from index.errors import ConfigError

CORPUS = [
    {"_id": "d1", "title": "Owls\n at night", "text": "They hunt."},
    {"_id": "d2", "title": "", "text": "Untitled."},
    {"_id": 3, "title": "Owls at night", "text": "Again."},
]
QUERIES = [
    {"_id": "q1", "text": "When?", "metadata": {}},
    {"_id": 2, "text": "What?", "metadata": {"url": "x"}},
    {"_id": "q3", "text": "Unjudged?"},
]
QRELS = (
    "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\t3\t1\n2\td2\t1\n2\td1\t0\n2\tgone\t1\nq9\td1\t1\n"
)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "corpus.jsonl", CORPUS)
    write(tmp_path / "queries.jsonl", QUERIES)
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text(QRELS)
    return tmp_path


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_relevant_documents_are_gold_papers_and_what_is_left_out_is_told(folder):
    found = read(folder, (), "test")
    assert found.source == "queries.jsonl"
    assert found.rows == (
        (1, {"id": "q1", "question": "When?", "gold_titles": ["Owls at night"]}),
        (2, {"id": "2", "question": "What?", "gold_titles": ["d2"]}),
    )
    assert [note[:40] for note in found.notes] == [
        "1 queries were left out: no document of ",
        "1 ids in the judgements are no query's; ",
        "1 judgements were left out: corpus.jsonl",
        "1 judgements were left out: their docume",
        "1 judgements have a grade above 1; it wa",
        "1 documents have no title; the cases nam",
        "1 documents share their title with anoth",
        "1 queries have metadata; it was left out",
    ]


def test_other_layouts_of_the_folder_are_read(folder):
    (folder / "qrels" / "test.tsv").rename(folder / "qrels.tsv")
    (folder / "qrels_train.tsv").write_text("t1 x\td1\t1\n")
    write(folder / "queries_train.jsonl", [{"id": "t1 x", "text": "Trained?"}])
    assert len(read(folder, (), "test").rows) == 2
    ((_, row),) = read(folder, (), "train").rows
    assert (row["id"], row["gold_titles"]) == ("t1 x", ["Owls at night"])
    assert collections.load(folder, "_train").relevant == {"t1 x": {"d1": 1}}


def test_load_gives_papers_queries_and_grades(folder):
    loaded = collections.load(folder)
    assert [(paper.id, paper.title) for paper in loaded.papers][1:] == [
        ("d2", "d2"),
        ("3", "Owls at night"),
    ]
    assert loaded.queries == {"q1": "When?", "2": "What?"}
    assert loaded.relevant["q1"] == {"d1": 2, "3": 1}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", b'{"_id": "d1", "text": "x"}\n{oops\n', r"corpus\.jsonl:2: "),
        ("corpus.jsonl", b'{"_id": "d1"}\n', r"corpus\.jsonl:1: .*\"text\""),
        ("queries.jsonl", b'{"_id": null, "text": "x"}\n', r"queries\.jsonl:1: "),
        ("queries.jsonl", b"[1]\n", r"queries\.jsonl:1: "),
        ("queries.jsonl", b"\xff\xfe", r"queries\.jsonl is not UTF-8"),
        ("queries.jsonl", b'{"_id": 1, "text": "x", "metadata": {"paperchat": 1}}', ":1: .*object"),
        ("qrels/test.tsv", b"q1\td1\t1\nq1 d1 1\n", r"test\.tsv:2: .*tabs"),
        ("qrels/test.tsv", b"h\nq1\td1\tyes\n", r"test\.tsv:2: "),
        ("qrels/test.tsv", b'q1\td1\t1\n"q1\td1\t1\n', r"test\.tsv:2: .*quotes"),
    ],
)
def test_broken_files_are_told_with_their_line(folder, name, content, message):
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read(folder, (), "test")


def test_a_split_that_is_not_there_names_those_that_are(folder):
    with pytest.raises(ConfigError, match=r"no judgements of the split 'dev'; it has .* test"):
        read(folder, (), "dev")
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(ConfigError, match=r"corpus\.jsonl can't be read"):
        read(folder, (), "test")
