"""The sample corpus, the bundled embedder and the shipped cases, all real: the floor of quality."""

from __future__ import annotations

from pathlib import Path

import pytest

import evals
from evals.cases import SAMPLE, load_cases
from evals.runner import run
from index.store import PaperIndex
from rag.settings import Settings
from rag.wiring import add_sample, build_assistant

HOSTILE = Path(evals.__file__).parent / "scripts" / "hostile.jsonl"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with PaperIndex.open(tmp_path_factory.mktemp("sample")) as opened:
        add_sample(opened)
        yield opened


def report(index: PaperIndex, model: str):
    assistant = build_assistant(Settings(model=model, offline=True), index=index)
    return run(load_cases(SAMPLE), assistant, index)


def test_the_sample_is_whole(index) -> None:
    papers = index.query()
    assert len(papers) == 362
    assert sum(paper.n_authors is not None for paper in papers) == 82
    assert sum(paper.date is not None for paper in papers) == 83
    assert sum(len(paper.pages) > 1 for paper in papers) == 62


def test_adding_the_sample_again_changes_nothing(index) -> None:
    revision = index.revision
    add_sample(index)
    assert index.revision == revision


def test_quoted_answers_stay_as_good_as_they_were(index) -> None:
    measured = {name: value.mean for name, value in report(index, "extractive").aggregates.items()}
    assert measured["verbatim"] == 1
    assert measured["completed"] == 1
    assert measured["recall"] >= 0.9
    assert measured["citation_precision"] >= 0.6
    assert measured["answerable_refused"] <= 0.2


def test_a_model_that_cites_wrongly_breaks_no_promise(index) -> None:
    rows = report(index, f"scripted:{HOSTILE}").rows
    broken = [row.scores["verbatim"].why for row in rows if row.scores["verbatim"].value != 1]
    assert broken == []
    assert any(row.outcome.answer.citations for row in rows)
    assert any(row.outcome.answer.notices for row in rows)
