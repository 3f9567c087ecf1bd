from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.lexical import LexicalIndex
from index.stamp import IndexBroken
from index.types import Paper
from tests.index.papers import paper, papers


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    index = LexicalIndex.create(tmp_path)
    odd = [
        Paper("vit", "M$^3$ViT: experts", "Vision transformers for multi-modal tasks."),
        Paper("psi", "PATIENT-Ψ", "Simulated patients."),
        Paper("gpt", "On GPT-4", "Réseaux profonds, running fast."),
    ]
    index.update([*papers(20), *odd])
    return index


def found(index: LexicalIndex, text: str) -> list[str]:
    return [paper_id for paper_id, _ in index.query(text, 3)]


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("M3ViT", "vit"),
        ("m$^3$vit", "vit"),
        ("multimodal", "vit"),
        ("multi modal", "vit"),
        ("patient psi", "psi"),
        ("GPT4", "gpt"),
        ("reseaux PROFONDS", "gpt"),
        ("they run", "gpt"),
        ("marker13", "p13"),
        ("transfromers", "vit"),
        ('title:(foo AND "marker13" [ ^~ \\', "p13"),
    ],
)
def test_best_match(lexical: LexicalIndex, text: str, best: str) -> None:
    assert found(lexical, text)[0] == best


@pytest.mark.parametrize("text", ["", "  ", "?!*", "(", '"', "qqqqqqqqq", "\x00", "\ud800"])
def test_nothing_to_find_is_no_error(lexical: LexicalIndex, text: str) -> None:
    assert found(lexical, text) == []


def test_a_very_long_question(lexical: LexicalIndex) -> None:
    assert "p13" in found(lexical, "marker13 " + "word " * 50_000)


def test_scores_fall_and_are_limited(lexical: LexicalIndex) -> None:
    scores = [score for _, score in lexical.query("retrieval marker13 steady gains", 7)]
    assert len(scores) == 7
    assert scores == sorted(scores, reverse=True)
    assert lexical.query("retrieval", 0) == []
    assert lexical.query("retrieval", 2**70) == lexical.query("retrieval", 23) != []


def test_updating_replaces_and_removing_removes(lexical: LexicalIndex) -> None:
    count = lexical.count()
    lexical.update([paper(13, version=2)], ["gpt", "nobody"])
    assert lexical.count() == count - 1
    assert found(lexical, "marker13v2") == ["p13"]
    assert found(lexical, "profonds") == []


def test_another_opening_sees_commits_after_reloading(
    lexical: LexicalIndex, tmp_path: Path
) -> None:
    other = LexicalIndex.open(tmp_path)
    lexical.update([paper(99, abstract="On zebrafish.")])
    assert found(other, "zebrafish") == []
    other.reload()
    assert found(other, "zebrafish") == ["p99"]


class Interrupting:
    """A searcher during whose first search something else happens."""

    def __init__(self, searcher: Any, happens: Callable[[], object]) -> None:
        self._searcher = searcher
        self._happens: Callable[[], object] | None = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._searcher, name)

    def search(self, *given: object, **named: object) -> object:
        found = self._searcher.search(*given, **named)
        happens, self._happens = self._happens, None
        if happens is not None:
            happens()
        return found


def test_a_query_stays_with_what_it_began_with(lexical: LexicalIndex) -> None:
    odd, other_order = ["vit", "psi", "gpt"], [paper(n) for n in reversed(range(20))]
    interrupting = Interrupting(lexical._searcher, lambda: lexical.update(other_order, odd))
    lexical._searcher = interrupting
    assert found(lexical, "marker3")[0] == "p3"
    assert lexical._searcher is not interrupting


def test_queries_while_papers_are_written_find_the_right_ones(lexical: LexicalIndex) -> None:
    wrong: list[object] = []
    written = threading.Event()

    def ask() -> None:
        number = 0
        while not written.is_set():
            number = (number + 7) % 20
            try:
                best = found(lexical, f"marker{number}")[:1]
            except IndexBroken as error:
                wrong.append(error)
            else:
                wrong.extend(best if best != [f"p{number}"] else ())

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    for step in range(8):
        lexical.update([paper((step * 7 + number * 3) % 20) for number in range(20)])
    written.set()
    for thread in asking:
        thread.join()
    assert wrong == []


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexBroken):
        LexicalIndex.open(tmp_path / "missing")
