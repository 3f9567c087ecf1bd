"""Papers that a question names and that are not here."""

from __future__ import annotations

from random import Random

import pytest

from index.types import Filters
from rag.assistant import Assistant
from rag.models.extractive import ExtractiveModel
from rag.planner import plan
from rag.planning.titles import missing_title
from rag.settings import Settings
from tests.rag.corpus import EXPERTS, LIPS
from tests.rag.planning.conftest import title


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ('What does the paper "Attention Is All You Need" say?', "Attention Is All You Need"),
        ('Summarise "Kettles: Growing Limescale at Home", please.',
         "Kettles: Growing Limescale at Home"),
        ("What does the LLaMA paper claim?", "LLaMA"),
        ("Summarise Attention Is All You Need by Vaswani et al.", "Attention Is All You Need"),
        ('the article titled "teapots"', "teapots"),
    ],
)  # fmt: skip
def test_a_title_that_no_paper_has_is_missing(papers, question, missing):
    assert missing_title(question, papers) == missing
    assert plan(question, (), Filters(), papers).missing == missing


@pytest.mark.parametrize(
    "question",
    [
        f'What does the paper "{title("whale")}" say?',
        'What does "Whales Sing in Dialects" say?',
        "What does the FoldBot paper claim?",
        'Summarise "FoldBot: Teaching the Household Robots How to Fold the Laundry"',
        "What does the M3Former paper do?",
        "What does the whale paper say?",
        "What does the Finnish paper say?",
        'What do papers call "data pruning"?',
        "Which papers are by Google?",
        "How is Data Pruning done by gradients?",
        "",
    ],
)
def test_titles_that_are_here_and_what_is_no_title_are_not(papers, question):
    assert missing_title(question, papers) == ""
    assert plan(question, (), Filters(), papers).missing == ""


@pytest.mark.parametrize("text", ['"' * 400, "the " * 300, "A Bc " * 200 + "by", "“a" * 200])
def test_odd_text_is_no_error(papers, text):
    assert missing_title(text, papers) in text


@pytest.mark.parametrize("name", ["LLaMA", "PoolFormer"])
def test_no_other_paper_is_quoted_for_it(shelve, name):
    quoting = Assistant(shelve(LIPS, EXPERTS), ExtractiveModel(), Settings(), rng=Random(0))
    answer = quoting.ask(f"What does the {name} paper say on lip reading in noisy places?")
    assert answer.abstained
    assert answer.citations == ()
    assert f'No paper here is titled "{name}".' in answer.text
