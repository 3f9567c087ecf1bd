"""Lists of papers for other programs."""

from __future__ import annotations

import csv
import datetime as dt
import io

from index.readers import read_all
from index.types import Paper
from ui.papers import papers_bibtex, papers_csv, papers_lines
from ui.terminal import clean, coloured, heading

ODD = Paper(
    id="a/1",
    title='Odd, "quoted"\n title',
    abstract="100% of it, & {more} = fun.\nTwo lines.",
    date=dt.date(2024, 9, 1),
    n_authors=3,
    authors=("Ada Lovelace", "Alan Turing"),
    pages=("one", "two"),
    url="https://example.org/a_b?c=1&d=2",
    extra={"date_precision": "month"},
)
BARE = Paper(id="b", title="Bare", abstract="Nothing more is known of it.")


def test_csv_keeps_commas_quotes_and_lines():
    rows = list(csv.DictReader(io.StringIO(papers_csv([ODD, BARE]))))
    assert rows[0]["title"] == ODD.title
    assert rows[0]["abstract"] == ODD.abstract
    assert (rows[0]["date"], rows[0]["authors"]) == ("2024-09", "Ada Lovelace; Alan Turing")
    assert (rows[1]["id"], rows[1]["date"], rows[1]["n_authors"]) == ("b", "", "")


def test_bibtex_escapes_and_can_be_read_again(tmp_path):
    text = papers_bibtex([ODD, BARE])
    assert r"100\% of it, \& {more} = fun. Two lines." in text
    assert "url = {https://example.org/a_b?c=1&d=2}" in text
    path = tmp_path / "out.bib"
    path.write_text(text)
    papers = [item for item in read_all([path]) if isinstance(item, Paper)]
    assert {paper.title for paper in papers} >= {"Bare", 'Odd, "quoted" title'}


def test_bibtex_keys_are_unique_and_braces_balanced():
    twins = [
        Paper(id="x y", title="A } closing", abstract="a"),
        Paper(id="x/y", title="An { opening", abstract="b"),
    ]
    text = papers_bibtex(twins)
    assert "@misc{x-y," in text
    assert "@misc{x-y-2," in text
    assert r"A \} closing" in text
    assert r"An \{ opening" in text


def test_lines_have_one_paper_each():
    assert papers_lines([ODD, BARE]) == 'a/1\t2024-09\t3\tOdd, "quoted" title\nb\t\t\tBare\n'


def test_nothing_steers_the_terminal():
    assert clean("a\x1b[31mred\x07 \u202eback\nnext\t") == "a[31mred back\nnext\t"
    assert heading(Paper(id="x", title="\x1b]0;pwn\x07T", abstract="")) == "]0;pwnT"


def test_markers_are_coloured_and_markup_is_text():
    text = coloured("So [1], not [bold]b[/bold]. [12]")
    assert text.plain == "So [1], not [bold]b[/bold]. [12]"
    assert [text.plain[span.start : span.end] for span in text.spans] == ["[1]", "[12]"]
