"""What is said of adding."""

from __future__ import annotations

import re

from index.types import Problem
from ui.collection.adding import Progress, Report
from ui.collection.telling import progress_markup, report_markup


def _text(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).replace("&#58;", ":").split())


def test_the_bar_moves() -> None:
    looking = progress_markup(Progress(0, None, 0.0))
    assert "<progress aria-label" in looking
    assert " value=" not in looking
    moving = progress_markup(Progress(128, 1_362, 41.6))
    assert 'max="1362" value="128"' in moving
    assert _text(moving) == "128 of 1,362 papers, 42 a second"
    assert 'max="1"' in progress_markup(Progress(0, 0, 0.0))


def test_a_report_counts_each_paper_once() -> None:
    told = _text(report_markup(Report(2, added=3, merged=1, unchanged=4, untold=0)))
    assert told == "3 added, 1 merged with what was known, 4 unchanged from 2 files."
    assert "No papers were found from 1 file." in _text(report_markup(Report(1)))


def test_what_was_refused_is_named_with_its_place() -> None:
    rejected = (Problem("a.jsonl", "lacks a title", 7), Problem("b.pdf", "is a PDF"))
    notes = (Problem("c.csv", "has two dates", 3, rejected=False),)
    told = _text(report_markup(Report(3, added=1, rejected=rejected, notes=notes, untold=5)))
    assert "1 added, 7 rejected from 3 files." in told
    assert "a.jsonl, line 7 lacks a title b.pdf is a PDF and 5 more" in told
    assert told.endswith("Worth knowing c.csv, line 3 has two dates")


def test_a_stop_says_why() -> None:
    told = _text(report_markup(Report(1, stopped="the store is being written by process 7")))
    assert "Nothing was added from 1 file." in told
    assert "Not everything was added: the store is being written by process 7." in told


def test_hostile_names_and_messages_stay_text() -> None:
    bad = "<img src=x onerror=alert(1)>"
    markup = report_markup(Report(1, rejected=(Problem(bad, bad),), stopped=bad))
    assert set(re.findall(r"<(\w+)", markup)) == {"div", "p", "b", "h3", "ul", "li"}
