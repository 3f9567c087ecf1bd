"""A map of the collection: papers that are near in meaning lie near one another, in clusters.

Clusters come from k-means on the papers' directions. Their number is ``sqrt(n / 2)``, a rule of
thumb of Mardia, Kent and Bibby ("Multivariate Analysis", 1979), and at most as many as colours can
be told apart. The plane comes from t-SNE (van der Maaten and Hinton, "Visualizing Data using
t-SNE", JMLR 2008), begun from the principal components, or for large collections from those alone.
The same papers always give the same map.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors
from index.types import Paper
from ui.collection.terms import group_terms

if TYPE_CHECKING:
    from index.store import PaperIndex

MOST_CLUSTERS = 12
"""Colours that can be told apart."""

MOST_BY_TSNE = 3_000
"""Papers up to which t-SNE is worth its time; beyond, two principal components must do."""

_FEW = 5  # different papers below which t-SNE has nothing to arrange
_SLOW = 1_000  # papers from which on t-SNE gets half of its steps
_MANY = 5_000  # papers from which on k-means looks at a part of them at a time
_READ = 200  # papers of a cluster, nearest its middle, that its label is made from
_SPIRAL = 0.008  # between papers that would lie on one another
_GOLDEN = math.pi * (3 - math.sqrt(5))
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Point:
    """A paper's place on the map, ``x`` and ``y`` in [0, 1], and its cluster's id."""

    paper_id: str
    x: float
    y: float
    cluster: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Papers near one another. ``label`` differs from all others; ``terms`` may be empty."""

    id: int
    label: str
    terms: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class TopicMap:
    """One point a paper, in the papers' order; clusters by size, largest first, ids from 0."""

    points: tuple[Point, ...] = ()
    clusters: tuple[Cluster, ...] = ()


def map_of(index: PaperIndex) -> TopicMap:
    """The map of all papers of a store, as it is now. Seconds: keep it for a store's revision.

    Raises IndexNotReady where the store can't be read.
    """
    ids, vectors = index.centroids()
    papers = index.get_many(ids)
    there = [place for place, paper_id in enumerate(ids) if paper_id in papers]
    return topic_map([papers[ids[place]] for place in there], vectors[there])


def topic_map(papers: Sequence[Paper], vectors: Vectors) -> TopicMap:
    """The map of some papers. ``vectors``: their directions, shape (len(papers), dimension)."""
    if not papers:
        return TopicMap()
    with _on_one_core():
        different = len(np.unique(vectors, axis=0))
        assigned = _clusters(vectors, min(cluster_count(len(papers)), different))
        places = _apart(_unit(_plane(vectors, different)))
    points = tuple(
        Point(paper.id, float(x), float(y), int(cluster))
        for paper, (x, y), cluster in zip(papers, places, assigned, strict=True)
    )
    return TopicMap(points, _described(papers, vectors, assigned))


def cluster_count(n: int) -> int:
    """How many clusters ``n`` papers are told apart in."""
    return min(MOST_CLUSTERS, max(1, round(math.sqrt(n / 2))))


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Sums that several cores share differ from run to run in their last digits, and maps visibly.

    The limit holds for the whole process, so that two at once would undo each other's.
    """
    from threadpoolctl import threadpool_limits

    with _one_at_a_time, threadpool_limits(limits=1):
        yield


def _clusters(vectors: Vectors, count: int) -> NDArray[np.intp]:
    """Each paper's cluster, numbered from the largest on; equal sizes by their first papers."""
    from sklearn.cluster import KMeans, MiniBatchKMeans

    if count < 2:
        return np.zeros(len(vectors), np.intp)
    kind = KMeans if len(vectors) < _MANY else MiniBatchKMeans
    found = kind(count, n_init=10, random_state=0).fit(vectors).labels_
    names, first, sizes = np.unique(found, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    numbers = np.empty(int(names.max()) + 1, np.intp)
    numbers[names[order]] = np.arange(len(names))
    assigned: NDArray[np.intp] = numbers[found]
    return assigned


def _plane(vectors: Vectors, different: int) -> NDArray[np.float64]:
    """Shape (n, 2), on any scale."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    if different < 2:
        return np.zeros((len(vectors), 2))
    if different >= _FEW and vectors.shape[1] > 1 and len(vectors) <= MOST_BY_TSNE:
        perplexity = min(30.0, (len(vectors) - 1) / 3)
        steps = 1_000 if len(vectors) <= _SLOW else 500
        arranged = TSNE(2, init="pca", perplexity=perplexity, max_iter=steps, random_state=0)
        return np.asarray(arranged.fit_transform(vectors), np.float64)
    kept = min(2, *vectors.shape)
    found = PCA(kept, svd_solver="full" if len(vectors) < _FEW else "auto", random_state=0)
    flat = np.zeros((len(vectors), 2))
    flat[:, :kept] = found.fit_transform(vectors)
    return flat


def _unit(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Moved and stretched to fill the unit square; an axis without extent is put in the middle."""
    low, extent = places.min(axis=0), np.ptp(places, axis=0)
    flat = extent < 1e-6
    stretched: NDArray[np.float64] = np.where(
        flat, 0.5, (places - low) / np.where(flat, 1.0, extent)
    )
    return stretched


def _apart(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Papers on the same spot are laid out around it in a spiral, so that each can be chosen.

    Vogel's model of a sunflower's head (1979): the nth at an angle of n golden angles, sqrt(n) out.
    """
    apart = places.copy()
    _, spots, sizes = np.unique(places.round(4), axis=0, return_inverse=True, return_counts=True)
    for spot in np.flatnonzero(sizes > 1):
        here = np.flatnonzero(spots.reshape(-1) == spot)
        turn = np.arange(len(here)) * _GOLDEN
        out = np.minimum(_SPIRAL * np.sqrt(np.arange(len(here))), 0.5)[:, None]
        apart[here] += out * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.clip(apart, 0.0, 1.0)


def _described(
    papers: Sequence[Paper], vectors: Vectors, assigned: NDArray[np.intp]
) -> tuple[Cluster, ...]:
    members = [np.flatnonzero(assigned == number) for number in range(int(assigned.max()) + 1)]
    read = [[papers[place] for place in _central(vectors, mine)] for mine in members]
    terms = group_terms(read)
    nameless = sum(not own for own in terms)
    clusters = []
    for number, (mine, own) in enumerate(zip(members, terms, strict=True)):
        other = "papers" if len(members) == 1 else "other papers"
        label = ", ".join(own) or (other if nameless == 1 else f"{other}, group {number + 1}")
        clusters.append(Cluster(number, label, own, len(mine)))
    return tuple(clusters)


def _central(vectors: Vectors, members: NDArray[np.intp]) -> NDArray[np.intp]:
    """The members nearest the middle, at most ``_READ``, in their order."""
    if len(members) <= _READ:
        return members
    near = vectors[members] @ vectors[members].mean(axis=0)
    return np.sort(members[np.argsort(-near, kind="stable")[:_READ]])
