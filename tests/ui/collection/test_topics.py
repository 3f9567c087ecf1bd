"""The topic map: every paper on it, near papers together, labels that tell the clusters apart."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from index.store import PaperIndex
from index.types import Paper
from tests.index.papers import papers as study_papers
from ui.collection import topics
from ui.collection.topics import cluster_count, map_of, topic_map

SUBJECTS = {
    "graph colouring": "Graph colouring assigns colours to vertices. We bound graph colouring.",
    "protein folding": "Protein folding predicts shapes. Protein folding helps to find drugs.",
    "speech recognition": "Speech recognition turns audio into words. Audio is hard to hear.",
}


def _papers(each: int) -> list[Paper]:
    return [
        Paper(f"{subject}-{n}", f"On {subject}", text)
        for subject, text in SUBJECTS.items()
        for n in range(each)
    ]


def _vectors(each: int, groups: int = 3, width: int = 16) -> np.ndarray:
    """``groups`` bundles of directions, far apart."""
    noise = np.random.default_rng(1).normal(0, 0.03, (each * groups, width))
    raw = np.repeat(np.eye(width)[:groups], each, axis=0) + noise
    return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)


def test_papers_on_one_subject_share_a_cluster_that_is_named_for_it() -> None:
    found = topic_map(_papers(6), _vectors(6))
    assert [cluster.size for cluster in found.clusters] == [6, 6, 6]
    labels = {point.paper_id.split("-")[0]: point.cluster for point in found.points}
    assert len(set(labels.values())) == 3
    for subject, cluster in labels.items():
        assert found.clusters[cluster].terms[0] == subject


def test_near_papers_lie_near_one_another() -> None:
    found = topic_map(_papers(12), _vectors(12))
    places = np.array([(point.x, point.y) for point in found.points]).reshape(3, 12, 2)
    inside = np.linalg.norm(places - places.mean(axis=1, keepdims=True), axis=2).max()
    middles = places.mean(axis=1)
    between = min(math.dist(middles[a], middles[b]) for a, b in ((0, 1), (0, 2), (1, 2)))
    assert inside < between


def test_the_same_papers_give_the_same_map() -> None:
    assert topic_map(_papers(10), _vectors(10)) == topic_map(_papers(10), _vectors(10))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 6, 7, 9])
def test_few_papers_all_get_a_place(n: int) -> None:
    papers = study_papers(n)
    vectors = np.random.default_rng(n).normal(size=(n, 8)).astype(np.float32)
    found = topic_map(papers, vectors)
    assert [point.paper_id for point in found.points] == [paper.id for paper in papers]
    assert all(0 <= p.x <= 1 and 0 <= p.y <= 1 for p in found.points)
    assert len({(p.x, p.y) for p in found.points}) == n
    assert sum(cluster.size for cluster in found.clusters) == n
    assert all(cluster.label for cluster in found.clusters)


def test_papers_with_one_abstract_are_one_cluster_and_can_all_be_seen() -> None:
    papers = [replace(study_papers(1)[0], id=str(n)) for n in range(40)]
    found = topic_map(papers, np.ones((40, 8), np.float32))
    (cluster,) = found.clusters
    assert (cluster.size, bool(cluster.label)) == (40, True)
    assert len({(round(p.x, 4), round(p.y, 4)) for p in found.points}) == 40
    assert max(math.dist((p.x, p.y), (0.5, 0.5)) for p in found.points) < 0.1


@pytest.mark.parametrize("width", [1, 2])
def test_vectors_of_hardly_any_dimension(width: int) -> None:
    vectors = np.linspace(-1, 1, 12 * width, dtype=np.float32).reshape(12, width)
    found = topic_map(study_papers(12), vectors)
    assert len(found.points) == 12


def test_papers_without_words_still_get_labels_that_differ() -> None:
    papers = [Paper(str(n), "1 2 3", "4 5 6 " * 9) for n in range(18)]
    found = topic_map(papers, _vectors(6))
    labels = [cluster.label for cluster in found.clusters]
    assert len(set(labels)) == len(labels) == 3


def test_large_collections_are_laid_out_by_components(monkeypatch) -> None:
    monkeypatch.setattr(topics, "MOST_BY_TSNE", 20)
    monkeypatch.setattr(topics, "_MANY", 20)
    found = topic_map(_papers(20), _vectors(20))
    assert len(found.points) == 60
    assert topic_map(_papers(20), _vectors(20)) == found


def test_the_number_of_clusters_grows_with_the_root_and_ends() -> None:
    counts = [cluster_count(n) for n in range(2_000)]
    assert counts == sorted(counts)
    assert (counts[1], counts[8], counts[200], counts[-1]) == (1, 2, 10, 12)


def test_a_stores_map_holds_all_of_its_papers(tmp_path) -> None:
    from index.hash_embedding import HashEmbedder

    with PaperIndex.open(tmp_path / "store", embedder=HashEmbedder()) as index:
        assert map_of(index) == topics.TopicMap()
        index.add(study_papers(30))
        found = map_of(index)
        assert [point.paper_id for point in found.points] == index.ids()
        labels = [cluster.label for cluster in found.clusters]
        assert len(set(labels)) == len(labels)
