"""Words that lean on what was said before, and words that only look like it."""

import time

import pytest

from rag.planning.leaning import leaning, names_of, without_interjections
from rag.planning.others import asks_for_others


@pytest.mark.parametrize(
    "question",
    [
        "ok and on actual websites, not the toy pages?",
        "I see. And what about practising with actors?",
        "Thanks! How large is it?",
        "That takes a camera for each room. Any cheaper way?",
        "Does that also work for text?",
        "What is that scoring model good for?",
        "How much do I lose if I take the smaller one?",
        "Is there another paper for that?",
        "Which other paper looks into tokenizers?",
        "Tell me more about [2]",
        "Which of those two is faster?",
        "Would it do the same for Turkish?",
        "does this hold for images",
    ],
)
def test_leans(question):
    assert leaning(question) == "yes"


@pytest.mark.parametrize(
    "question",
    [
        "How do they edit long clips by text without any training or flicker?",
        "What if the project has hardly any labelled examples?",
        "Compared with LoRA, how fast is it?",
        "Is there a similar model for speech recognition?",
        "It turned out that larger models copy more of their training text. Why?",
    ],
)
def test_may_lean(question):
    assert leaning(question) == "maybe"


@pytest.mark.parametrize(
    "question",
    [
        "Is it a good idea to keep only the best documents when filtering web text?",
        "AdaMerging versus PCB-Merging: which of the two needs unlabelled data?",
        "Can I teach a small chatbot from a stronger one with API access to both of them?",
        "My reward comes very late in long answers. What can be done about that?",
        "Does a small model's progress look anything like that of a large one?",
        "How can several banks make data together although none may show its records?",
        "Which one system separates hundreds of kinds of sounds?",
        "How should a small model copy the answers of the big one?",
        "that minecraft contest where no reward is given: who decides if an agent did well",
        "For which languages was it tested whether a filter will do well before it is fitted?",
        "These days, which tokenizers suit Finnish?",
        "What are the three basic operations of curriculum learning for BERT?",
        "Who won the football world cup and who scored in the final?",
    ],
)
def test_stands_alone(question):
    assert leaning(question) == "no"


@pytest.mark.parametrize(
    "question",
    [
        "Has something like that been done for Portuguese?",
        "And its predecessor?",
        "Is there another one for audio?",
        "Is there something along those lines for agents?",
        "Any similar work on speech?",
        "Has anyone tried this with images?",
        "Who else works on it?",
        "What about actors rather than real patients?",
        "Are there alternatives?",
        "Anything else on that?",
    ],
)
def test_asks_for_others(question):
    assert asks_for_others(question)


@pytest.mark.parametrize(
    "question",
    [
        "How large is it?",
        "Are there types of facts that argument doesn't cover?",
        "Does it work on other languages?",
        "If I add another expert later, do I have to train it all again?",
        "How does it compare with earlier methods?",
        "What about smaller models?",
        "Is there a limit on the length?",
    ],
)
def test_asks_about_the_same(question):
    assert not asks_for_others(question)


def test_names_are_no_mere_beginnings():
    assert names_of("How does LoRA help GPT-4V? What does Portuguese need?") == [
        "LoRA",
        "GPT-4V",
        "Portuguese",
    ]


def test_interjections_go_but_something_stays():
    assert without_interjections("OK, thanks. How large is it?") == "How large is it?"
    assert without_interjections("ok") == "ok"


@pytest.mark.parametrize("piece", ["ok ", "it is ", "the same ", "A1 ", "like that ", "[1]", "?! "])
def test_long_questions_take_no_long(piece):
    started = time.perf_counter()
    leaning(piece * 800)
    asks_for_others(piece * 800)
    assert time.perf_counter() - started < 1.0
