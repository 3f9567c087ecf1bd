import numpy as np
import pytest

from index.catalogue import StoredChunks
from index.errors import ConfigError
from index.hash_embedding import HashEmbedder
from index.hybrid import Fusion, compare, fuse, ranking, to_hits
from index.store import PaperIndex
from index.types import Chunk, Paper

FUSION = Fusion(dense_weight=0.5, centroid_share=0.0, cosine_floor=0.0)
EAST = np.array([1.0, 0.0], np.float32)


def stored(paper_id: str, *vectors: tuple[float, float]) -> StoredChunks:
    chunks = [Chunk(f"{paper_id}#{i}", paper_id, "text", i, i + 1) for i in range(len(vectors))]
    rows = np.array(vectors, np.float32).reshape(-1, 2)
    return StoredChunks(Paper(paper_id, "T", "abstract"), chunks, rows)


def leaning(paper_id: str, cosine: float) -> StoredChunks:
    return stored(paper_id, (cosine, (1 - cosine**2) ** 0.5))


def test_compare_gives_each_chunk_the_best_and_the_centroid() -> None:
    found = compare(EAST, [stored("a", (1, 0), (0, 1)), stored("b", (0, 1))], {"b": 2.0})
    assert found.chunks.tolist() == [1, 0, 0]
    assert found.best.tolist() == [1, 0]
    assert found.centroids == pytest.approx([0.7071, 0], abs=1e-4)
    assert found.bm25.tolist() == [0, 2]


def test_papers_without_chunks_are_left_out() -> None:
    found = compare(EAST, [stored("a")], {"a": 1.0})
    assert len(found.papers) == 0
    assert to_hits(found, fuse(found, FUSION), 5) == []


def test_fused_scores_are_the_weighted_normalised_ones() -> None:
    found = compare(EAST, [leaning("a", 0.8), leaning("b", 0.4)], {"b": 6.0})
    # a: 0.5 * 0.8/0.8 + 0.5 * 0; b: 0.5 * 0.4/0.8 + 0.5 * 6/6
    assert fuse(found, FUSION) == pytest.approx([0.5, 0.75], abs=1e-6)


def test_ties_are_broken_by_id() -> None:
    found = compare(EAST, [leaning("b", 0.5), leaning("a", 0.5)], {})
    assert ranking(found, fuse(found, FUSION)) == [1, 0]


def test_hits_are_ranked_and_their_passages_sorted() -> None:
    found = compare(EAST, [stored("a", (0, 1), (1, 0)), leaning("b", 0.1)], {"a": 3.0})
    first, second = to_hits(found, fuse(found, FUSION), 5)
    assert (first.paper.id, first.rank, second.rank) == ("a", 1, 2)
    assert [passage.chunk.id for passage in first.passages] == ["a#1", "a#0"]
    assert first.why == {"cosine": 1.0, "bm25": 3.0}


@pytest.mark.parametrize(
    "values", [{"dense_weight": 1.1}, {"late_weight": -1}, {"pool": 0}, {"compared": float("nan")}]
)
def test_weights_that_mean_nothing_are_refused(values) -> None:
    (name,) = values
    with pytest.raises(ConfigError, match=f"fusion: {name} must be from"):
        Fusion(**values)


def test_a_store_is_searched_with_the_fusion_that_it_was_opened_with(tmp_path) -> None:
    papers = [
        Paper("p1", "Merging", "Merging merges merging."),
        Paper("p2", "Weights", "Models are joined, as merging does, by their weights."),
    ]
    with PaperIndex.open(tmp_path, embedder=HashEmbedder()) as index:
        index.add(papers)
        assert index.fusion == Fusion()
    scores = []
    for weight in (0.0, 1.0):
        fusion = Fusion(dense_weight=weight)
        with PaperIndex.open(tmp_path, embedder=HashEmbedder(), fusion=fusion) as index:
            scores.append({hit.paper.id: hit.score for hit in index.search("weights of models")})
            why = {hit.paper.id: hit.why for hit in index.search("weights of models")}
    words, meaning = scores
    assert words["p1"] == why["p1"]["bm25"] == 0
    assert meaning["p1"] > 0
