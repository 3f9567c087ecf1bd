import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.chunking
from index.chunking import Chunking
from index.errors import ConfigError
from index.types import Paper

NINE = Paper("p", "A title", " ".join(f"Sentence number {n} is here." for n in range(9)))


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(index.chunking).failed == 0


def test_windows_are_whole_sentences_with_one_in_common() -> None:
    first, second = Chunking().chunks(NINE)
    assert first.text.startswith("Sentence number 0")
    assert first.text.endswith("number 4 is here.")
    assert second.text.startswith("Sentence number 4")
    assert (first.id, second.id) == ("p#0", "p#1")


def test_the_title_is_embedded_with_each_window() -> None:
    chunks = Chunking().chunks(NINE)
    texts = Chunking.texts(NINE, chunks)
    assert texts == [f"A title. {chunk.text}" for chunk in chunks]


def test_the_name_tells_one_chunking_from_another() -> None:
    assert Chunking().name == "sentences-5-1-2"
    assert len({Chunking(s, o, r).name for s in (4, 5) for o in (0, 1) for r in (0, 2)}) == 8


@given(st.integers(0, 40), st.integers(1, 8), st.integers(0, 3))
def test_every_sentence_is_in_a_window(count: int, size: int, rest: int) -> None:
    windows = index.chunking._windows(count, size, min(1, size - 1), rest)
    assert {i for first, last in windows for i in range(first, last)} == set(range(count))
    assert all(last - first <= size + rest for first, last in windows)


@pytest.mark.parametrize("abstract", ["", "  \n "])
def test_no_text_gives_no_chunk(abstract: str) -> None:
    assert Chunking().chunks(Paper("p", "t", abstract)) == []


@pytest.mark.parametrize("values", [(0, 0, 0), (2, 2, 0), (2, -1, 0), (3, 1, -1)])
def test_windows_that_would_never_end_or_hold_nothing_are_refused(values) -> None:
    with pytest.raises(ConfigError, match="sentences"):
        Chunking(*values)
