"""Answers as they are printed, and as the contract's JSON."""

from dataclasses import replace

from rag.types import Answer, Citation
from tests.rag.corpus import EXPERTS, LIPS


def cited(marker, paper):
    return Citation(marker, paper, paper.abstract[:9], 0, 9, 1.0)


ANSWER = Answer(
    question="why?",
    rewritten_question="why?",
    text="Because [1].\n\nOr so [2].",
    claims=(),
    citations=(cited(2, LIPS), cited(1, EXPERTS)),
    sources=(),
    abstained=False,
    reason=None,
    mode="generative",
    model="openai:m",
    notices=("1 sentence was withheld.", "It is cut short."),
)


def test_an_answer_is_printed_with_its_papers_and_its_notices():
    assert str(ANSWER) == (
        "Because [1].\n\nOr so [2].\n\n"
        "[1] Switching Experts Off\n[2] Reading Lips Across Languages\n\n"
        "Note: 1 sentence was withheld.\nNote: It is cut short."
    )


def test_what_it_has_none_of_is_left_out():
    bare = replace(ANSWER, citations=(), notices=())
    assert str(bare) == bare.text
    assert str(replace(ANSWER, notices=())).endswith("\n[2] Reading Lips Across Languages")
    assert str(replace(ANSWER, citations=())).startswith(f"{ANSWER.text}\n\nNote: 1 sentence")


def test_nothing_that_is_printed_steers_a_terminal():
    paper = replace(EXPERTS, title="Off\x1b[2J\u202e")
    odd = replace(ANSWER, citations=(cited(1, paper),), notices=("No \x1b[31m here\r.",))
    assert not any(c in str(odd) for c in "\x1b\r\u202e")
    assert "\n" in str(odd)
