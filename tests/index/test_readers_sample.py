"""The five pages that come with the product: exact counts, and each trap by name."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from index.identity import content_key, is_derived, merge, title_id
from index.readers import read, read_all, sample_pages
from index.types import Paper, Problem
from tests.index.reading import split

ENTRIES = {
    "000_687d83cc7efc6785.txt": 95,
    "001_023029bf3454ba98.txt": 124,
    "002_903765704607382b.txt": 87,
    "003_57587a1e12198ed9.txt": 53,
    "004_77d534efcf4c5587.txt": 100,
}
PAGE_2 = "002_903765704607382b.txt"


@pytest.fixture(scope="module")
def entries() -> list[Paper]:
    papers, problems = split(read_all(sample_pages()))
    assert problems == []
    return papers


@pytest.fixture(scope="module")
def merged(entries) -> dict[str, Paper]:
    papers: dict[str, Paper] = {}
    for paper in entries:
        known = papers.get(paper.id)
        papers[paper.id], conflicts = merge(known, paper) if known else (paper, ())
        assert conflicts == ()
    return papers


def paper(merged: dict[str, Paper], title: str) -> Paper:
    return merged[title_id(title)]


def test_every_entry_is_read_once(entries):
    assert Counter(page for paper in entries for page in paper.pages) == ENTRIES
    assert len(entries) == 459


def test_merging_gives_362_papers_with_what_each_page_knows(merged):
    assert len(merged) == 362
    assert len({content_key(paper) for paper in merged.values()}) == 362
    assert sum(paper.n_authors is not None for paper in merged.values()) == 82
    assert sum(paper.date is not None for paper in merged.values()) == 83
    assert Counter(len(paper.pages) for paper in merged.values()) == {
        1: 300,
        2: 41,
        3: 10,
        4: 8,
        5: 3,
    }


def test_the_order_of_pages_does_not_matter(entries, merged):
    backwards: dict[str, Paper] = {}
    for entry in reversed(entries):
        known = backwards.get(entry.id)
        backwards[entry.id] = merge(known, entry)[0] if known else entry
    assert backwards == merged


def test_all_ids_are_derived_and_distinct_per_page(entries):
    assert all(is_derived(entry) for entry in entries)
    assert len({(entry.id, entry.pages) for entry in entries}) == 459


def test_an_organisation_in_place_of_an_author_count(merged):
    found = paper(
        merged, "Front-Loading Reasoning: The Synergy between Pretraining and Post-Training Data"
    )
    assert (found.organisation, found.n_authors, found.date) == (
        "NVIDIA",
        None,
        dt.date(2025, 9, 26),
    )
    assert [p.title for p in merged.values() if p.organisation] == [found.title]


def test_the_paper_after_the_organisation_is_not_lost(merged):
    title = (
        "Recommender AI Agent: Integrating Large Language Models for Interactive Recommendations"
    )
    found = paper(merged, title)
    assert found.title == title
    assert (found.n_authors, found.date) == (6, dt.date(2023, 8, 31))
    assert found.abstract.startswith("Recommender models excel at providing domain-specific item")


@pytest.mark.parametrize(
    "title",
    [
        "UniMoE-Audio: Unified Speech and Music Generation with Dynamic-Capacity MoE",
        "Skill-Targeted Adaptive Training",
        "UniVerse-1: Unified Audio-Video Generation via Stitching of Experts",
        "Towards a Unified View of Large Language Model Post-Training",
    ],
)
def test_entries_without_metadata_take_none_from_their_neighbours(merged, title):
    found = paper(merged, title)
    assert (found.n_authors, found.date, found.organisation) == (None, None, None)


@pytest.mark.parametrize(
    ("title", "authors", "date"),
    [
        (
            "InterBERT: Vision-and-Language Interaction for Multi-modal Pretraining",
            6,
            dt.date(2020, 3, 29),
        ),
        (
            "InSerter: Speech Instruction Following with Unsupervised Interleaved Pre-training",
            9,
            dt.date(2025, 3, 4),
        ),
        ("DreamOmni: Unified Image Generation and Editing", 8, dt.date(2024, 12, 22)),
        (
            "A Domain-Agnostic Approach for Characterization of Lifelong Learning Systems",
            47,
            dt.date(2023, 1, 18),
        ),
        ("Reinforcement Mid-Training", 7, dt.date(2025, 9, 29)),
        (
            "How Post-Training Reshapes LLMs: A Mechanistic View on Knowledge, Truthfulness, "
            "Refusal, and Confidence",
            8,
            dt.date(2025, 4, 3),
        ),
    ],
)
def test_counts_and_dates(merged, title, authors, date):
    found = paper(merged, title)
    assert (found.title, found.n_authors, found.date) == (title, authors, date)


def test_dates_without_a_year_are_of_the_year_of_saving_and_marked(merged):
    inferred = [p for p in merged.values() if p.extra.get("date_year") == "inferred"]
    assert len(inferred) == 21
    assert {p.date.year for p in inferred} == {2025}
    assert max(p.date for p in merged.values() if p.date) == dt.date(2025, 10, 22)


def test_a_comment_count_is_no_day_and_no_year(merged):
    commented = {p.title: p.extra["comments"] for p in merged.values() if "comments" in p.extra}
    assert len(commented) == 21
    assert commented["MIO: A Foundation Model on Multimodal Tokens"] == "4"
    assert paper(merged, "MIO: A Foundation Model on Multimodal Tokens").date == dt.date(
        2024, 9, 26
    )
    lment = next(p for p in merged.values() if p.title.startswith("LMEnt: "))
    assert (lment.date, lment.extra["comments"]) == (dt.date(2025, 9, 3), "2")


@pytest.mark.parametrize(
    "title",
    [
        "COCO is \"ALL'' You Need for Visual Instruction Fine-tuning",
        "M$^3$ViT: Mixture-of-Experts Vision Transformer for Efficient Multi-task Learning with "
        "Model-Accelerator Co-design",
        "Met^2Net: A Decoupled Two-Stage Spatio-Temporal Forecasting Model for Complex "
        "Meteorological Systems",
        "PATIENT-Ψ: Using Large Language Models to Simulate Patients for Training Mental Health "
        "Professionals",
        "TÜLU 3: Pushing Frontiers in Open Language Model Post-Training",
        "DanceTogether! Identity-Preserving Multi-Person Interactive Video Generation",
        "How Do Large Language Models Acquire Factual Knowledge During Pretraining?",
        "reStructured Pre-training",
        "tasksource: Structured Dataset Preprocessing Annotations for Frictionless Extreme "
        "Multi-Task Learning and Evaluation",
    ],
)
def test_odd_titles_are_verbatim(merged, title):
    assert paper(merged, title).title == title


def test_star_of_rest_mcts_is_kept(merged):
    assert any(p.title.startswith("ReST-MCTS*: ") for p in merged.values())


def test_latex_left_overs_stay_in_abstracts(merged):
    everything = "\n".join(p.abstract for p in merged.values())
    for left_over in (r"15.4\% and 23.9\%", r"\textit{", r"\url{", "epsilon=8{255}", "G_{stack}"):
        assert left_over in everything
    assert "3,15 percent" in everything
    assert "4:52%" in everything
    assert (
        r"T\"ULU 3"
        in paper(merged, "TÜLU 3: Pushing Frontiers in Open Language Model Post-Training").abstract
    )


def test_abstracts_are_verbatim_lines_of_the_page():
    for path in sample_pages():
        known = set(path.read_text(encoding="utf-8").split("\n"))
        for found in read(path):
            assert isinstance(found, Paper)
            assert found.abstract in known
            assert found.title in known


def test_a_page_on_several_pages_keeps_what_only_one_knows(merged):
    found = paper(merged, "Alignment faking in large language models")
    assert len(found.pages) > 1
    assert PAGE_2 in found.pages
    assert (found.n_authors, found.date) == (20, dt.date(2024, 12, 18))


def test_reading_a_cut_sample_page_loses_only_the_cut_entry(tmp_path):
    raw = sample_pages()[1].read_bytes()
    whole = [item for item in read(sample_pages()[1]) if isinstance(item, Paper)]
    for cut in (2_000, 50_000, 100_003, 150_001, len(raw) - 5):
        path = tmp_path / "001_023029bf3454ba98.txt"
        path.write_bytes(raw[:cut])
        papers, problems = split(read(path))
        assert [p.title for p in papers] == [p.title for p in whole[: len(papers)]]
        assert [p.abstract for p in papers[:-1]] == [p.abstract for p in whole[: len(papers) - 1]]
        shown = raw[:cut].decode().split("\n\n")[5:]
        assert 2 * len(papers) + sum(isinstance(p, Problem) for p in problems) >= len(shown)
