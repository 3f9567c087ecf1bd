"""The page's markup: escaping, markers, verdicts, highlights. No browser, no Gradio."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.types import Filters, Paper
from rag.answering import QUOTING as QUOTING_NOTICE
from rag.refusing import Searched, lead
from rag.types import Checked, Citation, Claim, Finished, Planned, Retrieved, Token
from tests.ui.asker import (
    EMPTY,
    HALLUCINATE,
    HOSTILE,
    INFO,
    POST_TRAINING,
    QUOTING,
    ScriptedAsker,
    cite,
    far_off,
    hostile,
    post_training,
    refusal,
    source,
)
from ui import render, sources
from ui.prose import prose, spans
from ui.typography import inert, typeset
from ui.view import Conversation, Exchange, advance

TAGS = {
    *("a", "article", "b", "br", "button", "code", "details", "div", "h1", "h2", "h3", "h4"),
    *("header", "i", "li", "mark", "ol", "p", "section", "span", "strong", "sub", "summary"),
    *("sup", "ul"),
}


class Seen(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def assert_harmless(markup: str) -> Seen:
    seen = Seen(markup)
    for tag, attributes in seen.tags:
        assert tag in TAGS
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        href = attributes.get("href")
        assert href is None or href.startswith(("#", "http://", "https://"))
    return seen


def finished(answer, number=1) -> Exchange:
    return advance(Exchange(number, answer.question), Finished(answer))


# Typography


@given(st.text())
def test_inert_text_comes_back_whole_and_makes_no_tag(text):
    kept = "".join(c for c in html.unescape(inert(text)))
    plain = re.sub(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", text
    )
    assert kept == plain
    assert not re.search(r"[<>\"'`$\\{}\[\]()*_~|!@=^]", inert(text))


@settings(deadline=None)  # a busy machine takes long at times
@given(st.text(alphabet=st.sampled_from("<>&$^_{}\\%ab12 \n'\"")))
def test_typeset_makes_only_raised_and_lowered_text(text):
    assert {tag for tag, _ in Seen(typeset(text)).tags} <= {"sup", "sub"}


@pytest.mark.parametrize(
    ("source_text", "shown"),
    [
        ("M$^3$ViT", "M<sup>3</sup>ViT"),
        ("Met^2Net", "Met<sup>2</sup>Net"),
        ("G_{stack} grows", "G<sub>stack</sub> grows"),
        (r"3.2\% to \textit{more}", "3.2% to more"),
        (r"$\alpha$-Experts", "α-Experts"),
        ("snake_case", "snake&#95;case"),
        ("from $5 to $10", "from &#36;5 to &#36;10"),
        ("a\ud800b\u202ec\x00d", "abcd"),
    ],
)
def test_latex_left_overs_become_readable(source_text, shown):
    assert typeset(source_text) == shown


# Answers


def test_a_marker_links_to_its_quote_and_one_without_citation_stays_text():
    citation = cite(1, POST_TRAINING, "(3) The refusal direction")
    seen = assert_harmless(prose("Refusal moves [1], it says [7].", 4, [citation], []))
    links = [attributes for tag, attributes in seen.tags if tag == "a"]
    assert [link["href"] for link in links] == ["#pc-4-1"]
    assert links[0]["data-quote"] == citation.quote
    assert links[0]["data-title"] == POST_TRAINING.title
    assert seen.text == "Refusal moves\xa0[1], it says [7]."


def test_a_marker_after_a_quote_means_that_quote():
    first = cite(1, POST_TRAINING, "Post-training is essential")
    second = cite(1, POST_TRAINING, "(3) The refusal direction")
    text = f"{first.quote} [1] {second.quote} [1] Both say so [1]."
    links = [a for tag, a in Seen(prose(text, 1, [first, second], [])).tags if tag == "a"]
    assert [link["data-quote"] for link in links] == [
        first.quote, second.quote, f"{first.quote} … {second.quote}",
    ]  # fmt: skip
    assert [link.get("data-start") for link in links] == [str(first.start), str(second.start), None]
    marks = [a for tag, a in Seen(sources.highlighted(POST_TRAINING, [first, second], 1)).tags]
    assert [mark["data-starts"] for mark in marks] == [str(first.start), str(second.start)]


def test_paragraphs_lists_and_emphasis():
    markup = prose("One\ntwo\n\n- **a** b\n- `c`\n\n3. x\nlast", 1, [], [])
    assert markup == (
        "<p>One<br>two</p><ul><li><strong>a</strong> b</li><li><code>c</code></li></ul>"
        '<ol start="3"><li>x</li></ol><p>last</p>'
    )


def test_a_line_that_names_what_follows_is_set_apart():
    text = "A Paper (2024):\nIt says so. [1]\n\nNo more:\n\nOne [1]:\ntwo"
    leads = re.findall('class="pc-lead">([^<]+)<', html.unescape(prose(text, 1, (), ())))
    assert leads == ["A Paper (2024):"]


def test_doubtful_claims_are_marked_and_supported_ones_are_not():
    exchange = finished(post_training("What changes?"))
    seen = assert_harmless(render.answer(exchange))
    classes = [attributes.get("class") or "" for _, attributes in seen.tags]
    assert classes.count("pc-claim pc-weak") == 1
    assert classes.count("pc-claim pc-unsupported") == 1
    assert "weakly supported" in seen.text
    assert "not supported by the sources" in seen.text
    assert "3 papers cited" in seen.text


def test_a_claim_is_found_though_its_markers_and_spaces_differ():
    text = "First  one [1]. Second\none [2][3]. Second one."
    claims = [
        Claim("First one.", (1,), "supported"),
        Claim("Second one [2] [3].", (2, 3), "weak"),
        Claim("Not there at all.", (), "weak"),
    ]
    (span,) = spans(text, claims)
    assert text[span.start : span.end] == "Second\none [2][3]."


def test_a_refusal_names_the_nearest_papers_and_cites_none():
    exchange = finished(refusal("sourdough?"))
    seen = assert_harmless(render.answer(exchange))
    near = [attributes["data-card"] for tag, attributes in seen.tags if tag == "a"]
    assert near == ["pc-1-near-1", "pc-1-near-2", "pc-1-near-3"]
    assert HALLUCINATE.title in seen.text
    assert "cited" not in seen.text
    panel = Seen(sources.panel(exchange, lambda: INFO))
    assert set(near) <= {attributes.get("id") for _, attributes in panel.tags}
    assert "Nearest papers" in panel.text


@pytest.mark.parametrize("near", [{"cosine": 0.3}, {"cosine": 0.1, "late": 0.8}])
def test_papers_that_are_far_from_the_question_are_folded_unless_one_is_near(near):
    refused = far_off("How do whales sing?")
    panel = Seen(sources.panel(finished(refused), lambda: INFO))
    assert "Nearest papers, none of them close (3)" in panel.text
    assert "No sources" in panel.text
    assert ("details", {"class": "pc-more"}) in panel.tags
    first, *others = refused.sources
    nearer = replace(refused, sources=(*others, replace(first, why=near)))
    panel = Seen(sources.panel(finished(nearer), lambda: INFO))
    assert "none of them close" not in panel.text
    assert "Nearest papers" in panel.text


def test_a_refusal_says_once_that_no_answer_was_found():
    text = lead("Why?", Searched(3))
    assert text.lower().count("answer found") == 1
    seen = Seen(render.answer(finished(replace(refusal("Why?"), text=text))))
    assert seen.text.lower().count("answer found") == 1
    assert "Looked for: Why?" in seen.text


def test_who_has_logged_in_is_named_with_a_way_out():
    assert render.account("") == ""
    seen = Seen(render.account("anna<b>"))
    assert "anna<b>" in seen.text
    assert ("a", {"href": "logout"}) in seen.tags


def test_what_was_understood_is_shown_only_where_it_differs():
    filters = Filters(since="2024-09", words=["reward"], pages=["002"], min_authors=3)
    planned = advance(Exchange(1, "And newer?"), Planned("Newer reward papers?", filters))
    text = Seen(render.answer(planned)).text
    for part in ("Newer reward papers?", "2024-09-01", "“reward”", "002", "at least 3 authors"):
        assert part in text
    same = advance(Exchange(1, "Why?"), Planned("Why?", Filters()))
    assert "Read as" not in render.answer(same)


def test_an_error_is_told_in_its_own_words():
    failed = replace(Exchange(1, "q"), status="failed", error="no route <b>\nask again")
    assert "no route <b>" in assert_harmless(render.answer(failed)).text


# The panel


def test_cited_papers_come_first_in_order_of_their_markers():
    panel = Seen(sources.panel(finished(post_training("q")), lambda: INFO))
    cards = [a["data-markers"] for _, a in panel.tags if "pc-cited" in (a.get("class") or "")]
    assert cards == ["1", "2", "3"]
    assert "3 cited, 3 more found" in panel.text
    assert "8 authors" in panel.text
    assert "3 Apr 2025" in panel.text
    assert "pages 002, 004" in panel.text


def test_marks_hold_exactly_the_quotes():
    answer = post_training("q")
    markup = sources.panel(finished(answer), lambda: INFO)
    marked = [html.unescape(found) for found in re.findall(r"<mark[^>]*>(.*?)</mark>", markup)]
    assert [Seen(m).text for m in marked] == [Seen(typeset(c.quote)).text for c in answer.citations]


def test_overlapping_quotes_share_a_mark_and_no_letter_is_lost():
    paper = Paper("p", "T", "abcdefghij")
    citations = [
        Citation(1, paper, "bcd", 1, 4, 1.0),
        Citation(2, paper, "cdef", 2, 6, 1.0),
        Citation(2, paper, "ij", 8, 10, 1.0),
    ]
    markup = sources.highlighted(paper, citations, 7)
    assert Seen(markup).text == paper.abstract
    marks = [a for tag, a in Seen(markup).tags if tag == "mark"]
    assert [mark["data-markers"] for mark in marks] == ["1 2", "2"]
    assert marks[0]["id"] == "pc-7-1"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b=1", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        (" JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("http://[broken", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url, kept):
    assert (sources.safe_url(url) is not None) == kept


@pytest.mark.parametrize("markup", [render.answer, lambda e: sources.panel(e, lambda: INFO)])
def test_hostile_text_stays_text(markup):
    seen = assert_harmless(markup(finished(hostile("<script>alert(0)</script>"))))
    for text in HOSTILE:
        assert text in seen.text


def test_every_state_has_words():
    assert "no papers here" in Seen(render.welcome(EMPTY)).text
    assert "nothing to search" in Seen(sources.panel(None, lambda: EMPTY)).text
    assert "quotes only, no model" in Seen(render.header(QUOTING)).text
    assert "362 papers, 2022 to 2025" in Seen(render.header(INFO)).text
    nothing = finished(replace(refusal("q"), sources=()))
    assert "Fewer filters" in Seen(sources.panel(nothing, lambda: INFO)).text
    assert "Looking through 362 papers" in Seen(sources.panel(Exchange(1, "q"), lambda: INFO)).text


def test_partial_dates_show_what_is_known():
    paper = replace(HALLUCINATE, date=dt.date(2024, 1, 1))
    for precision, shown in (("year", "2024"), ("month", "Jan 2024"), ("day", "1 Jan 2024")):
        known = source(replace(paper, extra={"date_precision": precision}))
        panel = sources.panel(advance(Exchange(1, "q"), Retrieved((known,))), lambda: INFO)
        assert f"<li>{shown}</li>" in panel


# The view


def test_events_build_up_the_exchange_and_the_last_one_replaces_it():
    exchange = Exchange(1, "q")
    seen = [exchange.status]
    for event in ScriptedAsker(0).stream("q", history=(), filters=None):
        exchange = advance(exchange, event)
        seen.append(exchange.status)
    assert [s for i, s in enumerate(seen) if s not in seen[:i]] == [
        "searching", "reading", "writing", "done",
    ]  # fmt: skip
    assert exchange.text == post_training("q").text


def test_tokens_and_checks_accumulate():
    citation = cite(1, HALLUCINATE, "Recent language models")
    claim = Claim("a", (1,), "weak")
    exchange = Exchange(1, "q")
    for event in (Token("a "), Token("[1]", (citation,)), Checked(claim)):
        exchange = advance(exchange, event)
    assert (exchange.text, exchange.citations, exchange.claims) == ("a [1]", (citation,), (claim,))
    changed = replace(claim, verdict="unsupported")
    assert advance(exchange, Checked(changed)).claims == (changed,)


def test_a_refusal_says_what_was_wrong_with_the_model():
    trouble = "openai:m gave no usable answer: it hung up"
    refused = replace(refusal("q"), notices=(QUOTING_NOTICE, trouble))
    shown = Seen(render.answer(advance(Exchange(1, "q"), Finished(refused)))).text
    assert trouble in shown and QUOTING_NOTICE not in shown


def test_only_what_went_amiss_stands_out_under_an_answer():
    trouble = "openai:m gave no usable answer: it hung up"
    said = replace(post_training("q"), notices=(QUOTING_NOTICE, trouble))
    markup = html.unescape(render.answer(advance(Exchange(1, "q"), Finished(said))))
    assert f'pc-amiss">{trouble}<' in markup
    assert f'pc-notice">{QUOTING_NOTICE}<' in markup


def test_a_stopped_exchange_takes_no_more_and_is_no_history():
    conversation = Conversation()
    first = conversation.begin("q")
    assert conversation.put(replace(first, status="stopped"))
    assert not conversation.put(replace(first, text="late", status="writing"))
    done = advance(conversation.begin("r"), Finished(refusal("r")))
    assert conversation.put(done)
    assert [turn.question for turn in conversation.history()] == ["r"]
    conversation.clear()
    assert conversation.begin("s").number == 3
    assert not conversation.put(replace(first, text="later still"))
