import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.readers import sample_pages
from index.sentences import _parts, sentence_spans


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_sentences_keep_decimals_abbreviations_and_lists_together() -> None:
    text = "We gain 3.5 points, e.g. on images. Agarwal et al. (2022) say so. 2) It scales."
    assert cut(text) == [
        "We gain 3.5 points, e.g. on images.",
        "Agarwal et al. (2022) say so.",
        "2) It scales.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Mastery rises by 3.2 p.p.|We show that.",
        "This holds in the U.S.|We show that.",
        "It follows Smith et al.|The method is new.",
        "It takes images, text, etc.|Our model wins.",
        "We test on Imagenet-C.|We further use others.",
        "It wins on AlpacaEval 2.0.|To our knowledge, it is new.",
        "We name it (Section 4).|Then we go on.",
        "There are ``massive activations.''|To validate this, we go on.",
        "There are 1 in 3, i.e., OLMoE (Smith et al.).|We find more.",
        "We find that: (1) There are three kinds;|(2) Batches of tasks reduce the error;|"
        "(3) It scales.",
        "Our Fusion (CSF) enables transfer;|(2) Alignment (PEA), which is new, performs well.",
        "The code is public.|(Our data, too, are on the net.)",
        "Background|We show that it works.",
    ],
)
def test_what_opens_a_sentence_ends_the_one_before(text: str) -> None:
    gap = "\n\n" if text.startswith("Background") else " "
    assert cut(text.replace("|", gap)) == text.split("|")


@pytest.mark.parametrize(
    "text",
    [
        "It is man vs. The Machine.",
        "It is new w.r.t. The baseline.",
        "It learns from data, e.g. The Pile.",
        "It is called the beast, a.k.a. The One.",
        "It is shown in Fig. The text says more.",
        "It is big (e.g. Bert. In short, large) and new.",
        "1. We prune, then we grow.",
        "It was found by J. We and others.",
        "It goes by Smith et al. (2022) and others.",
        "While few models (e.g., Flamingo (Alayrac et al., 2022), trained on much data, can take "
        "more, the others are limited to two.",
        "It takes much data. (e.g. The Pile).",
        "We see: 1) models show skill in easy tasks; 2) they still struggle with others.",
        "There are three levels: 1) World Knowledge, which tests how much they know; 2) Fine "
        "Knowledge, which tests what they know; 3) Deep Knowledge, which tests why.",
        "We propose two ways: (1) Training on a part of the data; (2) Training on all of it.",
        "It gains 5.57 dB on AudioSet; 10.57 dB on another set.",
    ],
)
def test_what_never_ends_a_sentence_goes_on(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize("text", ["." * 30_000, ".'" * 15_000, ". " * 15_000, "(a. We " * 4_000])
def test_odd_texts_take_no_time(text: str) -> None:
    started = time.perf_counter()
    assert list(_parts(text, 0, len(text)))[-1][1] == len(text)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("part", ["a\n\n", "; 1) ", "; We are ", "(e.g. ", "which "])
def test_segmenting_odd_texts_takes_time_as_their_length_only(part: str) -> None:
    started = time.thread_time()
    sentence_spans(part * (30_000 // len(part)))
    assert time.thread_time() - started < 3


def test_a_text_without_a_full_stop_is_one_sentence() -> None:
    assert cut("  no end in sight ") == ["no end in sight"]
    assert cut("") == []
    assert cut(" \n ") == []


@given(st.text(max_size=300))
def test_spans_are_ordered_stripped_and_hold_all_text(text: str) -> None:
    spans = sentence_spans(text)
    assert all(text[s:e] == text[s:e].strip() != "" for s, e in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    held = "".join(text[s:e] for s, e in spans)
    assert re.sub(r"\s", "", held) == re.sub(r"\s", "", text)


def test_no_sentence_of_the_sample_is_a_crumb() -> None:
    lines = {
        line.strip()
        for page in sample_pages()
        for line in page.read_text("utf-8").splitlines()
        if len(line) > 400
    }
    crumbs = [s for line in lines for s in cut(line) if len(s) < 15]
    assert len(lines) == 362
    assert len(crumbs) <= 2
