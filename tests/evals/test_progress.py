"""Bars that move as a store tells of its papers."""

from evals.progress import each
from index.hash_embedding import HashEmbedder
from index.report import AddProgress
from index.store import PaperIndex
from tests.evals.test_runner import PAPERS


def test_a_bar_moves_once_for_each_paper(tmp_path):
    moved = []
    with PaperIndex.open(tmp_path, embedder=HashEmbedder()) as index:
        index.add(PAPERS, progress=each(lambda: moved.append(1)))
    assert len(moved) == len(PAPERS)


def test_what_was_told_already_does_not_move_it_again():
    moved = []
    tell = each(lambda: moved.append(1))
    progress = dict.fromkeys(AddProgress.__dataclass_fields__, 0)
    for seen in (2, 2, 5):
        tell(AddProgress(**{**progress, "seen": seen}))
    assert len(moved) == 5
