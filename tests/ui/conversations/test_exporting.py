"""Exports hold what was said, and nothing in them becomes more than text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.readers import read_all
from index.types import Paper
from rag.types import Finished
from tests.ui.conversations import exchanges as drawn
from tests.ui.conversations.exchanges import (
    ANSWER,
    CITATIONS,
    OTHER,
    PAPER,
    REFUSAL,
    failed,
    finished,
    stopped,
)
from ui.conversations.exporting import as_bibtex, as_markdown, as_ris, cited_papers, web_address
from ui.view import Conversation, Exchange, advance

EXPECTED = """\
# My weights

## What is merging?

Read as: What is model merging?

Filters: since 2024-01-01; words weights

It combines weights [1].

- Little is known [2].

*Note:* Something to know.

*Not fully supported by what is cited:*

- (weak) Little.

**Sources**

- [1] **Merging weights** (2024-09). Ada van der Berg, B. Müller. Ω Lab. <https://example.org/a_b>

  > “Merging combines weights.”
  >
  > “It is cheap.”

- [2] **Another paper**

  > “Less is said.”
"""
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "![x](http://127.0.0.1/x.png) [y](javascript:alert(2)) [1](http://evil)",
    "[1]: http://evil 'x'",
    "a\n# heading\n\n---\n===\n\n    code\n```\nfence\n```\n> quote\n1. one\n- two\n+ three",
    "`code` *a* __b__ ~~c~~ $x$ | a | b |\n|---|---|\n| 1 | 2 |",
    "&lt;script&gt; <http://evil> https://evil.org www.evil.org \\",
    "**[1](x)** **a\\** `**b**`",
    "a\x1b]0;pwn\x07\u202e\ud800",
    "=", "-", "- - -", "1)", "#", "***", "___", "\\\\[1](x)", "[1]", "a\\\nb", "“", "> x", "]( [1",
)  # fmt: skip
_ALLOWED = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text",
    "text_special", "bullet_list_open", "bullet_list_close", "ordered_list_open",
    "ordered_list_close", "list_item_open", "list_item_close", "blockquote_open",
    "blockquote_close", "strong_open", "strong_close", "em_open", "em_close", "softbreak",
    "hardbreak", "link_open", "link_close",
}  # fmt: skip


def tokens(markdown: str):
    read = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return [token for block in read for token in (block, *(block.children or ()))]


def markdown_of(*exchanges: Exchange, title: str = "My weights") -> str:
    return as_markdown(title, Conversation(exchanges))


def hostile_exchange(number: int, text: str) -> Exchange:
    paper = replace(
        PAPER, title=text, abstract=f"{text} Some more.", organisation=text, authors=(text,),
        url=f"https://a.b/{text}",
    )  # fmt: skip
    citation = replace(CITATIONS[0], paper=paper, quote=text, start=0, end=len(text))
    claim = replace(ANSWER.claims[1], text=text)
    answer = replace(
        ANSWER, text=f"{text}\n\n- {text}\n{text} [1]", citations=(citation,), notices=(text,),
        claims=(claim,), rewritten_question=f"{text}!",
    )  # fmt: skip
    return advance(Exchange(number, text), Finished(answer))


def only_text(markdown: str, headings: int) -> None:
    found = tokens(markdown)
    assert {token.type for token in found} <= _ALLOWED
    assert sum(token.type == "heading_open" for token in found) == headings
    for token in found:
        if token.type == "link_open":
            assert token.attrs["href"].startswith(("https://a.b/", PAPER.url))


def test_an_answer_is_written_with_what_it_rests_on():
    assert markdown_of(finished(1)) == EXPECTED
    shown = "".join(token.content for token in tokens(EXPECTED) if token.type.startswith("text"))
    assert "It combines weights [1]." in shown


def test_what_is_incomplete_says_so():
    written = markdown_of(stopped(1), failed(2), finished(3, answer=REFUSAL))
    assert "It comb\n\n*Stopped before its end.*" in written
    assert "*Not answered:* The endpoint is away." in written
    assert "no paper says" in written
    assert markdown_of(title="\n") == "# Conversation\n"


def test_bold_words_lists_and_lines_stay():
    answer = replace(ANSWER, text="One **two** three\nfour [1]\n1. a\n2. *b*\n\nend")
    written = markdown_of(finished(1, answer=answer))
    assert "One **two** three\\\nfour [1]\n\n1. a\n2. \\*b\\*\n\nend" in written


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_conversation_becomes_markup(text):
    written = markdown_of(hostile_exchange(1, text), stopped(2, text), failed(3, text), title=text)
    only_text(written, headings=4)
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\ud800]", written)


_SIGNS = st.text(st.sampled_from("\\`*_[](){}<>!#-+=|1. \nx:&~$"))


@given(st.lists(st.sampled_from(HOSTILE) | _SIGNS, min_size=1, max_size=3).map("".join))
@settings(deadline=None)
def test_no_text_becomes_markup(text):
    only_text(markdown_of(hostile_exchange(1, text), title=text), headings=2)


@given(st.lists(drawn.exchanges, max_size=2, unique_by=lambda e: e.number))
@settings(max_examples=50, deadline=None)
def test_every_conversation_can_be_exported(exchanges):
    conversation = Conversation(exchanges)
    only = {token.type for token in tokens(as_markdown("t", conversation))}
    assert only <= _ALLOWED
    papers = cited_papers(conversation)
    as_bibtex(papers).encode()
    as_ris(papers).encode()


def test_cited_papers_come_once_in_the_order_of_citing():
    backwards = replace(ANSWER, citations=CITATIONS[::-1])
    conversation = Conversation([finished(1, answer=backwards), stopped(2), failed(3)])
    assert cited_papers(conversation) == (PAPER, OTHER)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (None, ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("http://[", ""),
        (" https://a.b/c?d=1&e=%20#f ", "https://a.b/c?d=1&e=%20#f"),
        ("https://a.b/}, title={x> \"'\\", "https://a.b/%7D,%20title=%7Bx%3E%20%22'%5C"),
        ("https://a.b/ü\ud800\n", "https://a.b/%C3%BC?"),
    ],
)
def test_an_address_can_end_nothing_early(url, address):
    assert web_address(url) == address


def read_again(text: str, folder) -> list[Paper]:
    path = folder / "out.bib"
    path.write_text(text, encoding="utf-8")
    return [item for item in read_all([path]) if isinstance(item, Paper)]


def test_bibtex_is_read_again_with_all_that_is_known(tmp_path):
    one, two = read_again(as_bibtex([PAPER, OTHER]), tmp_path)
    assert (one.title, one.abstract, one.authors) == (
        "Merging weights", PAPER.abstract, PAPER.authors,
    )  # fmt: skip
    assert (one.known_date, one.url, one.organisation) == ("2024-09", PAPER.url, "Ω Lab")
    assert (two.title, two.date, two.authors, two.url) == ("Another paper", None, (), None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bib")


_ODD = st.text(st.sampled_from("{}\\%&#$@,=\"'~^_ ab\n"), max_size=10)


@given(st.lists(st.tuples(_ODD, _ODD, _ODD), min_size=1, max_size=3))
@settings(deadline=None)
def test_no_field_ends_another_or_its_entry(folder, drawn_texts):
    given_papers = [
        Paper(
            "same id", f"T{n} {title} end", f"Abstract {n} says enough {abstract}",
            authors=(f"A {name}",), organisation=name, url=f"https://a.b/{abstract}",
        )
        for n, (title, abstract, name) in enumerate(drawn_texts)
    ]  # fmt: skip
    text = as_bibtex(given_papers)
    keys = re.findall(r"^@misc\{(.*),$", text, re.MULTILINE)
    assert len(set(keys)) == len(keys) == len(given_papers)
    # TeX counts every brace, with a backslash before it or not.
    for entry in text.split("\n\n"):
        depths = [0]
        for brace in re.findall("[{}]", entry):
            depths.append(depths[-1] + (1 if brace == "{" else -1))
        assert depths[-1] == 0
        assert all(depth > 0 for depth in depths[1:-1])
    again = read_again(text, folder)
    assert [paper.title[:2] for paper in again] == [f"T{n}" for n in range(len(given_papers))]
    assert [paper.abstract[:10] for paper in again] == [
        f"Abstract {n}" for n in range(len(given_papers))
    ]


def test_ris_has_one_record_a_paper_with_what_is_known():
    year = replace(OTHER, id="y", date=PAPER.date, extra={"date_precision": "year"})
    day = replace(OTHER, id="d", date=PAPER.date, authors=("Plato", "Doe, J.", "A.\x00\r\nB. C"))
    records = as_ris([PAPER, OTHER, year, day]).split("\r\nER  - \r\n\r\n")
    assert records[0].split("\r\n") == [
        "TY  - GEN",
        "TI  - Merging weights",
        "AU  - van der Berg, Ada",
        "AU  - Müller, B.",
        "PY  - 2024",
        "DA  - 2024/09//",
        f"AB  - {PAPER.abstract}",
        "UR  - https://example.org/a_b",
    ]
    assert records[1].split("\r\n") == [
        "TY  - GEN",
        "TI  - Another paper",
        f"AB  - {OTHER.abstract}",
    ]
    assert "PY  - 2024\r\nAB" in records[2]
    assert "DA  - 2024/09/01/" in records[3]
    assert re.findall("AU  - (.*)\r", records[3]) == ["Plato", "Doe, J.", "C, A. B."]
    assert records[4:] == [""]


@given(st.lists(drawn.papers, max_size=3))
@settings(deadline=None)
def test_no_text_begins_a_line_of_ris(papers):
    lines = as_ris(papers).split("\r\n")
    assert all(re.fullmatch(r"(?:[A-Z][A-Z0-9]  - \S.*|ER  - |)", line) for line in lines)
    assert lines.count("TY  - GEN") == lines.count("ER  - ") == len(papers)
    assert as_ris(papers).count("\n") == as_ris(papers).count("\r\n")
