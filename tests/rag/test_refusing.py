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
from rag.naming import NOTHING, Absent
from rag.refusing import (
    HINT,
    HINT_FOREIGN,
    NEAR,
    REASON_EMPTY,
    REASON_FILTERED,
    Refusal,
    Searched,
    lead,
    nearest,
)
from rag.reply import write
from tests.rag.corpus import PAPERS, compared
from tests.rag.entries import entry

HERE = Searched(362, dt.date(2023, 7, 1), dt.date(2024, 12, 31))


def refused(question, *papers, absent=NOTHING, numbers=None, searched=HERE, **more):
    """The final text and the citations of a refusal."""
    request = ChatRequest(question, Evidence(papers))
    writing, tokens = write(Refusal(searched, absent, **more), request, numbers), []
    while True:
        try:
            tokens.append(next(writing))
        except StopIteration as stop:
            draft = stop.value
            assert "".join(token.text for token in tokens).rstrip() == draft.text
            return draft.text, draft.resolver.citations


def test_it_says_what_was_looked_for_and_where():
    text = lead("how is bread baked", HERE)
    assert text == (
        "No answer found. Looked for: how is bread baked. "
        "None of the 362 papers here clearly answers it."
    )
    assert Searched(1).silent() == "The one paper here does not clearly answer it."
    assert Searched(12_345).silent() == "None of the 12,345 papers here clearly answers it."


@pytest.mark.parametrize("asked", ["in 2032", "lately, this year", "today", "most recently"])
def test_a_question_that_names_a_time_is_told_what_times_there_are(asked):
    text = lead(f"which city hosted the games {asked}?", HERE)
    assert "the 362 papers here (those with a date are from 2023-07-01 to 2024-12-31) c" in text
    assert "dated" not in lead(f"which city hosted the games {asked}?", Searched(362))


FILTERS = Filters(since="2024-09-01", pages="24_papers", words="expert")
NARROWED = Searched(12, dt.date(2024, 9, 2), dt.date(2024, 12, 1), FILTERS, 362)


def test_under_filters_it_says_what_they_admit():
    text = lead("how is bread baked", NARROWED)
    assert "None of the 12 papers that meet the filters (dated since 1 September 2024, on" in text
    assert text.endswith("that hold “expert”) clearly answers it.")
    assert "362" not in text
    one = Searched(1, filters=Filters(min_authors=3), whole=9)
    assert one.silent() == (
        "The one paper that meets the filters (with at least 3 authors) does not clearly answer it."
    )
    assert NARROWED.reason is None


def test_where_the_filters_admit_nothing_that_is_said_and_what_helps():
    nothing = Searched(0, filters=Filters(pages="nowhere"), whole=362)
    text, _ = refused("why?", absent=Absent(("Zorp",)), searched=nothing)
    assert text == (
        "No answer found. Looked for: why? No paper here meets the filters (on page nowhere), so "
        "none was searched. Widen the filters, or drop them to search all 362 papers."
    )
    assert nothing.reason == REASON_FILTERED
    assert Searched(0, filters=FILTERS).reason == Searched(0).reason == REASON_EMPTY
    assert lead("why?", Searched(0)).endswith("There are no papers here yet.")


def test_what_a_filter_holds_is_kept_on_one_line_and_short():
    odd = Filters(words=("a\nb\u202e[1]", "x" * 5_000))
    text, citations = refused("why?", searched=Searched(2, filters=odd, whole=3))
    assert "“a b(1)”" in text
    assert len(text) < 700
    assert citations == []


@pytest.mark.parametrize("question", ["Why?", "Bake it!", "为什么？", "لماذا؟", "So."])
def test_a_question_that_has_its_mark_gets_no_other(question):
    assert f"Looked for: {question} " in lead(question, HERE)


def test_it_says_what_the_question_names_that_no_paper_has():
    assert "mentions" not in lead("why?", HERE)
    text = lead("why?", HERE, Absent(("Zorp", "Blib"), ("A Theory of Kettles",)))
    assert text.endswith(
        'No paper here is titled "A Theory of Kettles". No paper here mentions "Zorp" or "Blib".'
    )


def test_a_question_that_only_a_model_could_have_read_is_told_so():
    assert refused("Wie backt man Brot?", foreign=True)[0].endswith(f"answers it. {HINT_FOREIGN}")
    text, citations = refused("Wie entkalkt man Kessel?", entry("a"), foreign=True)
    assert f"answers it. {HINT_FOREIGN}\n\nNearest to it" in text
    assert citations


# What comes near


def test_a_paper_that_is_named_is_told_to_be_there():
    named = entry("a", title="DisenDiff: taking concepts apart", cosine=0.1)
    other = entry("b", title="Kettles", cosine=0.9)
    text, citations = refused("who funded DisenDiff?", named, other)
    assert "The paper is here. Whether its abstract answers this" in text
    assert "DisenDiff: taking concepts apart:\n" in text
    assert "Kettles" not in text
    assert {citation.paper.id for citation in citations} == {"a"}


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Can LLMs play chess?", "Can LLMs Learn by Teaching?"),
        ("Has RLHF removed hallucinations?", "MA-RLHF: Human Feedback with Macro Actions"),
        ('Summarise "Denoising Diffusion Probabilistic Models"', "Diffusion Model Adaptation"),
        ("Are Transformers better than birds?", "Stacking Your Transformers"),
    ],
)
def test_a_paper_whose_title_shares_a_word_is_not_taken_for_the_one_named(question, title):
    text, _ = refused(question, entry("a", title=title), entry("b", title="Kettles"))
    assert "here. Whether" not in text
    assert "Nearest to it" in text


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
    assert text == f"{lead('how is bread baked?', HERE)} {HINT}"
    assert citations == []


def test_without_papers_only_the_lead_is_left():
    assert refused("why?") == (f"{lead('why?', HERE)} {HINT}", [])


def test_at_most_two_papers_are_quoted_briefly():
    papers = [entry(f"p{n}", [f"Sentence {i}." for i in range(9)]) for n in range(8)]
    chosen, _ = nearest(ChatRequest("how are kettles descaled?", Evidence(tuple(papers))))
    assert 1 <= len(chosen) <= 2
    assert len(chosen[0].sentences) <= 2
    assert all(len(quoted.sentences) == 1 for quoted in chosen[1:])


def test_what_was_cited_already_is_not_quoted_again():
    assert refused("why?", entry("a"), quotes=False) == (lead("why?", HERE), [])


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
    untitled=st.lists(st.sampled_from(["[1] A Title", "On [2]", "Of a]"]), max_size=2),
)
def test_no_text_makes_up_a_marker(question, title, texts, unknown, untitled):
    paper = entry("key", texts, title=title)
    text, citations = refused(question, paper, absent=Absent(tuple(unknown), tuple(untitled)))
    used = {int(number) for number in re.findall(r"\[(\d+)\]", text)}
    assert used == {citation.marker for citation in citations} <= {1}
    for citation in citations:
        assert citation.paper.abstract[citation.start : citation.end] == citation.quote


def test_over_a_real_store_it_quotes_what_is_there(index):
    question = "Who funded the switching off of experts in sparse chatbots?"
    text, citations = refused(question, *compared(index, question).papers)
    assert {citation.paper.id for citation in citations} <= {paper.id for paper in PAPERS}
    assert "Switching Experts Off:" in text
