import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from index.readers import sample_pages
from index.sentences import sentence_spans


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_sentences_keep_decimals_abbreviations_and_lists_together() -> None:
    text = "We gain 3.5 points, e.g. on images. Agarwal et al. (2022) say so. 2) It scales."
    assert cut(text) == [
        "We gain 3.5 points, e.g. on images.",
        "Agarwal et al. (2022) say so.",
        "2) It scales.",
    ]


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
