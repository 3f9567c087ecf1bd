"""One paper as a card: all that is known, and none of it more than text."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from index.types import Paper
from ui.collection.card import paper_card, question_about

PAPER = Paper(
    "p-1", "M$^3$ViT", "We count.", dt.date(2024, 9, 1), 5,
    ("Ada", "Alan", "Grace", "Kurt", "Emmy"), "ETH", ("001_023029bf3454ba98.txt", "b"),
    "https://example.org/a?b=1&c=2", {"date_precision": "month"},
)  # fmt: skip


def test_a_card_tells_what_is_known() -> None:
    card = paper_card(PAPER)
    assert 'data-paper="p-1"' in card
    assert "<h3>M<sup>3</sup>ViT</h3>" in card
    facts = re.findall(r"<li>(?:<span[^>]*>)?([^<]*)", card)
    assert facts == ["2024-09", "Ada, Alan, Grace and 2 more", "ETH", "pages 001, b"]
    assert re.search(r'href="https&#58;&#47;&#47;example.org[^"]*" target="_blank"', card)
    assert 'rel="noopener noreferrer nofollow"' in card


def test_what_is_not_known_is_left_out() -> None:
    card = paper_card(Paper("x", "Title", "Abstract."))
    assert "<ul" not in card
    assert "<a " not in card
    assert "href" not in paper_card(Paper("x", "t", "a", url="javascript:alert(1)"))


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", '" onfocus="alert(1)', "</article><script>x</script>"]
)
def test_hostile_text_stays_text(text: str) -> None:
    card = paper_card(
        Paper(text, text, text, authors=(text,), organisation=text, pages=(text,), url=text)
    )
    assert set(re.findall(r"<(\w+)", card)) == {"article", "h3", "ul", "li", "span", "p"}
    assert not re.search(r'<[^>]*\son\w+="', card)


def test_the_question_names_the_paper() -> None:
    assert question_about(PAPER) == 'What does "M$^3$ViT" say?'
    quoted = Paper("q", 'COCO is "ALL" You\n Need', "a")
    assert question_about(quoted) == "What does \"COCO is 'ALL' You Need\" say?"
