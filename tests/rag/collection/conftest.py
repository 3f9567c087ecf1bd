"""A store of a few papers, and one of the sample corpus, both with the hash embedder."""

import datetime as dt
from collections.abc import Iterator

import pytest

from index.hash_embedding import HashEmbedder
from index.readers import read_all, sample_pages
from index.store import PaperIndex
from index.types import Paper

PAPERS = (
    Paper(
        "a",
        "Merging Models by Averaging",
        "We study model merging. Weights of several models are averaged.",
        dt.date(2021, 3, 31),
        2,
        organisation="NVIDIA",
        pages=("000_x.txt", "001_y.txt"),
    ),
    Paper(
        "b",
        "Is Pruning Enough?",
        "Pruning removes weights. It saves memory [3].",
        dt.date(2023, 11, 14),
        20,
        pages=("000_x.txt",),
    ),
    Paper(
        "c",
        "Reading Lips [1]",
        "Lip reading is hard. Model merging is left to future work.",
        dt.date(2023, 11, 14),
        20,
        authors=("Ada Lovelace",),
        pages=("001_y.txt",),
    ),
    Paper("d", "Undated Thoughts", "Nothing is known of this paper.", pages=("001_y.txt",)),
    Paper(
        "e",
        "Only the Year Is Known",
        "This one is from some day of 2021.",
        dt.date(2021, 1, 1),
        3,
        extra={"date_precision": "year"},
    ),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Iterator[PaperIndex]:
    folder = tmp_path_factory.mktemp("small")
    with PaperIndex.open(folder, embedder=HashEmbedder()) as index:
        index.add(PAPERS)
        yield index


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Iterator[PaperIndex]:
    folder = tmp_path_factory.mktemp("sample")
    with PaperIndex.open(folder, embedder=HashEmbedder()) as index:
        index.add(read_all(sample_pages()))
        yield index
