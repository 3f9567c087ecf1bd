"""Pages like the saved ones, but shorter, damaged or saved in another way."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.index.reading import LONG, read_text

HEAD = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
HEAD += "byAK and the research community\n\nOct 30\n\n"


def entry(title: str, *tail: str, abstract: str = LONG) -> str:
    lines = [title, "", f"{title} is invented. {abstract}".strip(), ""]
    return "\n".join([*lines, *tail, "", ""]) if tail else "\n".join([*lines, ""])


def tail(who: str, date: str) -> tuple[str, str, str]:
    return who, "·", date


DATED = entry("Dated One", *tail("  • 3 authors", "Dec 28, 2024"))


def test_a_page_with_everything(tmp_path):
    page = HEAD + DATED + entry("No Year", *tail("  • 1 author", "Sep 3 2")) + entry("Bare")
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert problems == []
    assert [(p.title, p.n_authors, p.date, p.pages) for p in papers] == [
        ("Dated One", 3, dt.date(2024, 12, 28), ("page.txt",)),
        ("No Year", 1, dt.date(2025, 9, 3), ("page.txt",)),
        ("Bare", None, None, ("page.txt",)),
    ]
    assert papers[1].extra == {"comments": "2", "date_year": "inferred"}


def test_windows_line_ends_and_a_byte_order_mark(tmp_path):
    page = ("\ufeff" + HEAD + DATED + entry("Bare")).replace("\n", "\r\n")
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert problems == []
    assert [p.title for p in papers] == ["Dated One", "Bare"]
    assert "\r" not in papers[0].abstract


def test_other_words_in_the_head_are_noted_not_swallowed(tmp_path):
    page = "Papers of the day, collected for you\n\nMar 11, 2025\n\n" + DATED + entry("Bare")
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert [p.title for p in papers] == ["Dated One", "Bare"]
    assert [(p.line, p.rejected) for p in problems] == [(1, False)]
    assert "Papers of the day" in problems[0].message


def test_a_year_in_the_head_decides(tmp_path):
    page = HEAD.replace("Oct 30", "Oct 30, 2023") + entry("One", *tail("2 authors", "Sep 3"))
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert problems == []
    assert papers[0].date == dt.date(2023, 9, 3)


def test_dates_are_left_out_where_no_year_is_known(tmp_path):
    page = (
        HEAD + entry("One", *tail("2 authors", "Sep 3")) + entry("Two", *tail("2 authors", "May 5"))
    )
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert [p.date for p in papers] == [None, None]
    assert [(p.line, p.rejected) for p in problems] == [(19, False)]
    assert "2 dates without a year" in problems[0].message
    assert "Oct 30, 2025" in problems[0].message


@pytest.mark.parametrize("date", ["Nov 11", "Feb 29"])
def test_a_date_that_cannot_be_is_left_out_and_named(tmp_path, date):
    page = HEAD + DATED + entry("Odd Day", *tail("2 authors", date))
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert [(p.title, p.date) for p in papers][1] == ("Odd Day", None)
    assert [(p.line, p.rejected) for p in problems] == [(27, False)]
    assert "Odd Day" in problems[0].message


@pytest.mark.parametrize(
    ("line", "organisation"),
    [
        ("nvidia NVIDIA", "NVIDIA"),
        ("ByteDance-Seed ByteDance Seed", "ByteDance Seed"),
        ("The Invented Institute", "The Invented Institute"),
    ],
)
def test_organisations(tmp_path, line, organisation):
    page = HEAD + DATED + entry("Theirs", *tail(line, "May 1, 2023 4")) + entry("Next")
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert problems == []
    assert [p.title for p in papers] == ["Dated One", "Theirs", "Next"]
    assert (papers[1].organisation, papers[1].n_authors) == (organisation, None)
    assert papers[1].date == dt.date(2023, 5, 1)


def test_a_tail_on_one_line_and_a_tail_with_gaps(tmp_path):
    page = HEAD + DATED
    page += entry("One Line", "• 6 authors · Mar 29, 2020 4")
    page += entry("Gaps", "• 7 authors", "", "·", "", "Mar 30, 2020")
    page += entry("Gaps and a House", "acme ACME", "", "·", "", "Mar 31, 2020")
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert problems == []
    assert [(p.title, p.n_authors, p.organisation, p.date) for p in papers[1:]] == [
        ("One Line", 6, None, dt.date(2020, 3, 29)),
        ("Gaps", 7, None, dt.date(2020, 3, 30)),
        ("Gaps and a House", None, "ACME", dt.date(2020, 3, 31)),
    ]


def test_wrapped_abstracts_and_titles_without_a_blank_line(tmp_path):
    wrapped = "\n".join(f"line {n} of a wrapped abstract that is invented" for n in range(12))
    page = HEAD + f"Wrapped\n\n{wrapped}\n\nClose Above\n{LONG}\n\n" + DATED
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert problems == []
    assert [p.title for p in papers] == ["Wrapped", "Close Above", "Dated One"]
    assert papers[0].abstract == wrapped.replace("\n", " ")


def test_a_short_abstract_is_told_by_its_sentence(tmp_path):
    page = HEAD + DATED
    page += "Brief\n\nWe invent a thing and then show that the thing was invented.\n\n" + entry(
        "Bare"
    )
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert problems == []
    assert [p.title for p in papers] == ["Dated One", "Brief", "Bare"]


def test_a_title_without_an_abstract_in_the_middle_is_reported(tmp_path):
    page = HEAD + DATED + "A Lost Abstract\n\n" + entry("Bare")
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert [p.title for p in papers] == ["Dated One", "Bare"]
    assert [(p.line, p.rejected) for p in problems] == [(21, True)]
    assert "A Lost Abstract" in problems[0].message


def test_an_abstract_without_a_title_is_reported(tmp_path):
    page = HEAD + DATED + "Orphan. " + LONG + "\n\n" + entry("Bare")
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert [p.title for p in papers] == ["Dated One", "Bare"]
    assert [(p.line, p.rejected) for p in problems] == [(21, True)]
    assert "no title above" in problems[0].message


def test_metadata_without_an_entry_is_reported(tmp_path):
    page = HEAD + DATED + "Lost Again\n\n  • 5 authors\n·\nMay 2, 2024\n\n" + entry("Bare")
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert [(p.title, p.n_authors) for p in papers] == [("Dated One", 3), ("Bare", None)]
    assert {p.line for p in problems} == {21, 23, 25}
    assert all(str(p).startswith(str(tmp_path / "page.txt")) for p in problems)


def test_a_page_cut_after_a_title(tmp_path):
    papers, problems = read_text(tmp_path, "page.txt", HEAD + DATED + "The Last Title")
    assert [p.title for p in papers] == ["Dated One"]
    assert [(p.line, p.rejected) for p in problems] == [(21, True)]
    assert "ends after this title" in problems[0].message


def test_a_page_cut_within_an_abstract_keeps_what_is_there(tmp_path):
    cut = HEAD + DATED + "Cut\n\n" + LONG[:350]
    papers, problems = read_text(tmp_path, "page.txt", cut)
    assert problems == []
    assert papers[1].abstract == LONG[:350].strip()


def test_a_page_cut_within_its_tail(tmp_path):
    papers, problems = read_text(tmp_path, "page.txt", HEAD + DATED + entry("Cut", "  • 5 authors"))
    assert problems == []
    assert (papers[1].n_authors, papers[1].date) == (5, None)


def test_a_head_without_entries(tmp_path):
    papers, problems = read_text(tmp_path, "page.txt", HEAD)
    assert papers == []
    assert [p.rejected for p in problems] == [True]
    assert "no entry" in problems[0].message


def test_two_papers_of_one_title_have_one_derived_id_and_two_variants(tmp_path):
    from index.identity import content_key, variant_id

    other = LONG.replace("invented", "discovered")
    page = HEAD + DATED + entry("Twin") + entry("Twin", abstract=other)
    papers, problems = read_text(tmp_path, "page.txt", page)
    assert problems == []
    _, one, two = papers
    assert one.id == two.id
    assert variant_id(one) != variant_id(two)
    assert content_key(one) != content_key(two)


def test_prose_is_no_page(tmp_path):
    licence = "Some License\n\nCopyright (c) 2020 Someone\n\n" + LONG + "\n\n" + LONG + "\n"
    papers, problems = read_text(tmp_path, "LICENSE", licence)
    assert papers == []
    assert "not recognised" in problems[0].message
