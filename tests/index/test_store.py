"""Which record is which paper, what is counted, what it costs: on a folder, without a server."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import ConfigError, IndexNotReady, ManifestMismatch
from index.hash_embedding import HashEmbedder
from index.identity import title_id, variant_id
from index.report import AddProgress, AddReport
from index.store import PaperIndex
from index.types import Paper
from tests.index.agreement import assert_agreement
from tests.index.papers import paper, papers

TITLE = "Reinforcement Mid-Training"
ONE = "We train in the middle. It helps."
TWO = "Something else entirely is done here. It helps too."


def sighting(page: str, abstract: str = ONE, **fields: object) -> Paper:
    """As a saved page shows it: without an id of its own."""
    return paper(0, id=title_id(TITLE), title=TITLE, abstract=abstract, page=page, **fields)


def given(paper_id: str, page: str, abstract: str = ONE, **fields: object) -> Paper:
    return paper(0, id=paper_id, title=TITLE, abstract=abstract, page=page, **fields)


def counts(report: AddReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.merged


class Counting(HashEmbedder):
    """Counts the texts that it embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    def embed(self, texts):
        self.texts += len(texts)
        return super().embed(texts)


def test_one_paper_on_several_pages_is_one_paper(store: PaperIndex) -> None:
    seen = [sighting("c"), sighting("a", organisation="ACME"), sighting("b")]
    report = store.add(seen)
    assert counts(report) == (1, 0, 0, 2)
    (known,) = store.query()
    assert (known.pages, known.organisation) == (("a", "b", "c"), "ACME")
    assert counts(store.add(seen)) == (0, 0, 1, 0)


def test_the_same_in_separate_runs(store: PaperIndex) -> None:
    assert counts(store.add([sighting("a")])) == (1, 0, 0, 0)
    assert counts(store.add([sighting("b")])) == (0, 1, 0, 0)
    assert counts(store.add([sighting("a"), sighting("b")])) == (0, 0, 1, 0)
    assert store.query()[0].pages == ("a", "b")


def test_another_typing_is_no_other_paper(store: PaperIndex) -> None:
    store.add([sighting("a"), sighting("b", abstract=ONE.upper())])
    assert store.query()[0].abstract == ONE


def test_a_derived_sighting_joins_a_given_id(store: PaperIndex) -> None:
    both = [given("arxiv:2401.00001", "json"), sighting("a")]
    assert counts(store.add(both)) == (1, 0, 0, 1)
    (known,) = store.query()
    assert (known.id, known.pages) == ("arxiv:2401.00001", ("a", "json"))
    assert counts(store.add(both)) == (0, 0, 1, 0)
    assert counts(store.add(both[::-1])) == (0, 0, 1, 0)


@pytest.mark.parametrize("runs", [1, 2])
def test_a_given_id_takes_over_a_derived_one(store: PaperIndex, runs: int) -> None:
    both = [sighting("a", organisation="ACME"), given("arxiv:2401.00001", "json")]
    if runs == 1:
        assert counts(store.add(both)) == (1, 0, 0, 1)
    else:
        assert counts(store.add(both[:1])) == (1, 0, 0, 0)
        assert counts(store.add(both[1:])) == (0, 0, 0, 1)
    (known,) = store.query()
    assert (known.id, known.pages) == ("arxiv:2401.00001", ("a", "json"))
    assert known.organisation == "ACME"
    assert_agreement(store)
    assert counts(store.add(both)) == (0, 0, 1, 0)


def test_one_title_with_two_abstracts_is_two_papers_and_reported(store: PaperIndex) -> None:
    both = [sighting("a"), sighting("b", TWO)]
    report = store.add(both)
    assert counts(report) == (2, 0, 0, 0)
    (note,) = report.notes
    second = variant_id(both[1])
    assert not note.rejected
    assert title_id(TITLE) in str(note)
    assert second in str(note)
    assert store.get(second) == replace(both[1], id=second)
    again = store.add(both)
    assert counts(again) == (0, 0, 2, 0)
    assert again.notes == ()
    assert counts(store.add(both[::-1])) == (0, 0, 2, 0)


@pytest.mark.parametrize("number", [-1, 2**31, 2**70])
def test_a_number_of_authors_that_cannot_be_costs_its_paper_alone(
    store: PaperIndex, number: int
) -> None:
    report = store.add([paper(1), paper(2, n_authors=number), paper(3, n_authors=2**31 - 1)])
    assert counts(report)[0] == 2
    assert "number of authors" in str(report.rejected[0])


def test_the_same_within_one_page(store: PaperIndex) -> None:
    both = [sighting("a"), sighting("a", TWO)]
    assert counts(store.add(both)) == (2, 0, 0, 0)
    assert counts(store.add(both)) == (0, 0, 2, 0)


def test_a_page_that_now_tells_another_abstract_updates_its_paper(store: PaperIndex) -> None:
    store.add([sighting("a")])
    report = store.add([sighting("a", TWO)])
    assert counts(report) == (0, 1, 0, 0)
    assert [known.abstract for known in store.query()] == [TWO]
    assert_agreement(store)


def test_a_given_id_with_a_new_text_is_updated(store: PaperIndex) -> None:
    store.add([given("x", "a"), given("y", "a")])
    assert store.count() == 2  # two ids given are two papers
    assert counts(store.add([given("x", "a", TWO)])) == (0, 1, 0, 0)
    known = store.get("x")
    assert known is not None
    assert known.abstract == TWO


def test_sources_that_contradict_each_other_settle(store: PaperIndex) -> None:
    files = [given("x", "a", ONE, n_authors=3), given("x", "b", TWO, n_authors=4)]
    first = store.add(files)
    assert counts(first) == (1, 0, 0, 1)
    assert any("n_authors" in note.message for note in first.notes)
    settled = store.query()
    for _ in range(2):
        assert counts(store.add(files)) == (0, 0, 1, 0)
        assert store.query() == settled


def test_a_newer_version_wins_in_any_order(store: PaperIndex) -> None:
    files = [
        given("x", "a", TWO, extra={"version": "2"}),
        given("x", "b", ONE, extra={"version": "1"}),
    ]
    for order in (files, files[::-1], files):
        store.add(order)
        assert [known.abstract for known in store.query()] == [TWO]
    assert counts(store.add(files)) == (0, 0, 1, 0)


def test_only_new_and_changed_texts_are_embedded(folder: Path) -> None:
    embedder = Counting()
    with PaperIndex.open(folder, embedder=embedder) as store:
        store.add(papers(70))
        assert embedder.texts == store.info().chunks
        before = embedder.texts
        store.add([*papers(70), paper(3, page="page-b")])
        assert embedder.texts == before
        store.add([paper(3, abstract="One sentence.")])
        assert embedder.texts == before + 1


def test_a_dry_run_says_the_same_and_does_nothing(store: PaperIndex) -> None:
    store.add(papers(80))
    revision = store.revision
    batch = [*papers(100, 40), paper(3, abstract="New."), sighting("a"), sighting("b")]
    foreseen = store.add(batch, dry_run=True)
    assert (store.revision, store.count()) == (revision, 80)
    assert counts(foreseen) == counts(store.add(batch)) == (61, 1, 40, 1)


def test_progress_names_what_is_committed(store: PaperIndex) -> None:
    states: list[AddProgress] = []

    def look(state: AddProgress) -> None:
        states.append(state)
        assert set(store.get_many(state.committed)) == set(state.committed)

    store.add(papers(150), progress=look)
    assert [state.seen for state in states] == [64, 128, 150]
    assert states[-1].added == states[-1].total == 150
    assert sorted(i for state in states for i in state.committed) == store.ids()


def test_a_source_that_fails_midway_keeps_what_was_committed(store: PaperIndex) -> None:
    def broken():
        yield from papers(100)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        store.add(broken())
    assert store.count() == 64
    assert_agreement(store)


def test_a_second_run_over_some_hundred_papers_takes_no_second(store: PaperIndex) -> None:
    store.add(papers(362))
    started = time.process_time()
    assert counts(store.add(papers(362))) == (0, 0, 362, 0)
    assert time.process_time() - started < 1


def test_a_refresh_without_news_is_cheap(store: PaperIndex) -> None:
    store.add(papers(3))
    store.refresh()
    started = time.process_time()
    for _ in range(1_000):
        store.refresh()
    assert time.process_time() - started < 0.2  # 0.2 ms each


def test_info(store: PaperIndex) -> None:
    store.add(papers(3))
    info = store.info()
    assert (info.papers, info.embedder, info.dimension) == (3, "hash", 64)
    assert info.pages == {"page-a": 3}
    assert all(size > 0 for size in info.bytes.values())
    assert info.to_dict()["location"] == store.location


def test_the_default_store_is_the_users_own(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with PaperIndex.open(embedder=HashEmbedder()) as store:
        assert tmp_path in Path(store.location).parents


def test_a_location_that_means_nothing() -> None:
    with pytest.raises(ConfigError):
        PaperIndex.open("http://", embedder=HashEmbedder())


def test_importing_and_listing_need_no_vector_database(project: Path, folder: Path) -> None:
    with PaperIndex.open(folder, embedder=HashEmbedder()) as store:
        store.add(papers(3))
    code = (
        "import sys, index\n"
        "heavy = ('chromadb', 'tantivy', 'sqlalchemy', 'numpy')\n"
        "assert not set(heavy) & set(sys.modules), 'import'\n"
        f"with index.PaperIndex.open({str(folder)!r}) as store:\n"
        "    assert len(store.query()) == 3\n"
        "assert 'chromadb' not in sys.modules, 'list'\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=project, check=True)


class Renamed(HashEmbedder):
    """Vectors of the same dimension, made in another way."""

    @property
    def spec(self) -> str:
        return "renamed"

    @property
    def fingerprint(self) -> str:
        return "renamed-1"


def test_every_search_after_a_rebuild_with_another_embedder_is_refused(
    store: PaperIndex, folder: Path
) -> None:
    store.add(papers(5))
    assert store.search("marker1", 1)
    with PaperIndex.open(folder) as other:
        other.rebuild(Renamed())
    for _ in range(3):
        with pytest.raises(ManifestMismatch, match="embedder renamed, not hash"):
            store.search("marker1", 1)
        with pytest.raises(ManifestMismatch):
            store.matching("marker1", 1)
    with PaperIndex.open(folder, embedder=Renamed()) as other:
        other.rebuild(HashEmbedder())
    assert store.search("marker1 marker1v0", 1)[0].paper == paper(1)


def test_what_fails_once_is_tried_again(store: PaperIndex, folder: Path, monkeypatch) -> None:
    store.add(papers(5))
    assert store.search("marker1", 1)
    with PaperIndex.open(folder, embedder=HashEmbedder()) as other:
        other.add([paper(77)])

    def down(*_: object, **__: object) -> None:
        raise IndexNotReady("the server is down for a moment")

    with monkeypatch.context() as patched:
        patched.setattr(store._derived, "refresh", down)
        for _ in range(2):
            with pytest.raises(IndexNotReady):
                store.search("marker77", 1)
    assert store.search("marker77 marker77v0", 1)[0].paper == paper(77)
    assert_agreement(store)
