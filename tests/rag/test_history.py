"""Messages as turns, with the papers that each answer cited."""

import pytest

from index.errors import ConfigError
from rag.citations import MarkerResolver
from rag.history import numbers_of, turns_from_messages
from rag.types import Citation, Turn
from tests.rag.corpus import EXPERTS, LIPS, evidence


def user(content="Why?"):
    return {"role": "user", "content": content}


def assistant(content="So.", *cited):
    citations = [{"marker": marker, "paper": {"id": paper}} for marker, paper in cited]
    return {"role": "assistant", "content": content, "citations": citations}


def test_questions_and_answers_are_paired():
    system = {"role": "system", "content": "be good"}
    messages = [system, user("a"), user("b"), assistant("c"), assistant("d"), user("e")]
    assert turns_from_messages(messages) == (Turn("a\nb", "c\nd"), Turn("e", ""))


def test_citations_of_an_answer_are_kept_once_a_paper():
    messages = [user(), assistant("So.", (1, "lips"), (1, "lips"), (2, "experts"))]
    assert turns_from_messages(messages) == (Turn("Why?", "So.", ((1, "lips"), (2, "experts"))),)


def test_the_citations_of_an_answer_can_be_sent_back_as_they_came():
    citation = Citation(3, LIPS, LIPS.abstract[:5], 0, 5, 1.0).to_dict()
    message = {"role": "assistant", "content": "So [3].", "citations": [citation]}
    assert turns_from_messages([user(), message])[0].cited == ((3, "lips"),)


@pytest.mark.parametrize("none", [{}, {"citations": None}, {"citations": []}])
def test_citations_may_be_missing(none):
    message = {"role": "assistant", "content": "So."} | none
    assert turns_from_messages([user(), message])[0].cited == ()


def test_only_answers_cite():
    assert turns_from_messages([user() | {"citations": "x"}])[0].cited == ()


def test_joined_answers_join_their_citations():
    messages = [user(), assistant("a", (1, "x")), assistant("b", (2, "y"), (1, "z"))]
    assert turns_from_messages(messages)[0].cited == ((2, "y"), (1, "z"))


@pytest.mark.parametrize(
    "citations",
    [
        "x",
        {"marker": 1},
        ["x"],
        [{"marker": 1}],
        [{"marker": "1", "paper": {"id": "x"}}],
        [{"marker": True, "paper": {"id": "x"}}],
        [{"marker": 0, "paper": {"id": "x"}}],
        [{"marker": 10**9, "paper": {"id": "x"}}],
        [{"marker": 1, "paper": "x"}],
        [{"marker": 1, "paper": {"id": ""}}],
        [{"marker": 1, "paper": {"id": 7}}],
        [{"marker": 1, "paper": {"id": "x"}}, {"marker": 1, "paper": {"id": "y"}}],
        [{"marker": 1, "paper": {"id": "x"}}, {"marker": 2, "paper": {"id": "x"}}],
    ],
)
def test_malformed_citations_are_a_clear_error(citations):
    message = {"role": "assistant", "content": "So.", "citations": citations}
    with pytest.raises(ConfigError, match=r"message 2 has.* \W?citation"):
        turns_from_messages([user(), message])


@pytest.mark.parametrize(
    "messages",
    [
        "x",
        ["x"],
        [{"role": "user"}],
        [{"role": "x", "content": "y"}],
        [{"role": ["user"], "content": "y"}],
        [assistant()],
    ],
)
def test_what_is_no_conversation_is_a_clear_error(messages):
    with pytest.raises(ConfigError):
        turns_from_messages(messages)


def test_numbers_hold_through_a_conversation():
    turns = [Turn("a", "b", ((1, "x"), (2, "y"))), Turn("c", "d", ((3, "z"), (1, "x")))]
    assert numbers_of(turns) == {"y": 2, "z": 3, "x": 1}
    assert numbers_of([]) == {}


def test_where_answers_were_numbered_on_their_own_the_later_one_counts():
    turns = [Turn("a", "b", ((1, "x"), (2, "y"))), Turn("c", "d", ((1, "y"), (2, "z")))]
    assert numbers_of(turns) == {"y": 1, "z": 2}


def test_an_answer_goes_on_numbering_where_the_last_one_ended():
    papers = evidence(LIPS, EXPERTS)
    turns = turns_from_messages([user(), assistant("So.", (1, "other"), (2, "experts"))])
    resolver = MarkerResolver(papers, numbers_of(turns))
    keys = [entry.sentences[0].key for entry in papers.papers]
    resolver.feed(f"A [{keys[0]}]. B [{keys[1]}].")
    resolver.finish()
    assert resolver.text == "A [3]. B [2]."
