"""The tab's markup: what it says, and that text of others stays text."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.types import Score
from tests.ui.runs.folders import GOLD, keep_all
from ui.runs import listing
from ui.runs.bars import bars
from ui.runs.chance import compared, difference
from ui.runs.comparing import Pair, pairs, rows
from ui.runs.questions import questions_markup
from ui.runs.reading import list_runs, read_cases, read_replies
from ui.runs.types import Case, Cited, Measured, Reply, Run

TAGS = {
    *("article", "b", "br", "button", "circle", "code", "details", "div", "em", "h2", "h3", "h4"),
    *("h5", "header", "i", "li", "ol", "p", "path", "section", "small", "span", "strong", "sub"),
    *("summary", "sup", "svg", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
HOSTILE = "<img src=x onerror=alert(1)> ${x} {{y}} ![z](http://127.0.0.1:9/z) \u202e\ud800 $\\frac{"


class Reader(HTMLParser):
    """Checks tags and attributes, and that what is opened is closed; keeps the text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.feed(markup)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        names = [name for name, _ in attrs]
        assert not [n for n in names if n.startswith("on") or n in ("src", "href", "style")], names
        if tag not in ("br", "path", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in ("path", "circle"), tag

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def runs(tmp_path: Path) -> dict[str, Run]:
    keep_all(tmp_path)
    return {run.name: run for run in list_runs(tmp_path)}


def test_the_table_lists_every_run_and_marks_those_shown(runs):
    markup = listing.runs_table(list(runs.values()), "second", "first")
    text = Reader(markup).text
    for words in ("2 Mar 2026, 09:00 UTC", "2 of 4", "did not finish", "its results are missing"):
        assert words in text
    assert re.search(r'aria-current="true"><th scope="row"><button[^>]*>second<', markup)
    assert markup.count('aria-current="true"') == 1
    assert "1 failed" in text


def test_measures_come_with_their_intervals(runs):
    text = Reader(listing.measures_table(runs["first"].measures)).text
    assert "Citation recall" in text
    assert "wrongly" in text
    assert "lower is better" in text
    assert "Exact lists (needs cases of the type list_aggregate)" in text
    low, high = next(m.interval for m in runs["first"].measures if m.name == "completed")
    assert f"{low:.3f} to {high:.3f}" in text


def test_a_bar_says_what_it_shows():
    markup = bars([Measured("recall", 0.5, 4, (0.25, 0.75)), Measured("recall", 0.6, 4)])
    assert 'aria-label="0.500, 95% interval 0.250 to 0.750; 0.600, no interval kept"' in markup
    assert 'd="M35.0 8H95.0"' in markup  # from a quarter to three quarters of 5 to 125
    Reader(markup)


def test_a_comparison_names_its_sides_and_how_many_questions_they_share(runs):
    after, before = runs["killed"], runs["first"]
    both = pairs(read_cases(after)[0], read_cases(before)[0])
    text = Reader(listing.pair_head(after, before, len(both), (2, 4))).text
    assert "A first" in text
    assert "2 questions are in both runs (4 in A, 2 in B); the others are left out" in text
    assert "B did not finish." in text
    found = difference(before, after)
    lines = rows(both, found.measures, before.measures, after.measures)
    table = Reader(listing.comparison_table(lines, ["my_own"])).text
    assert "−1.000" in table
    assert "no real difference" in table
    assert "alike in any pair: My own." in table
    assert table.index("Retrieval") < table.index("nDCG@10") < table.index("Refusals")
    told = Reader(listing.verdict(lines, 1)).text
    assert told.startswith("No measure differs by more than chance. 1 question flipped")
    other = listing.pair_head(runs["second"], before, 4, (4, 4))
    assert "seed: 0 → 1" in Reader(other).text
    assert "no question in common" in Reader(listing.pair_head(after, before, 0, (2, 4))).text


def test_a_question_has_both_answers_and_what_was_wanted(runs):
    cases = [read_cases(runs[name])[0] for name in ("second", "first")]
    replies = [read_replies(runs[n], c) for n, c in zip(("second", "first"), cases, strict=True)]
    markup = questions_markup(pairs(*cases), replies[1], replies[0])
    text = Reader(markup).text
    assert text.index("What keeps its place?") < text.index(GOLD)
    assert "Citation recall 1 → 0, worse" in text
    assert "A refusal: the papers don’t answer this." in text
    assert "Timeout: <b>no answer</b> within 120 s" in text
    assert f"[1] {GOLD} wanted" in text
    assert f"not cited: {GOLD}" in text
    assert text.count("Refused") >= 2
    assert "A Answer" in text


def test_long_answers_and_lists_are_folded_not_cut():
    words = " ".join(f"word{n}" for n in range(400))
    titles = tuple(f"Paper {n}" for n in range(30))
    case = Case("a", "list", "Which?", wanted=titles)
    reply = Reply(words, cited=tuple(Cited(title) for title in titles))
    markup = questions_markup([Pair(case)], {}, {"a": reply})
    text = Reader(markup).text
    assert "word399" in text
    assert "24 more" in text
    assert text.count("Paper 29") == 2


def test_must_contain_is_told_where_the_run_kept_it():
    case = Case("a", "fact", "Which?", must_contain=("2 million",))
    assert "In the answer: “2 million”" in Reader(questions_markup([Pair(case)], {}, {})).text


def test_an_empty_folder_says_how_to_make_a_run():
    assert "paperchat eval run" in Reader(listing.no_runs("paperchat eval run")).text
    assert "No question fits" in questions_markup([], {}, {})


@settings(deadline=None)  # the first one imports what compares
@given(st.text(max_size=60) | st.just(HOSTILE))
def test_text_of_others_is_only_text(text):
    started = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    measured = (Measured(text or "x", 0.5, 2, (0.1, 0.9)),)
    run = Run(text, Path("x"), started, text, text, 1, 2, 0, measured, {text: text}, text)
    scores = {text: Score(text, 0.5, text), "recall": Score("recall", 0.0, text)}
    after = Case("a", text, text, True, (text,), (text,), scores, text)
    before = Case("a", text, text, False, (), (), {"recall": Score("recall", 1.0, text)}, text)
    reply = Reply(text * 40, True, text, text, (Cited(text, (1,)),))
    pair, found = Pair(after, before), compared([before], [after])
    lines = rows([pair], found.measures, (), measured)
    for markup in (
        listing.runs_table([run], text, "b"),
        listing.measures_table(measured),
        listing.alone_head(run, 2),
        listing.pair_head(run, Run("b", Path("b")), 1, (1, 2)),
        listing.comparison_table(lines, [text]),
        listing.verdict(lines, 1),
        listing.no_runs(text),
        listing.trouble(text),
        questions_markup([pair, Pair(after)], {"a": reply}, {"a": None}),
    ):
        Reader(markup)
        assert "${" not in markup
        assert "{{" not in markup
