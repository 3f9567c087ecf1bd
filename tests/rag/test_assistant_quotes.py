"""Answers that quote are word for word, whatever the papers hold."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prompts
from index.types import Filters, Paper
from rag.answering import QUOTING, QUOTING_NUMBERS
from tests.rag.answers import QUESTION, keeps_its_promise, quoting
from tests.rag.corpus import shelved


@pytest.fixture(scope="module")
def asides(tmp_path_factory):
    """A store of papers that hold what passes for citations, each on a page of its own."""
    papers = [
        Paper(f"p{n}", "Switching Experts Off", text, pages=(f"p{n}.txt",))
        for n, text in enumerate((*(with_aside(a) for a in ASIDES), *map(with_aside, NUMBERS)))
    ]
    with shelved(tmp_path_factory.mktemp("asides"), papers) as opened:
        yield opened


ASIDES = (
    "[int8]",
    "[1, 2]",
    "[Smith et al., 2020]",
    "[source 3]",
    "[k3f7]",
    "[]",
    "(7)",
    "array[",
    prompts.SENTINEL,
    f"{prompts.SENTINEL}: kettles",
)
NUMBERS = {"[12]": "(12)", "[[ 3 ]]": "[( 3 )]"}


def with_aside(aside: str) -> str:
    return f"Switching off experts cuts refusals {aside} without retraining."


@pytest.mark.parametrize(("number", "aside"), enumerate(ASIDES))
def test_a_quote_is_word_for_word(asides, number, aside):
    answer = quoting(asides).ask(QUESTION, filters=Filters(pages=f"p{number}.txt"))
    assert answer.text == f"Switching Experts Off:\n{with_aside(aside)} [1]"
    assert answer.notices == (QUOTING,)
    assert not answer.abstained
    keeps_its_promise(answer)


@pytest.mark.parametrize(("number", "written"), enumerate(NUMBERS.values(), start=len(ASIDES)))
def test_a_number_of_the_papers_own_passes_for_no_marker(asides, number, written):
    answer = quoting(asides).ask(QUESTION, filters=Filters(pages=f"p{number}.txt"))
    assert answer.text == f"Switching Experts Off:\n{with_aside(written)} [1]"
    assert written not in answer.citations[0].quote
    assert answer.notices == (QUOTING_NUMBERS,)
    keeps_its_promise(answer)


TEXTS = st.lists(
    st.one_of(
        st.sampled_from(["[", "]", "1", "12", "[1]", "[2]", " ", ". ", "\n", "[zz99]"]),
        st.sampled_from(["Switching experts cuts refusals. ", prompts.SENTINEL]),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(titles=st.lists(TEXTS, min_size=1, max_size=3), asides=st.lists(TEXTS, min_size=3))
def test_whatever_a_paper_holds_its_quotes_keep_the_promise(fuzzed, titles, asides):
    fuzzed.delete(fuzzed.ids())
    fuzzed.add(
        Paper(f"p{n}", f"Experts {t}", f"Switching off experts {a} without retraining [1]. {a}")
        for n, (t, a) in enumerate(zip(titles, asides, strict=False))
    )
    answer = quoting(fuzzed).ask(QUESTION)
    assert answer.citations
    keeps_its_promise(answer)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """A store whose papers each example replaces."""
    with shelved(tmp_path_factory.mktemp("fuzzed"), ()) as opened:
        yield opened
