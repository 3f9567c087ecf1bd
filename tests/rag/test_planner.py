"""Which questions lean on those before them."""

import pytest

from index.types import Filters
from rag.planner import is_follow_up, plan
from rag.types import Turn
from ui.render import EXAMPLES


@pytest.mark.parametrize(
    "question",
    [
        "And for Portuguese?",
        "What about smaller models?",
        "How large is it?",
        "Do they share the weights?",
        "Which of those needs the least memory?",
        "Has anybody done something like that with images?",
        "Why?",
        "Does that one use a teacher?",
        "How big is the dataset?",
        "What do they suggest doing about it?",
        "And its predecessor, by how much did that one beat Vicuna?",
        "So how many models would it have to train if I had hundreds of those?",
        "Has something like that been done for Portuguese?",
        "Are there types of facts that argument doesn't cover?",
        "Can it also be used with robots, and how much extra tuning does that need?",
        "Which of those gets by with the least training data?",
        "Why not?",
        "Why does that happen?",
        "Really?",
        "More details, please",
        "Or with robots?",
        "Or LoRA?",
        "So what is the catch?",
        "Then which one is better?",
    ],
)
def test_follow_ups(question):
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which datasets help to train robots that fold laundry at home?",
        "What does LoRA change?",
        "Is it possible to prune a mixture of experts without any retraining steps?",
        "Can a language model that was quantised to four bits still follow instructions in it?",
        "Which papers compare pretraining mixtures across several languages?",
        "How do I descale a kettle?",
        "What does TÜLU 3 release with its weights?",
        "What does this collection have on beekeeping?",
        "What do these papers say about sleep?",
        "Why do language models repeat themselves when they are sampled greedily?",
        "Why must calibrated models invent facts?",
        "Why does DPO fail?",
        "More efficient training of large models: what helps?",
        "Really large language models: how are they served?",
        "Then and now: how has tokenisation changed?",
        "So-called reasoning models: what sets them apart from others?",
        *EXAMPLES,
    ],
)
def test_questions_that_stand_alone(question):
    assert not is_follow_up(question)


def test_earlier_questions_go_in_front_back_to_one_that_stands_alone():
    history = [
        Turn("Which papers study limescale growth inside electric kettles at home?", "Two."),
        Turn("Which datasets help to train robots that fold laundry at home?", "One."),
        Turn("How large is it?", "Large."),
    ]
    planned = plan("And its licence?", history, Filters(since="2024"))
    assert planned.query == (
        "Which datasets help to train robots that fold laundry at home? "
        "How large is it? And its licence?"
    )
    assert planned.question == planned.query
    assert planned.filters == Filters(since="2024")


def test_without_history_a_question_stays_as_it_is():
    assert plan("How large is it?", (), Filters()).query == "How large is it?"


def test_a_new_topic_leaves_the_old_one_behind():
    history = [Turn("Which datasets help to train robots that fold laundry at home?", "One.")]
    question = "Which papers compare pretraining mixtures across several languages?"
    assert plan(question, history, Filters()).query == question
