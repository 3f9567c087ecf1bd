"""LlamaIndex's labelled RAG datasets: ``saved_by_llamaindex.json`` is what save_json of
llama-index-core 0.14.20 wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cases import check_cases
from evals.formats.llama import read, recognises, write
from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Paper

SAVED = Path(__file__).parent / "saved_by_llamaindex.json"
PAPERS = (
    Paper("p1", "Owls", "Owls sleep by day. They\nhunt at night."),
    Paper("p2", "Food", "They eat mice. They sleep."),
)
CASE = EvalCase(
    "a", "t", "¿Q?", ("Owls", "Food"), answer_points=("x", "y"), gold_quotes=("They eat mice.",)
)


def test_what_llamaindex_saved_is_read():
    found = read(SAVED, PAPERS, "test")
    assert [line for line, _ in found.rows] == [3, 18, 33]
    assert [row for _, row in found.rows] == [
        {
            "id": "q1",
            "question": 'What does "A | B" do?\tSay.',
            "gold_titles": ["Owls"],
            "gold_quotes": [],
            "answer_points": ["It sleeps.", "It hunts — quietly."],
        },
        {
            "id": "q2",
            "question": "¿Qué comen?",
            "gold_titles": ["Food"],
            "gold_quotes": ["They eat mice."],
            "answer_points": ["Ratones."],
        },
        {
            "id": "q3",
            "question": "What of the moon?",
            "gold_titles": [],
            "gold_quotes": [],
            "answer_points": [],
            "reviewed": False,
        },
    ]
    assert [note.split()[0] for note in found.notes] == ["2", "1"]
    assert check_cases(found.rows, found.source)[1] == ()


def test_contexts_that_no_paper_or_several_hold_wait_for_a_person():
    for papers, told in (((), "--store"), ((*PAPERS, Paper("p3", "X", "They eat mice.")), "sev")):
        found = read(SAVED, papers, "test")
        row = found.rows[1][1]
        assert (row["reviewed"], row["gold_titles"]) == (False, [])
        assert row["gold_quotes"] == ["They eat mice."]
        assert any("in no paper" in note and told in note for note in found.notes)


def test_contexts_are_the_quotes_and_the_abstracts_that_none_is_from(tmp_path):
    written = write([CASE], PAPERS)
    (example,) = json.loads(written.files[""])["examples"]
    assert example["reference_contexts"] == ["They eat mice.", PAPERS[0].abstract]
    assert (example["reference_answer"], written.notes) == ("x\ny", ())
    path = tmp_path / "d.json"
    path.write_text(written.files[""], encoding="ascii")
    ((_, row),) = read(path, PAPERS, "test").rows
    assert set(row["gold_titles"]) == {"Owls", "Food"}
    assert row["gold_quotes"] == ["They eat mice."]


def test_it_has_the_fields_and_the_form_that_llamaindex_gives_it():
    for text in (write([CASE], PAPERS).files[""], SAVED.read_text()):
        data = json.loads(text)
        assert text.strip() == json.dumps(data, indent=4)
        assert list(data) == ["examples"]
        assert list(data["examples"][0]) == [
            "query",
            "query_by",
            "reference_contexts",
            "reference_answer",
            "reference_answer_by",
        ]


def test_gold_papers_without_a_text_are_counted():
    (note,) = write([CASE], ()).notes
    assert note.startswith("2 gold papers are lost")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{\n"examples": [\n{oops', r"d\.json:3: not JSON"),
        (b'{"predictions": []}', 'no list of "examples"; save a LabelledRagDataset'),
        (b"[]", 'no list of "examples"'),
        (b"[" * 100_000, "not JSON"),
        (b"\xff", "UTF-8"),
        (b'{"x": "examples", "examples": [\n{"query": "Q"},\n\n 3]}', ":4: .*object"),
        (b'{"examples": [{"query": "Q"},\n{"text": "R"}]}', ':2: .*no "query"'),
        (b'{"examples": [{"query": "Q",\n"reference_answer": 3}]}', ":1: .*reference_answer"),
        (b'{"examples": [{"query": "Q", "reference_contexts": "c"}]}', ":1: .*list of texts"),
    ],
)
def test_broken_files_are_told_with_their_line(tmp_path, content, message):
    path = tmp_path / "d.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read(path, (), "test")


def test_a_folder_of_llamahub_is_read(tmp_path):
    (tmp_path / "rag_dataset.json").write_bytes(SAVED.read_bytes())
    assert recognises(tmp_path)
    assert read(tmp_path, PAPERS, "test").source == "rag_dataset.json"
    with pytest.raises(ConfigError, match=r"none\.json can't be read"):
        read(tmp_path / "none.json", (), "test")
