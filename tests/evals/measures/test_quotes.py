"""Cited sentences beside gold quotes, counted by hand."""

from __future__ import annotations

import dataclasses

import pytest

from evals.measures.quote_precision import quote_precision
from evals.measures.quote_recall import quote_recall
from evals.measures.quotes import Met, meet
from evals.types import Outcome, Score
from index.types import Paper
from rag.types import Citation
from tests.evals.build import answer, case, citation, failed

FIRST = "We train on 2 million clips."
SECOND = "Results are good."


def quoted(abstract: str, quote: str, marker: int = 1, paper: str = "p") -> Citation:
    start = abstract.index(quote)
    return Citation(marker, Paper(paper, paper, abstract), quote, start, start + len(quote), 1.0)


def scores(asked, given):
    outcome = Outcome(asked, given)
    return quote_precision(outcome), quote_recall(outcome)


def test_by_hand():
    # Two papers with the same abstract: of three cited sentences two are the first one.
    cites = (citation(1, "A"), citation(1, "A", 29, 46), citation(2, "B"))
    precision, recall = scores(case("A", quotes=(FIRST, "It is slow.")), answer("[1][2]", cites))
    assert precision.value == pytest.approx(2 / 3)
    assert precision.why == "1 of 3 cited sentences are in no gold quote"
    assert (recall.value, recall.why) == (0.5, "not cited: It is slow.")


def test_a_quote_cited_twice_counts_once_and_one_of_two_sentences_as_two():
    cites = (citation(1, "A"), citation(1, "A"), citation(1, "A", 0, 46))
    assert meet(answer("[1]", cites), (SECOND,)) == Met(2, 1, ())


def test_white_space_does_not_matter_and_neither_does_where_a_sentence_is_cut():
    abstract = "Speech is hard.  We gather\n  AVMuST-TED, from TED talks. It has two parts."
    cite = quoted(abstract, "We gather\n  AVMuST-TED, from TED talks.")
    for gold in (
        "We gather AVMuST-TED, from  TED talks.",
        "from TED\ttalks",
        "Speech is hard. We gather AVMuST-TED, from TED talks. It has two parts.",
    ):
        assert meet(answer("[1]", (cite,)), (gold,)) == Met(1, 1, ())


def test_half_of_the_shorter_one_has_to_be_shared():
    # Ten letters each; the gold quote shares five with the first span, four with the second.
    abstract = "abcdefghijklmnopqrst"
    assert meet(answer("[1]", (quoted(abstract, "abcdefghij"),)), ("fghijklmno",)).right == 1
    assert meet(answer("[1]", (quoted(abstract, "abcdefghi"),)), ("fghijklmno",)).right == 0
    assert meet(answer("[1]", (quoted(abstract, "abcdefghi"),)), ("klmno",)).right == 0


def test_a_gold_quote_of_another_paper_is_not_met():
    cite = quoted("We train on 2 million frames.", "We train on 2 million frames.")
    assert meet(answer("[1]", (cite,)), (FIRST,)) == Met(1, 0, (FIRST,))


def test_what_cannot_be_graded():
    cited = answer("[1]", (citation(1, "A"),))
    for score in scores(case("A"), cited):
        assert (score.value, score.why) == (None, "no gold quotes")
    precision, recall = scores(case("A", quotes=(FIRST,)), answer("Nothing."))
    assert precision == Score("quote_precision", None, "nothing is cited")
    assert recall.value == 0
    broken = failed(case("A", quotes=(FIRST,)))
    assert quote_precision(broken).value is quote_recall(broken).value is None


@pytest.mark.parametrize("odd", ["", " \n", "\ud800", "[" * 5000])
def test_odd_quotes_raise_nothing(odd):
    cite = dataclasses.replace(citation(1, "A"), quote=odd)
    assert meet(answer("[1]", (cite,)), (odd,)).missing == (" ".join(odd.split()),)
