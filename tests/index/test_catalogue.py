"""Exact questions against hand-made papers, and against the same conditions written in Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from index.catalogue import Catalogue, read_revision
from index.changes import Built, Entry, commit, delete
from index.chunking import Chunking
from index.embedded import Embedded
from index.errors import ConfigError, IndexNotReady, ManifestMismatch
from index.identity import content_key
from index.text import folded
from index.types import Filters, Paper
from tests.index.papers import paper

BUILT = Built("hash", "hash-1-4", 4, "sentences-5-1-2")


def put(catalogue: Catalogue, *papers: Paper) -> int:
    entries = []
    for one in papers:
        chunks = Chunking().chunks(one)
        vectors = np.full((len(chunks), 4), 0.5, dtype=np.float32)
        entries.append(Entry(one, content_key(one), chunks, Embedded(vectors)))
    return commit(catalogue, BUILT, entries)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path / "catalogue.sqlite")
    yield opened
    opened.close()


FULL = Paper(
    id="arxiv:2401.00001",
    title="Élan of 100% Sure_Things",
    abstract="Straße and more. Ünlü methods.",
    date=dt.date(2024, 9, 26),
    n_authors=3,
    authors=("Ada", "Bob", "Çelik"),
    organisation="ACME",
    pages=("000_abc.txt", "feed B"),
    url="https://example.org/1",
    extra={"venue": "X", "date_precision": "day"},
)


def test_every_field_comes_back(catalogue: Catalogue) -> None:
    put(catalogue, FULL, paper(1))
    assert catalogue.get(FULL.id) == FULL
    assert catalogue.get_many(["p1", "nobody", FULL.id]) == {"p1": paper(1), FULL.id: FULL}
    assert list(catalogue.get_many(["p1", FULL.id])) == ["p1", FULL.id]


def test_more_ids_than_one_query_takes(catalogue: Catalogue) -> None:
    put(catalogue, *(paper(n) for n in range(1_100)))
    ids = catalogue.ids()
    assert len(catalogue.get_many(ids)) == len(catalogue.query()) == len(ids) == 1_100
    assert len(delete(catalogue, ids)) == 1_100
    assert catalogue.chunk_count() == 0


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        (Filters(words="ÉLAN"), True),
        (Filters(words="STRASSE"), True),
        (Filters(words="ünlü"), True),
        (Filters(words=("élan", "methods")), True),
        (Filters(words=("élan", "nothing")), False),
        (Filters(words="100%"), True),
        (Filters(words="1%0"), False),
        (Filters(words="sure_things"), True),
        (Filters(words="sure?things"), False),
        (Filters(words="s_re"), False),
        (Filters(since="2024-09-26", until="2024-09-26"), True),
        (Filters(since="2024-09-27"), False),
        (Filters(until="2024-08"), False),
        (Filters(pages="000"), True),
        (Filters(pages=("zzz", "feed")), True),
        (Filters(pages="FEED"), False),
        (Filters(pages="00_"), False),
        (Filters(min_authors=3, max_authors=3), True),
        (Filters(min_authors=4), False),
    ],
)
def test_filters(catalogue: Catalogue, filters: Filters, matches: bool) -> None:
    put(catalogue, FULL, Paper("bare", "Bare", "Nothing is known of it."))
    assert catalogue.ids(filters) == ([FULL.id] if matches else [])
    assert catalogue.count(filters) == int(matches)
    assert [one.id for one in catalogue.query(filters)] == ([FULL.id] if matches else [])


def in_python(one: Paper, filters: Filters) -> bool:
    text = folded(f"{one.title}\n{one.abstract}")
    return (
        (filters.since is None or (one.date is not None and one.date >= filters.since))
        and (filters.until is None or (one.date is not None and one.date <= filters.until))
        and (
            filters.min_authors is None
            or (one.n_authors is not None and one.n_authors >= filters.min_authors)
        )
        and (
            filters.max_authors is None
            or (one.n_authors is not None and one.n_authors <= filters.max_authors)
        )
        and (
            not filters.pages
            or any(page.startswith(start) for page in one.pages for start in filters.pages)
        )
        and all(folded(word) in text for word in filters.words)
    )


LETTERS = st.text("abAB%_/É\\ ", max_size=3)
DAYS = st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 9))
COUNTS = st.none() | st.integers(1, 4)
PAPERS = st.lists(
    st.builds(
        dict,
        title=LETTERS,
        abstract=LETTERS,
        date=DAYS,
        n_authors=COUNTS,
        pages=st.lists(st.sampled_from(["a", "ab", "B", "a_c"]), unique=True).map(tuple),
    ),
    max_size=8,
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    PAPERS,
    st.builds(
        Filters,
        DAYS,
        DAYS,
        st.lists(st.sampled_from(["a", "A", "a_", "b", "ab"]), max_size=2),
        COUNTS,
        COUNTS,
        st.lists(LETTERS, max_size=2),
    ),
)
def test_sql_and_python_agree(catalogue: Catalogue, fields: list, filters: Filters) -> None:
    delete(catalogue, catalogue.ids())
    known = [
        Paper(id=f"p{n}", **{**row, "title": f"T{row['title']}", "abstract": f"A{row['abstract']}"})
        for n, row in enumerate(fields)
    ]
    put(catalogue, *known)
    expected = [one.id for one in known if in_python(one, filters)]
    assert catalogue.ids(filters) == sorted(expected)
    assert catalogue.count(filters) == len(expected)


def test_order_puts_what_is_unknown_last_either_way(catalogue: Catalogue) -> None:
    days = [dt.date(2024, 1, 2), None, dt.date(2024, 1, 1), dt.date(2024, 1, 2)]
    put(catalogue, *(paper(n, date=day) for n, day in enumerate(days)))
    assert [p.id for p in catalogue.query()] == ["p0", "p3", "p2", "p1"]
    assert [p.id for p in catalogue.query(descending=False)] == ["p2", "p0", "p3", "p1"]
    assert [p.id for p in catalogue.query(order="id", limit=2, offset=1)] == ["p2", "p1"]
    assert [p.id for p in catalogue.query(offset=3)] == ["p1"]
    with pytest.raises(ConfigError, match="surrogate"):
        catalogue.query(Filters(words="\ud800"))
    with pytest.raises(ConfigError, match="'beauty'"):
        catalogue.query(order="beauty")


@pytest.mark.parametrize("huge", [2**31, 2**63, 2**70, 10**4_000])
def test_numbers_of_any_size_mean_what_they_say(catalogue: Catalogue, huge: int) -> None:
    put(catalogue, *(paper(n, n_authors=n) for n in range(3)))
    assert catalogue.count(Filters(min_authors=huge)) == 0
    assert catalogue.count(Filters(max_authors=huge)) == 3
    assert catalogue.count(Filters(min_authors=-huge)) == 3
    assert catalogue.ids(Filters(max_authors=-huge)) == []
    assert len(catalogue.query(limit=huge)) == len(catalogue.query(offset=-huge)) == 3
    assert catalogue.query(offset=huge) == catalogue.query(limit=-huge) == []


def test_half_a_surrogate_pair_is_no_id(catalogue: Catalogue) -> None:
    put(catalogue, paper(1))
    with pytest.raises(ConfigError, match="surrogate"):
        delete(catalogue, ["p1", "\ud800"])
    assert catalogue.count() == 1


def test_facets(catalogue: Catalogue) -> None:
    put(catalogue, FULL, paper(1), paper(2, date=dt.date(2020, 1, 1)))
    facets = catalogue.facets()
    assert (facets.papers, facets.chunks) == (3, 5)
    assert (facets.first_date, facets.last_date) == (dt.date(2020, 1, 1), dt.date(2024, 9, 26))
    assert facets.pages == {"000_abc.txt": 1, "feed B": 1, "page-a": 2}


def test_changes_and_removals_since_a_revision(catalogue: Catalogue) -> None:
    def changed(revision: int) -> list[str]:
        steps = catalogue.texts_changed_since(revision)
        return [stored.paper.id for step in steps for stored in step]

    first = put(catalogue, paper(1), paper(2))
    second = put(catalogue, paper(2, abstract="One sentence only."))
    assert changed(0) == ["p1", "p2"]
    assert changed(first) == ["p2"]
    assert catalogue.removed_since(first) == (["p2#1"], [])  # p2#0 came back
    commit(catalogue, BUILT, [Entry(paper(1, page="page-b"), "key")])  # its text is as before
    assert changed(second) == []
    third = catalogue.revision()
    delete(catalogue, ["p1"])
    chunk_ids, papers = catalogue.removed_since(third)
    assert (sorted(chunk_ids), papers) == (["p1#0", "p1#1"], ["p1"])
    put(catalogue, paper(1))
    assert catalogue.removed_since(0)[1] == []


def test_an_error_within_a_commit_changes_nothing(catalogue: Catalogue) -> None:
    put(catalogue, paper(1))
    chunks = Chunking().chunks(paper(2))
    vectors = np.zeros((len(chunks) + 1, 4), dtype=np.float32)
    entry = Entry(paper(2), "key", chunks, Embedded(vectors))
    with pytest.raises(ValueError, match="zip"):
        commit(catalogue, BUILT, [Entry(paper(1, page="b"), "key"), entry], ["p1"])
    assert catalogue.query() == [paper(1)]
    assert catalogue.revision() == 1


def test_what_a_store_is_built_with_cannot_be_mixed(catalogue: Catalogue) -> None:
    put(catalogue, paper(1))
    with pytest.raises(ManifestMismatch):
        commit(catalogue, Built("other", "other-1", 4, "sentences-5-1-2"), [])


def test_changed_notices_other_connections_commits(catalogue: Catalogue, tmp_path: Path) -> None:
    other = Catalogue.open(tmp_path / "catalogue.sqlite")
    assert other.changed()
    assert not other.changed()
    put(catalogue, paper(1))
    assert other.changed()
    assert not other.changed()
    other.close()


def test_durable_settings(catalogue: Catalogue) -> None:
    with catalogue.reading() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_places_that_mean_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no database URL"):
        Catalogue.open("nonsense")
    with pytest.raises(ConfigError) as caught:
        Catalogue.open("nosuchdb://user:secret@host/name")
    assert "secret" not in str(caught.value)
    with pytest.raises(IndexNotReady):
        Catalogue.open(tmp_path / "missing" / "catalogue.sqlite")


def test_a_writer_locks_the_revision_where_rows_can_be_locked(catalogue: Catalogue) -> None:
    class Recorder:
        def execute(self, query):
            self.query = query
            return self

        def scalar_one(self) -> str:
            return "7"

    recorder = Recorder()
    assert read_revision(recorder, lock=True) == 7
    assert str(recorder.query.compile(dialect=postgresql.dialect())).endswith("FOR UPDATE")
    with catalogue.transaction() as connection:
        assert read_revision(connection, lock=True) == 0
