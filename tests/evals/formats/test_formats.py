"""What goes out in a format comes back, whatever is in it."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases import check_cases, normalise
from evals.converting import write_new
from evals.formats import FORMATS, format_for, lost
from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Paper
from rag.types import Turn

ODD = '"quoted", he\tsaid;\r\nP(a | b) = 7\n¿Qué? 🦉\u2028 -- \'=1+1'
FULL = EvalCase(
    id='odd "1"\t=x',
    type="survey",
    question=ODD,
    gold_titles=('The "A | B" of C, D', "Ünïcode"),
    acceptable_titles=("[1, 2]",),
    answer_points=("one | two", ODD, "=SUM(A1)"),
    must_contain=("-5%",),
    gold_quotes=("It is\nso.",),
    history=(Turn("And?", "So [1]", ((1, "p"),)), Turn("Then?", "")),
    reviewed=False,
    note="'n",
    why="@w",
)
CASES = (
    FULL,
    EvalCase("plain", "untyped", "What?", gold_titles=("Ünïcode",)),
    EvalCase("none", "unanswerable", "Who?", answerable=False, answer_points=("nobody",)),
    EvalCase("one", "untyped", "Which?", gold_titles=("P | Q",), must_contain=('["x"]', "a | b")),
)


def there_and_back(name, cases, papers=()):
    form = FORMATS[name]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "target"
        write_new(target, form.write(cases, papers).files)
        return form.read(target, papers, "test")


@pytest.mark.parametrize("name", ["csv", "beir"])
def test_nothing_is_lost(name):
    read = there_and_back(name, CASES)
    assert lost(CASES, read.rows) == {}
    assert check_cases(read.rows, read.source) == (CASES, ())


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)
lists = st.lists(texts, max_size=3).map(tuple)
titles = st.lists(texts.map(normalise), max_size=3, unique=True).map(tuple)


@pytest.mark.parametrize("name", ["csv", "beir"])
@settings(max_examples=60, deadline=None)
@given(case_id=texts, question=texts, gold=titles, points=lists, must=lists, history=texts)
def test_any_text_comes_back(name, case_id, question, gold, points, must, history):
    case = EvalCase(case_id, "t", question, gold, (), points, must, history=(Turn(history, "a"),))
    assert lost([case], there_and_back(name, [case]).rows) == {}


def test_lost_counts_cases_by_field():
    rows = [(1, {"id": "plain", "question": "What?"}), (2, {"id": "n", "question": "Who?"})]
    cases = [CASES[1], replace(CASES[2], answer_points=())]
    assert lost(cases, rows) == {"id": 1, "type": 1, "answerable": 1, "gold_titles": 1}


@pytest.mark.parametrize(
    ("name", "known"),
    [("a.csv", "csv"), ("A.TSV", "csv"), ("rag_dataset.json", "llama"), ("folder", "beir")],
)
def test_the_format_is_told_by_the_name_or_what_is_in_the_folder(name, known, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "corpus.jsonl").touch()
    assert format_for(tmp_path / name).name == known


def test_a_format_that_is_not_known_names_those_that_are(tmp_path):
    for path, name in ((tmp_path / "cases.xml", None), (tmp_path / "a.csv", "xml")):
        with pytest.raises(ConfigError, match="beir, csv, llama"):
            format_for(path, name)


def test_papers_are_beirs_corpus_under_their_own_ids():
    papers = [Paper("p1", "Ünïcode", "Text."), Paper("p2", "Other", "More.")]
    written = FORMATS["beir"].write(CASES[1:2], papers)
    corpus = [json.loads(line) for line in written.files["corpus.jsonl"].splitlines()]
    assert corpus == [
        {"_id": "p1", "title": "Ünïcode", "text": "Text."},
        {"_id": "p2", "title": "Other", "text": "More."},
    ]
    assert written.files["qrels/test.tsv"] == "query-id\tcorpus-id\tscore\nplain\tp1\t1\n"
    query = {"_id": "plain", "text": "What?", "metadata": {}}
    assert json.loads(written.files["queries.jsonl"]) == query
    assert written.notes == ()


def test_what_beir_keeps_aside_or_without_a_text_is_told():
    notes = FORMATS["beir"].write(CASES, ()).notes
    assert any(note.startswith("4 papers have a title and no text") for note in notes)
    assert any(note.startswith("3 cases have fields in") for note in notes)
