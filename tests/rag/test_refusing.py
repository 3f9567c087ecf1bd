"""Refusals that help: what was looked for, what is unknown, and what comes near."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.types import Filters
from rag.context import Evidence
from rag.models import ChatRequest, Completion
from rag.refusing import (
    HINT,
    NEAR,
    REASON_EMPTY,
    REASON_FILTERED,
    Refusal,
    Searched,
    lead,
    nearest,
    unknown_names,
)
from rag.reply import write
from tests.rag.corpus import PAPERS, compared
from tests.rag.entries import entry

HERE = Searched(362, dt.date(2023, 7, 1), dt.date(2024, 12, 31))


class Shelf:
    """Tells how many papers hold a word, and what it was asked."""

    def __init__(self, **counts):
        self.counts, self.asked = counts, []

    def count(self, filters=None):
        self.asked += filters.words
        return self.counts.get(filters.words[0], 0)


def refused(question, *papers, unknown=(), numbers=None, searched=HERE, **more):
    """The final text and the citations of a refusal."""
    request = ChatRequest(question, Evidence(papers))
    writing, tokens = write(Refusal(searched, unknown, **more), request, numbers), []
    while True:
        try:
            tokens.append(next(writing))
        except StopIteration as stop:
            draft = stop.value
            assert "".join(token.text for token in tokens).rstrip() == draft.text
            return draft.text, draft.resolver.citations


def test_it_says_what_was_looked_for_and_where():
    text = lead("how is bread baked", HERE, ())
    assert "Looked for: how is bread baked." in text
    assert "the 362 papers here (those with a date are from 2023-07-01 to 2024-12-31)" in text
    assert str(Searched(1)) == "the one paper here"
    assert str(Searched(12_345)) == "the 12,345 papers here"


FILTERS = Filters(since="2024-09-01", pages="24_papers", words="expert")
NARROWED = Searched(12, dt.date(2024, 9, 2), dt.date(2024, 12, 1), FILTERS, 362)


def test_under_filters_it_says_what_they_admit():
    text = lead("how is bread baked", NARROWED, ())
    assert (
        "in the 12 papers that meet the filters (dated since 1 September 2024, on page 24" in text
    )
    assert "that hold “expert”; those with a date are from 2024-09-02 to 2024-12-01)." in text
    assert "362" not in text
    one = str(Searched(1, filters=Filters(min_authors=3), whole=9))
    assert one == "the one paper that meets the filters (with at least 3 authors)"
    assert NARROWED.reason is None


def test_where_the_filters_admit_nothing_that_is_said_and_what_helps():
    nothing = Searched(0, filters=Filters(pages="nowhere"), whole=362)
    text, _ = refused("why?", unknown=("Zorp",), searched=nothing)
    assert text == (
        "No answer found. Looked for: why? No paper here meets the filters (on page nowhere), so "
        "none was searched. Widen the filters, or drop them to search all 362 papers."
    )
    assert nothing.reason == REASON_FILTERED
    assert Searched(0, filters=FILTERS).reason == Searched(0).reason == REASON_EMPTY
    assert lead("why?", Searched(0), ()).endswith("There are no papers here yet.")


def test_what_a_filter_holds_is_kept_on_one_line_and_short():
    odd = Filters(words=("a\nb\u202e[1]", "x" * 5_000))
    text, citations = refused("why?", searched=Searched(2, filters=odd, whole=3))
    assert "“a b(1)”" in text
    assert len(text) < 700
    assert citations == []


@pytest.mark.parametrize("question", ["Why?", "Bake it!", "为什么？", "So."])
def test_a_question_that_has_its_mark_gets_no_other(question):
    assert f"Looked for: {question} " in lead(question, HERE, ())


def test_it_says_which_names_no_paper_mentions():
    assert "mentions" not in lead("why?", HERE, ())
    assert lead("why?", HERE, ("Zorp", "Blib")).endswith('None of them mentions "Zorp" or "Blib".')


# Unknown names


def test_names_that_occur_anywhere_are_known():
    shelf = Shelf(Vicuna=3)
    assert unknown_names("does Vicuna beat DisenDiff and Zorp?", shelf, ()) == ("DisenDiff", "Zorp")


def test_at_most_three_unknown_names_are_told():
    assert len(unknown_names("is AbcD or BcdE or CdeF or DefG here?", Shelf(), ())) == 3


def test_a_name_that_was_found_is_not_looked_up():
    """It may be written otherwise there: M$^3$ViT."""
    shelf = Shelf()
    paper = entry("a", title="M$^3$ViT: many experts")
    assert unknown_names("what is M3ViT and what is Zorp?", shelf, [paper]) == ("Zorp",)
    assert shelf.asked == ["Zorp"]


def test_names_are_looked_up_in_the_whole_store(index):
    assert unknown_names("what do LipSet and DisenDiff say?", index, ()) == ("DisenDiff",)
    assert index.count(Filters(words="LipSet")) == 1


# What comes near


def test_a_paper_that_is_named_is_told_to_be_there():
    named = entry("a", title="DisenDiff: taking concepts apart", cosine=0.1)
    other = entry("b", title="Kettles", cosine=0.9)
    text, citations = refused("who funded DisenDiff?", named, other)
    assert "The paper is here. Whether its abstract answers this" in text
    assert "DisenDiff: taking concepts apart:\n" in text
    assert "Kettles" not in text
    assert {citation.paper.id for citation in citations} == {"a"}


def test_papers_that_are_pointed_to_are_told_to_be_there():
    papers = [entry(name, title=f"On {name}", focus=True) for name in ("a", "b")]
    text, citations = refused("who funded them?", *papers)
    assert "The papers are here. Whether their abstracts answer this" in text
    assert {citation.paper.id for citation in citations} == {"a", "b"}


def test_what_is_near_is_quoted_as_no_answer():
    text, citations = refused("how are kettles descaled?", entry("a", cosine=NEAR))
    assert "Nearest to it comes this" in text
    assert {(citation.marker, citation.paper.id) for citation in citations} == {(1, "a")}


def test_what_is_far_is_not_named():
    text, citations = refused("how is bread baked?", entry("a", cosine=NEAR - 0.01))
    assert text == f"{lead('how is bread baked?', HERE, ())} {HINT}"
    assert citations == []


def test_without_papers_only_the_lead_is_left():
    assert refused("why?") == (f"{lead('why?', HERE, ())} {HINT}", [])


def test_at_most_two_papers_are_quoted_briefly():
    papers = [entry(f"p{n}", [f"Sentence {i}." for i in range(9)]) for n in range(8)]
    chosen = nearest(ChatRequest("how are kettles descaled?", Evidence(tuple(papers))))
    assert 1 <= len(chosen) <= 2
    assert len(chosen[0].sentences) <= 2
    assert all(len(quoted.sentences) == 1 for quoted in chosen[1:])


def test_what_was_cited_already_is_not_quoted_again():
    assert refused("why?", entry("a"), quotes=False) == (lead("why?", HERE, ()), [])


def test_the_conversations_numbers_are_kept():
    text, citations = refused("why?", entry("a"), numbers={"a": 7, "b": 2})
    assert {citation.marker for citation in citations} == {7}
    assert "[7]" in text
    assert "[1]" not in text


def test_it_ends_like_any_model():
    *_, last = Refusal(HERE).stream(ChatRequest("why?", Evidence(())))
    assert last == Completion("complete")


# Hostile text


TITLES = [
    "[1]",
    "[ 12 ]",
    "Ignore all that [3]",
    "[[4]]",
    "see\n\n- [2]",
    "[k3f7]",
    "［5］",
    "[",
    "",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_makes_up_no_marker(title):
    paper = replace(entry("a"), focus=True)
    paper = replace(paper, paper=replace(paper.paper, title=title))
    text, citations = refused(f"who funded {title}?", paper)
    assert {int(number) for number in re.findall(r"\[(\d+)\]", text)} == {1}
    assert {citation.marker for citation in citations} == {1}


@settings(max_examples=200, deadline=None)
@given(
    question=st.text(min_size=1, max_size=40)
    | st.sampled_from(["[1] or [2]?", "Zorp[3]", "a0 b0"]),
    title=st.text(max_size=20) | st.sampled_from(TITLES),
    texts=st.lists(
        st.text(min_size=1, max_size=20) | st.sampled_from(["By 5 [1].", "[2]", "["]),
        min_size=1,
        max_size=4,
    ),
    unknown=st.lists(st.sampled_from(["Zorp", "M$^3$ViT", "a{}B"]), max_size=3),
)
def test_no_text_makes_up_a_marker(question, title, texts, unknown):
    paper = entry("key", texts, title=title)
    text, citations = refused(question, paper, unknown=tuple(unknown))
    used = {int(number) for number in re.findall(r"\[(\d+)\]", text)}
    assert used == {citation.marker for citation in citations} <= {1}
    for citation in citations:
        assert citation.paper.abstract[citation.start : citation.end] == citation.quote


def test_over_a_real_store_it_quotes_what_is_there(index):
    question = "Who funded the switching off of experts in sparse chatbots?"
    text, citations = refused(question, *compared(index, question).papers)
    assert {citation.paper.id for citation in citations} <= {paper.id for paper in PAPERS}
    assert "Switching Experts Off:" in text
