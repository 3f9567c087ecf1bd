"""What is shown of a judge: a stranger's text as it is, and never as a command."""

from __future__ import annotations

import pytest

from evals.judge.material import task_for
from evals.judge.telling import judging_html, judging_markdown, judging_tables
from evals.measures.judged import POINTS
from evals.terminal import put
from tests.evals.judge.test_agreement import row

REPORT = {
    "config": {"eval_judge": "openai:a[bold]"},
    "agreement": {
        "judged_points": {
            "offline": "answer_points",
            "difference": {"value": 0.5, "interval": None, "n": 2},
            "apart": ["a[hard]"],
        }
    },
    "unscored_by_judge": {"judged_points": {"odd [red]reason\x1b[31m": 1}},
    "judge_failure": "![x](http://e/p.png) <b>*no*</b> | _key_ \x1b]0;owned\x07 \u202eend",
}


def terminal(capsys):
    for table in judging_tables(REPORT):
        put(table)
    return capsys.readouterr().out


def test_brackets_are_shown_as_they_are(capsys):
    told = " ".join(terminal(capsys).split())
    for text in ("openai:a[bold]", "odd [red]reason", "on: a[hard]"):
        assert text in told
    assert "\\" not in told


@pytest.mark.parametrize("of", [terminal, *[lambda _, f=f: f(REPORT) for f in (
    judging_markdown, judging_html)]])  # fmt: skip
def test_no_control_character_gets_out(of, capsys):
    told = of(capsys)
    assert "end" in told
    assert all(character == "\n" or character.isprintable() for character in told)


def test_markdown_shows_an_error_as_text():
    told = judging_markdown(REPORT)
    assert r"\!\[x\](http://e/p.png) \<b\>\*no\*\</b\> \| \_key\_" in told
    assert "judged_points and answer_points differ" in told


def test_words_that_an_answer_surely_says_are_not_cut_inside_a_number():
    text = "a" * 195 + " 123456789 follows"
    case = row("c0") | {
        "question": "q", "answer_points": ["p"],
        "answer": {"text": text, "claims": [], "abstained": False, "citations": []},
    }  # fmt: skip
    assert task_for(case, POINTS).surely.text == "a" * 195
    case["answer"]["text"] = "b" * 300 + " end"
    assert task_for(case, POINTS).surely.text == "b" * 300
