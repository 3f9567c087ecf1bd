"""Conversations: what the next question is about, after answers that named papers."""

import pytest

from index.types import Filters
from rag.planner import plan
from rag.retrieval import gather
from rag.types import Turn
from tests.rag.planning.conftest import title

FOLD = ("Can household robots fold laundry?", ["fold"])
TWO = ("Which robots do chores like laundry and ironing?", ["fold", "iron"])
SPELL = ("Is there a tokenizer for Finnish?", ["spell"])
PRUNE = ("Which training examples can be thrown away?", ["prune", "prunetext"])
WHALE = ("Do whales have dialects?", ["whale"])
NONE = ("Do cats have dialects?", [])


def turns(*exchanges):
    return [
        Turn(question, f"See {', '.join(f'“{title(i)}”' for i in ids)}." if ids else "No paper.")
        for question, ids in exchanges
    ]


SAME = [
    ([FOLD], "How many hours of demonstrations did it take?", ["fold"]),
    ([FOLD], "And how many cameras?", ["fold"]),
    ([FOLD], "What about towels?", ["fold"]),
    ([FOLD], "Why?", ["fold"]),
    ([FOLD], "Did they release the demonstrations?", ["fold"]),
    ([FOLD], "ok, and is the code public?", ["fold"]),
    ([FOLD], "Does that work in the dark?", ["fold"]),
    ([FOLD], "How well does this method do on shirts?", ["fold"]),
    ([FOLD], "Tell me more about it", ["fold"]),
    ([FOLD], "Tell me more about this paper", ["fold"]),
    ([FOLD], "What are its limits?", ["fold"]),
    ([FOLD], "Which camera do they use?", ["fold"]),
    ([FOLD], "So what is the catch?", ["fold"]),
    ([FOLD], "how big is the dataset", ["fold"]),
    ([FOLD], "Could those be used for another arm?", ["fold"]),
    ([FOLD], "Who are the authors?", ["fold"]),
    ([FOLD], "What if the towel is wet?", ["fold"]),
    ([SPELL], "Does it help with Hungarian as well?", ["spell"]),
    ([SPELL], "By how much did translation improve with that?", ["spell"]),
    ([SPELL], "and for Turkish?", ["spell"]),
    ([SPELL], "Is it better than the usual ones?", ["spell"]),
    ([WHALE], "How quickly do they spread?", ["whale"]),
    ([WHALE], "In which oceans was that recorded?", ["whale"]),
    ([TWO], "Which of those needs fewer labels?", ["fold", "iron"]),
    ([TWO], "Do both need a camera?", ["fold", "iron"]),
    ([TWO], "What about the second one?", ["iron"]),
    ([TWO], "And the first?", ["fold"]),
    ([TWO], "Does the latter need labels?", ["iron"]),
    ([TWO], "Tell me more about [2]", ["iron"]),
    ([TWO], "Explain paper 1 to me", ["fold"]),
    ([TWO], "How many hours of demonstrations does it need, FoldBot?", ["fold"]),
    ([TWO], "Which one scorches fewer shirts?", ["fold", "iron"]),
    ([PRUNE], "How do those two differ?", ["prune", "prunetext"]),
    ([PRUNE], "What does the last one rank by?", ["prunetext"]),
    ([PRUNE], "Do they agree on how much can go?", ["prune", "prunetext"]),
    # chains
    ([FOLD, ("How many cameras?", ["fold"])], "And the demonstrations?", ["fold"]),
    ([FOLD, ("How many cameras does it need?", [])], "Is that cheap?", ["fold"]),
    ([TWO, ("And the second one?", ["iron"])], "Does it need labels?", ["iron"]),
    ([TWO, ("And the second one?", ["iron"])], "What about the other one?", ["fold"]),
    ([TWO, ("And the second one?", ["iron"])], "And the first one?", ["fold"]),
    ([FOLD, ("Can they iron, too?", ["iron"])], "Which of those two is older?", ["fold", "iron"]),
    ([FOLD, WHALE], "How many oceans does it cover?", ["whale"]),
    ([FOLD, WHALE, ("Since when?", ["whale"])], "And where?", ["whale"]),
    # the question names another paper itself
    ([SPELL], "And FoldBot?", ["fold"]),
    ([SPELL], "How is it related to FoldBot?", ["spell", "fold"]),
]


@pytest.mark.parametrize(("history", "question", "expected"), SAME)
def test_the_papers_that_a_follow_up_is_about(papers, history, question, expected):
    planned = plan(question, turns(*history), Filters(), papers)
    assert sorted(planned.focus) == sorted(expected)
    assert planned.asked == question
    assert planned.question.startswith(question)
    assert all(title(paper_id) in planned.question for paper_id in expected)
    found = gather(papers, planned, 3)
    assert {hit.paper.id for hit in found[: len(expected)]} == set(expected)


OTHERS = [
    ([FOLD], "Has something like that been done for ironing shirts?", "iron"),
    ([FOLD], "Is there another one, for shirts?", "iron"),
    ([FOLD], "Are there similar papers on how to iron shirts?", "iron"),
    ([FOLD], "Anything else, say on how to iron shirts?", "iron"),
    ([FOLD], "Which other paper teaches a robot arm to iron?", "iron"),
    ([SPELL], "And its successor, the byte-level one?", "spell2"),
    ([SPELL], "Is there a newer version, without a vocabulary?", "spell2"),
    ([("Can images be pruned?", ["prune"])], "Has anyone done the same for text?", "prunetext"),
    ([("Can text be pruned?", ["prunetext"])], "What about images instead of text?", "prune"),
    ([("Can images be pruned?", ["prune"])], "Is there something similar for text?", "prunetext"),
]


@pytest.mark.parametrize(("history", "question", "expected"), OTHERS)
def test_a_follow_up_that_asks_for_other_papers(papers, history, question, expected):
    planned = plan(question, turns(*history), Filters(), papers)
    known = history[-1][1]
    assert planned.focus == ()
    assert list(planned.besides) == known
    assert "other than" in planned.question
    found = [hit.paper.id for hit in gather(papers, planned, 8)]
    assert found[0] == expected
    assert found[-1] in known


NEW = [
    ([FOLD], "Which tokenizers suit languages like Finnish?"),
    ([FOLD], "Do whales sing in dialects?"),
    ([FOLD], "How do whales learn their songs?"),
    ([FOLD], "What does Spellcraft do with its vocabulary?"),
    ([FOLD], "Which papers are about data pruning?"),
    ([FOLD], "Is it possible to answer questions on videos of two hours?"),
    ([FOLD], "What does this collection have on tokenizers?"),
    ([FOLD], "How many papers are from 2024?"),
    ([FOLD], "Who won the football world cup?"),
    ([FOLD], "Image classifiers versus text classifiers: which of the two needs more data?"),
    ([FOLD], "Can one tokenizer serve Finnish and Turkish, or does each of them need its own?"),
    ([TWO], "What is the second stage of tokenizer training for Hungarian?"),
    ([TWO], "Which was the first paper to cluster whale songs?"),
    ([TWO], "Does data pruning work for both images and text?"),
    ([NONE], "Which robots fold laundry?"),
    ([SPELL, FOLD], "Why do memories of long videos need three scales?"),
]


@pytest.mark.parametrize(("history", "question"), NEW)
def test_a_new_subject_drags_nothing_along(papers, history, question):
    planned = plan(question, turns(*history), Filters(), papers)
    assert planned.question == planned.query == planned.asked == question
    assert planned.besides == ()
    assert not {"fold", "iron"}.intersection(planned.focus)


UNSURE = "How do they cluster recordings of humpback whales from six oceans by song?"


@pytest.mark.parametrize(("margin", "alone"), [(0.05, True), (2.0, False)])
def test_what_may_lean_does_not_where_another_paper_is_much_closer(
    papers, monkeypatch, margin, alone
):
    monkeypatch.setattr("rag.planner._OWN_SUBJECT", margin)
    planned = plan(UNSURE, turns(FOLD), Filters(), papers)
    assert (planned.question == UNSURE) is alone
    assert planned.focus == (() if alone else ("fold",))


def test_after_a_refusal_the_earlier_question_is_the_subject(papers):
    planned = plan("And dogs?", turns(NONE), Filters(), papers)
    assert planned.question == planned.query == "Do cats have dialects? And dogs?"
    assert planned.focus == ()


def test_markers_of_the_conversation_are_known(papers):
    history = [
        Turn("Robots?", "They fold [1].", ((1, "fold"),)),
        Turn("Whales?", "They sing [2].", ((2, "whale"),)),
    ]
    assert plan("Tell me more about [1]", history, Filters(), papers).focus == ("fold",)
    assert plan("How do [1] and [2] differ?", history, Filters(), papers).focus == (
        "fold",
        "whale",
    )


def test_without_history_a_reference_points_nowhere(papers):
    assert plan("Tell me more about [1]", (), Filters(), papers).focus == ()


def test_many_titles_are_counted_not_listed(papers):
    answer = ("What is there?", ["fold", "iron", "spell", "spell2", "whale"])
    planned = plan("Which of those use robots?", turns(answer), Filters(), papers)
    assert len(planned.focus) == 5
    assert planned.question.endswith(
        f"“{title('spell')}” and 2 more)".replace("“", '"').replace("”", '"')
    )


def test_a_title_written_out_needs_no_history(papers):
    planned = plan(f"What does {title('iron')} find?", (), Filters(), papers)
    assert planned.focus == ("iron",)
    assert planned.question == planned.asked


@pytest.mark.parametrize("text", ["", "(" * 3000, "[1]" * 900, "\ud800", "it " * 1200, '"' * 900])
def test_odd_texts_raise_nothing(papers, text):
    plan(text or "?", [Turn(text, text)], Filters(), papers)
