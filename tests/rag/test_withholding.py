"""Sentences taken out of a text, and the markers that are left numbered anew."""

import re
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.citations import MarkerResolver
from rag.cited import cited_sentences
from rag.withholding import without
from tests.rag.corpus import EXPERTS, LIPS, evidence

EVIDENCE = evidence(EXPERTS, LIPS)
KEYS = [[s.key for s in paper.sentences] for paper in EVIDENCE.papers]


def left(text, *gone, given=()):
    """The text without these pieces of it."""
    spans = sorted((text.index(piece), text.index(piece) + len(piece)) for piece in gone)
    return without(text, spans, given)[0]


def test_nothing_is_taken_out_and_nothing_changes():
    assert without("A [1].\n\n\n- \n B [2]. ", [], ()) == ("A [1].\n\n\n- \n B [2]. ", {1: 1, 2: 2})


@pytest.mark.parametrize(
    ("gone", "text"),
    [
        (["One [1]."], "Two. Three [2]."),
        (["Two."], "One [1]. Three [2]."),
        (["Three [2]."], "One [1]. Two."),
        (["One [1].", "Two."], "Three [2]."),
        (["One [1].", "Three [2]."], "Two."),
        (["One [1].", "Two.", "Three [2]."], ""),
    ],
)
def test_one_space_is_left_between_sentences(gone, text):
    assert left("One [1]. Two. Three [2].", *gone, given={1, 2}) == text


def test_chinese_needs_no_space():
    assert left("一[1]。二[2]。三[3]。", "二[2]。") == "一[1]。三[2]。"


def test_a_paragraph_goes_as_a_whole():
    assert left("One.\n\nTwo.\n\nThree.", "Two.") == "One.\n\nThree."


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "1. ", "  12) "])
def test_a_list_item_that_is_empty_goes_too(bullet):
    text = f"They do:\n\n{bullet}One [1].\n{bullet}Two [2]. So.\n{bullet}Three [3]."
    found = left(text, "One [1].", "So.")
    assert found == f"They do:\n\n{bullet}Two [1].\n{bullet}Three [2]."


def test_a_list_may_go_as_a_whole():
    assert left("So [1].\n\n- One [2].\n- Two.\n\nThus.", "One [2].", "Two.") == "So [1].\n\nThus."


def test_markers_count_in_order_of_first_use():
    text, numbers = without("A [1]. B [2]. C [3][2]. D [4].", [(0, 6)], ())
    assert text == "B [1]. C [2][1]. D [3]."
    assert numbers == {2: 1, 3: 2, 4: 3}


def test_numbers_that_were_given_out_stay_and_new_ones_follow():
    text, numbers = without("A [5]. B [2]. C [6]. D [5].", [(0, 6)], {2, 4})
    assert text == "B [2]. C [5]. D [6]."
    assert numbers == {2: 2, 6: 5, 5: 6}


def test_it_takes_no_time_to_speak_of():
    text = f"x{' ' * 30_000}y\n{' ' * 30_000}z\n{'- ' * 15_000}"
    started = time.perf_counter()
    without(text, [(0, 1)], ())
    assert time.perf_counter() - started < 1


PIECES = st.lists(
    st.one_of(
        st.sampled_from([f"[{key}]" for keys in KEYS for key in keys]),
        st.sampled_from([". ", "\n", "\n- ", "1. ", "。", "! ", ", ", "***", " "]),
        st.sampled_from(["Refusals fall", "It is so.", "减少了拒绝", "二", "e.g. this", "$x_1$"]),
        st.text(max_size=5),
    ),
    max_size=25,
)
NUMBERS = st.sampled_from([{}, {"lips": 3}, {"lips": 1, "gone": 2}, {"experts": 9, "lips": 2}])


def resolved(pieces, numbers):
    resolver = MarkerResolver(EVIDENCE, numbers)
    resolver.feed("".join(pieces))
    resolver.finish()
    return resolver.text.rstrip(), resolver.occurrences


@settings(max_examples=300, deadline=None)
@given(PIECES, NUMBERS)
def test_the_span_of_a_sentence_holds_it_and_its_markers(pieces, numbers):
    text, occurrences = resolved(pieces, numbers)
    sentences = cited_sentences(text, occurrences)
    end = 0
    for sentence in sentences:
        assert end <= sentence.span[0] < sentence.span[1]
        end = sentence.span[1]
        there = text[slice(*sentence.span)]
        assert set(map(int, re.findall(r"\[(\d+)\]", there))) == set(sentence.markers)
        words = re.sub(r"\[\d+\]", "", there)
        assert "".join(words.split()) == "".join(sentence.text.split())
    assert end <= len(text)


@settings(max_examples=300, deadline=None)
@given(PIECES, NUMBERS, st.integers())
def test_markers_that_are_left_are_those_of_the_sentences_that_are_left(pieces, numbers, seed):
    text, occurrences = resolved(pieces, numbers)
    rng = Random(seed)
    sentences = cited_sentences(text, occurrences)
    gone = [sentence for sentence in sentences if rng.random() < 0.5]
    kept = [sentence for sentence in sentences if sentence not in gone]
    given_out = set(numbers.values())
    found, new = without(text, [sentence.span for sentence in gone], given_out)
    cited = {new[marker] for sentence in kept for marker in sentence.markers}
    used = list(dict.fromkeys(int(number) for number in re.findall(r"\[(\d+)\]", found)))
    assert set(used) == (cited if sentences else set(used))
    following = max(given_out, default=0) + 1
    fresh = [number for number in used if number not in given_out]
    if gone:
        assert fresh == list(range(following, following + len(fresh)))
    assert len(set(new.values())) == len(new)
