"""The review in a terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import subprocess
import sys
import time

import pytest
from rich.console import Console

from evals.__main__ import main
from evals.cases import load_cases
from evals.drafting.dialogue import PROMPT, review
from evals.drafting.reviewing import waiting
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.evals.drafting.suggested import HONEST, JAM, PAPERS

ROWS = [
    {
        "id": f"draft-{number}",
        "type": "numeric",
        "question": HONEST[paper.title]["question"],
        "gold_titles": [paper.title],
        "gold_quotes": HONEST[paper.title]["quotes"],
        "answer_points": HONEST[paper.title]["answer_points"],
        "must_contain": HONEST[paper.title]["must_contain"],
        "reviewed": False,
        "note": "drafted by \x1b[2Jsomebody",
    }
    for number, paper in enumerate(PAPERS, 1)
]


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "drafts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return file


def talked(path, *said: str, papers=()):
    """What was told in the end, all that was shown, and what was offered to be changed."""
    lines, offered = list(said), []
    output = Console(file=io.StringIO(), width=100, highlight=False, markup=False)

    def ask(label: str, text: str) -> str:
        offered.append((label, text))
        if not lines:
            raise EOFError
        return lines.pop(0)

    told = review(path, {paper.title: paper for paper in papers}, ask, output.print)
    return told, output.file.getvalue(), offered


def test_each_is_decided_on(path):
    told, shown, _ = talked(path, "a", "what?", "Drop", "s")
    assert told == "1 accepted, 1 dropped, 1 skipped, 1 still wait"
    assert [case.id for case in load_cases(path)] == ["draft-1"]
    assert [case.id for case in waiting(path)] == ["draft-3"]
    assert "1 of 3  How often does the alarm" in shown and "3 of 3" in shown
    assert f"Gold: {JAM.title}" in shown and "Must hold: 1,200" in shown
    assert "\x1b" not in shown


def test_edited_cases_are_shown_and_asked_about_again(path):
    told, shown, offered = talked(path, "e", "Better?", "one | two", "", "a", "q")
    assert told == "1 accepted, 2 still wait"
    (case,) = load_cases(path)
    assert (case.question, case.answer_points, case.must_contain) == (
        "Better?",
        ("one", "two"),
        (),
    )
    assert ("Question: ", ROWS[0]["question"]) in offered
    assert "1 of 3  Better?" in shown


def test_a_bar_within_a_text_parts_nothing(path):
    texts = ["The loss is -log p(y|x).", "It holds for p(y | x)."]
    path.write_text(json.dumps(ROWS[0] | {"answer_points": texts, "must_contain": texts}) + "\n")
    unchanged = " | ".join(texts)
    talked(path, "e", "Better?", unchanged, "p(y|x) | 1,200")
    (case,) = waiting(path)
    assert case.question == "Better?"
    assert case.answer_points == tuple(texts)
    assert case.must_contain == ("p(y|x)", "1,200")


def test_a_decision_that_cannot_be_is_told_and_asked_again(path):
    told, shown, _ = talked(path, "e", "", "p", "1", "d")
    assert "not done: draft-1" in shown and "must be a text that is not empty" in shown
    assert told == "1 dropped, 2 still wait"


def test_the_end_of_input_is_quitting(path):
    assert talked(path)[0] == "3 still wait"


def test_quotes_stand_in_their_abstracts_where_the_store_has_them(path):
    shown = " ".join(talked(path, papers=PAPERS)[1].split())
    assert f"Abstract: {JAM.abstract}" in shown
    assert "Quote:" not in shown
    assert "Quote:" in talked(path)[1]


def test_scripts_name_the_cases(path, capsys):
    assert main(["review", str(path), "--accept", "draft-1", "--drop", "draft-3"]) == 0
    assert "1 accepted, 1 dropped" in capsys.readouterr().err
    assert [case.id for case in waiting(path)] == ["draft-2"]
    assert main(["review", str(path), "--accept", "draft-1"]) == 1
    assert "is reviewed already" in capsys.readouterr().err


def test_without_a_terminal_it_says_what_to_do(path, capsys):
    before = path.read_bytes()
    assert main(["review", str(path)]) == 1
    assert "--accept ID" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert main(["review", str(path.with_name("none.jsonl"))]) == 1
    assert "can't be read" in capsys.readouterr().err
    path.write_text('{"id": "a", "question": "Why?", "gold_titles": ["T"]}\n')
    assert main(["review", str(path)]) == 0
    assert "no case waits" in capsys.readouterr().err


def test_in_a_real_terminal(path, tmp_path):
    store = tmp_path / "store"
    with PaperIndex.open(store, embedder=HashEmbedder()) as index:
        index.add(PAPERS)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "evals", "review", str(path), "--store", str(store)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    seen = ""

    def until(text: str) -> None:
        nonlocal seen
        end = time.monotonic() + 30
        while text not in seen and time.monotonic() < end:
            if select.select([ours], [], [], 0.1)[0]:
                seen += os.read(ours, 10_000).decode("utf-8", "replace")
        assert text in seen, seen
        seen = seen.partition(text)[2]

    until(PROMPT)
    os.write(ours, b"e\r")
    until(ROWS[0]["question"])
    os.write(ours, b"\x15Is it loud?\r")  # Ctrl-U takes what stands there away
    until("One false alarm")
    os.write(ours, b" or so\r")
    until("1,200")
    os.write(ours, b"\r")
    until("Is it loud?")
    until(PROMPT)
    os.write(ours, b"a\r")
    until(PROMPT)
    os.write(ours, b"q\r")
    until("1 accepted, 2 still wait")
    assert process.wait(timeout=20) == 0
    os.close(ours)
    (case,) = load_cases(path)
    assert case.question == "Is it loud?"
    assert case.answer_points == ("One false alarm in 1,200 hours or so",)
