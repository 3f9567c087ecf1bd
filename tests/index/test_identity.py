"""Ids, keys, and the laws of merging."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.identity import (
    ALIASES,
    GivenId,
    content_key,
    given_id,
    is_derived,
    link,
    merge,
    title_id,
    variant_id,
)
from index.types import Paper

TITLE = "Counting Sheep"
ABSTRACT = "We count sheep, and then we count them again."


def paper(**fields) -> Paper:
    known = {"id": title_id(TITLE), "title": TITLE, "abstract": ABSTRACT, "pages": ("a.txt",)}
    return Paper(**{**known, **fields})


@pytest.mark.parametrize(
    ("written", "id_", "version"),
    [
        ("2401.01234", "arxiv:2401.01234", None),
        ("2401.01234v2", "arxiv:2401.01234", "2"),
        ("arXiv:2401.01234V3", "arxiv:2401.01234", "3"),
        ("http://arxiv.org/abs/2401.01234v2", "arxiv:2401.01234", "2"),
        ("https://www.arxiv.org/pdf/2401.01234v12.pdf", "arxiv:2401.01234", "12"),
        ("https://export.arxiv.org/abs/hep-th/9901001", "arxiv:hep-th/9901001", None),
        ("math.GT/0309136v1", "arxiv:math/0309136", "1"),
        ("oai:arXiv.org:0704.0001", "arxiv:0704.0001", None),
        ("https://huggingface.co/papers/2401.01234", "arxiv:2401.01234", None),
        ("10.48550/arXiv.2401.01234", "arxiv:2401.01234", None),
        ("https://doi.org/10.48550/ARXIV.2401.01234", "arxiv:2401.01234", None),
        ("10.1145/AbC.1", "doi:10.1145/abc.1", None),
        ("doi: 10.1145/ABC.1", "doi:10.1145/abc.1", None),
        ("https://dx.doi.org/10.1145/abc.1", "doi:10.1145/abc.1", None),
        (" W2741809807 ", "W2741809807", None),
        ("2401.0123", "2401.0123", None),  # four digits ended with 2014
        ("0704.00012", "0704.00012", None),  # and five began with 2015
        ("2413.01234", "2413.01234", None),  # no such month
        ("x" * 200, "x" * 200, None),
    ],
)
def test_given_ids_have_one_spelling(written, id_, version):
    assert given_id(written) == GivenId(id_, version)
    assert given_id(id_) == GivenId(id_)


@pytest.mark.parametrize("bad", ["", "  ", "a b", "a\tb", "a\x00", "a\u200b", "a\ud800", "x" * 201])
def test_what_cannot_be_an_id(bad):
    assert given_id(bad) is None


def test_links():
    assert link("arxiv:hep-th/9901001") == "https://arxiv.org/abs/hep-th/9901001"
    assert link("doi:10.1145/abc.1") == "https://doi.org/10.1145/abc.1"
    assert link("W1") is None
    assert link("arxiv:") is None


def test_a_derived_id_is_readable_and_stable():
    assert (
        title_id("M$^3$ViT: Mixture-of-Experts")
        == "m3vit-mixture-of-experts-" + (title_id("M$^3$ViT: Mixture-of-Experts")[-8:])
    )
    assert title_id("Counting Sheep") == "counting-sheep-e8d780d6"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Counting  Sheep", "counting sheep"),
        ("TÜLU 3: Pushing", 'T\\"ULU 3: Pushing'),
        ("TÜLU 3: Pushing", 'T{\\"U}LU 3 - pushing'),
        ("M$^3$ViT: Mixture-of-Experts", "M³ViT: Mixture of Experts"),
        ("On \\textit{Emphatic} Titles", "On Emphatic Titles"),
        ("$\\alpha$-Bench", "α-Bench"),
        ("COCO is \"ALL'' You Need", "COCO is “ALL” You Need"),
        ("ﬁne-tuning", "Fine Tuning"),
    ],
)
def test_typing_does_not_make_another_title(one, other):
    assert title_id(one).rpartition("-")[2] == title_id(other).rpartition("-")[2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$\\alpha$-Bench", "$\\beta$-Bench"),
        ("Sorting in C", "Sorting in C++"),
        ("Scaling Laws: Part I", "Scaling Laws: Part II"),
        ("量子", "光子"),
        ("???", "!!!"),
        ("\\alpha", "\\text{a}"),
    ],
)
def test_other_words_make_another_title(one, other):
    assert title_id(one) != title_id(other)


@settings(deadline=None, derandomize=True)
@given(st.text())
@example("x" * 500)
@example("\ud800")
def test_derived_ids_can_be_given_back(title):
    derived = title_id(title)
    assert given_id(derived) == GivenId(derived)
    assert derived.isascii()
    assert len(derived) <= 57
    assert is_derived(paper(title=title, id=derived))


def test_variants_are_derived_too():
    one, two = paper(), paper(abstract="Another abstract altogether.")
    assert variant_id(one) != variant_id(two)
    assert variant_id(two).startswith(title_id(TITLE) + "-")
    assert is_derived(replace(two, id=variant_id(two)))
    assert is_derived(replace(one, id=variant_id(two)))  # its abstract was corrected since
    assert not is_derived(paper(id="arxiv:2401.01234"))


def test_content_keys_ignore_ids_and_typing():
    assert content_key(paper(id="x", abstract=ABSTRACT.upper())) == content_key(paper())
    assert content_key(paper(abstract="Another.")) != content_key(paper())
    assert content_key(paper(title="Ab", abstract="c")) != content_key(
        paper(title="A", abstract="bc")
    )


def test_pages_are_united_and_gaps_filled():
    known = paper(n_authors=3)
    seen = paper(pages=("b.txt",), date=dt.date(2024, 5, 3), url="https://x.org", extra={"a": "b"})
    merged, conflicts = merge(known, seen)
    assert merged == paper(
        pages=("a.txt", "b.txt"),
        n_authors=3,
        date=dt.date(2024, 5, 3),
        url="https://x.org",
        extra={"a": "b"},
    )
    assert conflicts == ()


def test_a_derived_id_keeps_what_is_known_and_reports_the_rest():
    merged, conflicts = merge(paper(n_authors=3), paper(pages=("b.txt",), n_authors=4))
    assert merged == paper(pages=("a.txt", "b.txt"), n_authors=3)
    assert conflicts == ("n_authors: a.txt says 3 (taken), b.txt says 4 (left)",)


def test_a_page_that_is_read_again_may_change_its_mind():
    again = paper(n_authors=4, abstract="A corrected abstract of the same paper.")
    assert merge(paper(n_authors=3), again) == (again, ())


def test_a_given_id_takes_what_comes_in():
    known = paper(id="doi:10.1234/x", organisation="Acme", n_authors=3)
    seen = paper(id="doi:10.1234/x", pages=("b.bib",), n_authors=4, abstract="A newer abstract.")
    merged, conflicts = merge(known, seen)
    assert merged == replace(seen, organisation="Acme", pages=("a.txt", "b.bib"))
    assert conflicts == (
        "abstract: b.bib says one (taken), a.txt says another (left)",
        "n_authors: b.bib says 4 (taken), a.txt says 3 (left)",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"updated": "2024-01-01"}, {"updated": "2024-02-01"}),
        ({"version": "9"}, {"version": "10"}),
        ({"updated": "2024-01-01", "version": "3"}, {"updated": "2024-02-01", "version": "2"}),
    ],
)
def test_an_older_record_changes_nothing_that_is_known(old, new):
    newer = paper(id="arxiv:2401.01234", abstract="The newer words.", extra=new)
    older = paper(id="arxiv:2401.01234", pages=("b",), extra=old, date=dt.date(2024, 1, 1))
    merged, conflicts = merge(newer, older)
    assert merged == replace(newer, pages=("a.txt", "b"), date=dt.date(2024, 1, 1))
    assert conflicts == ()
    assert merge(older, newer)[0] == merged


def test_a_finer_date_replaces_a_vaguer_one_whoever_says_it():
    vague = paper(date=dt.date(2024, 1, 1), extra={"date_precision": "year"})
    exact = paper(date=dt.date(2024, 5, 3), pages=("b",))
    for one, other in ((vague, exact), (exact, vague)):
        merged, conflicts = merge(one, other)
        assert (merged.date, dict(merged.extra), conflicts) == (dt.date(2024, 5, 3), {}, ())


def test_dates_that_cannot_be_the_same_are_a_conflict():
    vague = paper(date=dt.date(2023, 1, 1), extra={"date_precision": "year"})
    merged, conflicts = merge(vague, paper(date=dt.date(2024, 5, 3), pages=("b",)))
    assert (merged.date, merged.extra) == (dt.date(2023, 1, 1), {"date_precision": "year"})
    assert conflicts == ("date: a.txt says 2023 (taken), b says 2024-05-03 (left)",)


def test_names_are_not_put_beside_another_number():
    merged, conflicts = merge(
        paper(n_authors=3), paper(pages=("b",), n_authors=2, authors=("A", "B"))
    )
    assert (merged.n_authors, merged.authors) == (3, ())
    assert conflicts
    merged, _ = merge(paper(n_authors=2), paper(pages=("b",), authors=("A", "B")))
    assert (merged.n_authors, merged.authors) == (2, ("A", "B"))


def test_another_given_id_is_remembered():
    merged, _ = merge(paper(), paper(id="arxiv:2401.01234", pages=("b",)))
    assert merged.id == title_id(TITLE)
    assert merged.extra[ALIASES] == "arxiv:2401.01234"


NAMES = st.sampled_from(["", "A", "B"])
EXTRA = st.fixed_dictionaries(
    {},
    optional={
        "updated": st.sampled_from(["2023-01-01", "2024-01-01"]),
        "version": st.sampled_from(["1", "2", "10"]),
        "date_precision": st.sampled_from(["year", "month"]),
        "date_year": st.just("inferred"),
        "comments": st.sampled_from(["1", "2"]),
        ALIASES: st.sampled_from(["x", "x y", "arxiv:2401.01234"]),
    },
)
DERIVED = "derived"
PAPERS = st.builds(
    Paper,
    id=st.sampled_from([DERIVED, "arxiv:2401.01234", "x"]),
    title=st.sampled_from([TITLE, "COUNTING SHEEP", "Other"]),
    abstract=st.sampled_from([ABSTRACT, ABSTRACT.upper(), "Other."]),
    date=st.sampled_from([None, dt.date(2024, 1, 1), dt.date(2024, 5, 3), dt.date(2023, 1, 1)]),
    n_authors=st.sampled_from([None, 1, 2, 3]),
    authors=st.sampled_from([(), ("A",), ("A", "B"), ("B", "C")]),
    organisation=st.sampled_from([None, "Acme", "House"]),
    pages=st.lists(st.sampled_from("abc"), unique=True).map(lambda pages: tuple(sorted(pages))),
    url=st.sampled_from([None, "https://a.org", "https://b.org"]),
    extra=EXTRA,
).map(lambda one: replace(one, id=title_id(one.title)) if one.id == DERIVED else one)
OF_ONE_RECORD = {"updated", "version", "date_precision", "date_year", ALIASES}


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(PAPERS, PAPERS)
def test_merging_twice_changes_nothing(existing, incoming):
    once, _ = merge(existing, incoming)
    assert merge(once, incoming)[0] == once


@settings(max_examples=300, deadline=None, derandomize=True)
@given(PAPERS)
def test_merging_with_itself_changes_nothing(one):
    merged, conflicts = merge(one, one)
    if ALIASES in one.extra and one.id in one.extra[ALIASES].split():
        return  # an id is no alias of itself
    assert (merged, conflicts) == (one, ())


@settings(max_examples=300, deadline=None, derandomize=True)
@given(PAPERS, PAPERS)
def test_nothing_known_gets_lost(existing, incoming):
    merged, _ = merge(existing, incoming)
    assert merged.id == existing.id
    assert merged.pages == tuple(sorted({*existing.pages, *incoming.pages}))
    for known in (existing, incoming):
        assert merged.date or not known.date
        assert merged.organisation or not known.organisation
        assert merged.url or not known.url
        assert set(merged.extra) >= set(known.extra) - OF_ONE_RECORD


@settings(derandomize=True)
@given(st.text(), st.text(), st.text())
def test_any_text_has_keys(title, abstract, other):
    one = paper(title=title, abstract=abstract)
    assert content_key(one) == content_key(replace(one, id=other, pages=(other,)))
    assert variant_id(one).startswith(title_id(title))
