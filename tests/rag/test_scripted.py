"""Replies from a file."""

import json

import pytest

from index.errors import ConfigError
from rag.models import ChatRequest, Completion
from rag.models.scripted import ScriptedModel
from tests.rag.corpus import evidence


def model(tmp_path, *lines) -> ScriptedModel:
    path = tmp_path / "script.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return ScriptedModel(path)


def say(model, question="Why?"):
    *pieces, last = model.stream(ChatRequest(question, evidence()))
    return pieces, last


def test_the_first_line_that_matches_answers(tmp_path):
    scripted = model(
        tmp_path, {"match": "LIPS", "reply": "about lips"}, {"reply": "about anything"}
    )
    assert say(scripted, "Which lips?")[0] == ["about", " lips"]
    assert say(scripted, "Which?")[0] == ["about", " anything"]


def test_placeholders_become_keys(tmp_path):
    papers = evidence().papers
    scripted = model(tmp_path, {"reply": "a {{key:2.1}} b {{best}} c {{key:9.9}}.", "pieces": 4})
    pieces, _ = say(scripted, "Which talks are in nine languages?")
    assert "".join(pieces) == f"a {papers[1].sentences[0].key} b {papers[0].sentences[1].key} c ."
    assert {len(piece) for piece in pieces[:-1]} == {4}


@pytest.mark.parametrize("finish", ["complete", "truncated", "failed"])
def test_it_ends_as_the_script_says(tmp_path, finish):
    _, last = say(model(tmp_path, {"reply": "x", "finish": finish}))
    assert last.finish == finish


def test_no_line_matches(tmp_path):
    pieces, last = say(model(tmp_path, {"match": "lips", "reply": "x"}))
    assert (pieces, last) == (
        [],
        Completion("empty", detail="no line of the script matches the question"),
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", r"script\.jsonl:1: not JSON"),
        ("[]", r"script\.jsonl:1: a line is"),
        ('{"reply": 1}', "a line is"),
        ('{"reply": "x", "pieces": 0}', "not understood: pieces"),
        ('{"reply": "x", "finish": "later"}', "not understood: finish"),
        ('{"reply": "x", "colour": 1}', "not understood: colour"),
    ],
)
def test_a_wrong_script_names_its_place(tmp_path, line, words):
    path = tmp_path / "script.jsonl"
    path.write_text(line)
    with pytest.raises(ConfigError, match=words):
        ScriptedModel(path)


def test_a_missing_script(tmp_path):
    with pytest.raises(ConfigError, match="nowhere"):
        ScriptedModel(tmp_path / "nowhere.jsonl")
