import numpy as np
import pytest

from index.hybrid import Candidate, Fusion, compare, fuse, to_hits
from index.types import Chunk, Paper

FUSION = Fusion(dense_weight=0.5, centroid_share=0.0, cosine_floor=0.0)


def chunks(paper_id: str, count: int) -> list[Chunk]:
    return [Chunk(f"{paper_id}#{i}", paper_id, "text", i, i + 1) for i in range(count)]


def test_compare_gives_each_chunk_and_the_centroid() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    found = compare(np.array([1.0, 0.0], np.float32), {"a": (chunks("a", 2), vectors)})
    assert found["a"].similarities.tolist() == [1.0, 0.0]
    assert found["a"].centroid == pytest.approx(0.7071, abs=1e-4)


def test_compare_leaves_out_papers_without_chunks() -> None:
    empty = np.zeros((0, 2), np.float32)
    assert compare(np.array([1.0, 0.0], np.float32), {"a": ([], empty)}) == {}


def candidate(cosine: float) -> Candidate:
    return Candidate(chunks("x", 1), np.array([cosine], np.float32), cosine)


def test_fused_scores_are_the_weighted_normalised_ones() -> None:
    ranked = fuse({"a": candidate(0.8), "b": candidate(0.4)}, {"b": 6.0}, FUSION)
    # a: 0.5 * 0.8/0.8 + 0.5 * 0; b: 0.5 * 0.4/0.8 + 0.5 * 6/6
    assert [(key, round(score, 6)) for key, score, _ in ranked] == [("b", 0.75), ("a", 0.5)]
    assert ranked[0][2] == {"cosine": pytest.approx(0.4), "bm25": 6.0}


def test_ties_are_broken_by_id_and_nothing_is_fine() -> None:
    ranked = fuse({"b": candidate(0.5), "a": candidate(0.5)}, {}, FUSION)
    assert [key for key, _, _ in ranked] == ["a", "b"]
    assert fuse({}, {}, FUSION) == []


def test_hits_leave_out_papers_that_are_gone_and_sort_passages() -> None:
    found = {"a": Candidate(chunks("a", 2), np.array([0.1, 0.9], np.float32), 0.5)}
    papers = {"a": Paper("a", "T", "abstract")}
    hits = to_hits([("gone", 1.0, {}), ("a", 0.5, {"cosine": 0.9})], papers, found)
    assert [(hit.paper.id, hit.rank) for hit in hits] == [("a", 1)]
    assert [passage.chunk.id for passage in hits[0].passages] == ["a#1", "a#0"]
