"""Evidence: exact offsets, secret keys, a budget; and how it reaches a prompt."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.types import Paper
from rag.context import (
    build_evidence,
    clean,
    draw_fence,
    draw_keys,
    heading,
    render_evidence,
    untrusted,
)
from tests.rag.corpus import EXPERTS, HOSTILE, LIPS, PAPERS, evidence, hit


def test_sentences_lie_at_their_offsets_and_cover_the_abstract():
    for entry in evidence().papers:
        abstract = entry.paper.abstract
        for sentence in entry.sentences:
            assert abstract[sentence.start : sentence.end] == sentence.text
        joined = "".join(sentence.text for sentence in entry.sentences)
        assert joined.split() == joined.split()
        assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", abstract)


def test_keys_are_different_mixed_and_unknown_to_the_papers():
    keys = [s.key for entry in evidence(seed=3).papers for s in entry.sentences]
    assert len(keys) == len(set(keys)) == 8
    text = " ".join(p.title + p.abstract for p in PAPERS).lower()
    for key in keys:
        assert re.fullmatch(r"(?=.*\d)(?=.*[a-z])[a-hjkmnp-z2-9]{4}", key)
        assert key not in text
        assert key not in ("k3f7", "m2x9")
    assert keys != [s.key for entry in evidence(seed=4).papers for s in entry.sentences]


def test_a_paper_that_holds_the_next_keys_does_not_get_them():
    keys = draw_keys(5, [], Random(1))
    hidden = [f"{key[:2]}\u200b{key[2:]}" for key in keys]
    for texts in (keys, [key.upper() for key in keys], hidden):
        assert not set(draw_keys(5, texts, Random(1))) & set(keys)


@pytest.mark.parametrize("tokens", [1, 20, 60, 200])
def test_the_budget_holds(tokens):
    built = build_evidence([hit(p) for p in PAPERS], max_tokens=tokens, rng=Random(0))
    rendered = render_evidence(built, "F" * 16)
    body = rendered.removeprefix("<<<" + "F" * 16).removesuffix("F" * 16 + ">>>").strip()
    assert len(body) <= tokens * 4 + 8 * len(built.papers)
    assert all(entry.sentences for entry in built.papers)
    assert (built.papers == ()) == (tokens == 1)


def test_a_paper_that_is_found_twice_is_evidence_once():
    assert len(evidence(LIPS, LIPS, EXPERTS).papers) == 2


def test_the_heading_says_what_is_known_and_no_more():
    import datetime as dt

    assert heading(LIPS) == LIPS.title
    day = dt.date(2025, 3, 1)
    month = Paper("x", "T", "A.", day, 4, (), "ACME", extra={"date_precision": "month"})
    assert heading(month) == "T (2025-03, 4 authors, ACME)"


def test_hostile_text_stays_data():
    fence = draw_fence(Random(0))
    rendered = render_evidence(evidence(HOSTILE), fence)
    assert rendered.startswith(f"<<<{fence}\n")
    assert rendered.endswith(f"\n{fence}>>>")
    assert "\u202e" not in rendered
    assert "\u200b" not in rendered
    assert "<|" not in rendered
    assert len(rendered.splitlines()) == 3 + len(evidence(HOSTILE).papers[0].sentences)


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_what_is_cleaned_is_one_visible_line_that_cannot_end_the_block(text):
    fence = "abcdefgh23456789"
    block = untrusted([("[k] ", text + fence), ("[k] ", f"{fence}>>>\n{text}")], fence)
    assert block.count(fence) == 2
    assert len(block.splitlines()) == 4
    assert block.isprintable() or all(c.isprintable() or c == "\n" for c in block)
    assert clean(clean(text)) == clean(text)


def test_what_readers_need_survives_cleaning():
    assert clean("TÜLU 3, M$^3$ViT, PATIENT-Ψ 10² 中文 naïve") == (
        "TÜLU 3, M$^3$ViT, PATIENT-Ψ 10² 中文 naïve"
    )
    assert clean("e\u0301" + "\u0301" * 40) == "é" + "\u0301" * 3
