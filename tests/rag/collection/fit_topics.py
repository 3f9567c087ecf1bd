"""Fits the weights of ``rag.collection.topics.score`` on the judged topics, and reports on them.

    python -m tests.rag.collection.fit_topics STORE

STORE: a store of the sample corpus with the bundled embedder. ``judged_topics.jsonl`` names for
29 topics the papers that are about them, by reading, and those that are borderline, which count
neither way; every other paper of the sample is held not to be about the topic.

Logistic regression with an L2 penalty, by Newton's method. Reported are precision, recall and F1
over all papers and topics, each topic judged by weights and a threshold fitted on the others; and
those of every second topic, which were kept back while ``rag.collection.fields`` was written.

The weights are fitted on topics without the other names and kinds of fields: with them they lean
on the names, which were written with half of these very topics in view, and papers that only
speak of the topic are lost.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.store import PaperIndex
from rag.collection.fields import related
from rag.collection.topics import Topic, gather, topic_of

JUDGED = Path(__file__).parent / "judged_topics.jsonl"
PENALTY = 1.0
PRECISION = 0.96  # what it was before the fields' other names and kinds counted
GRID = np.linspace(-2, 3, 101)
Array = NDArray[np.float64]


def plain(text: str) -> Topic:
    """The topic without other names and kinds of fields."""
    topic, (forms, kinds) = topic_of(text), related(text)
    same = tuple(way for way in topic.same if way not in forms)
    return replace(topic, same=same, like=tuple(way for way in topic.like if way not in kinds))


def examples(
    index: PaperIndex, reading: Callable[[str], Topic]
) -> tuple[Array, Array, NDArray[np.int64]]:
    """(features, 1 where the paper is about the topic, the topic's number) of each pair."""
    stored = index.stored(index.ids())
    rows, labels, topics = [], [], []
    for number, line in enumerate(JUDGED.read_text("utf-8").splitlines()):
        judged = json.loads(line)
        (vector,) = index.embedder.embed([judged["topic"]])
        for evidence in gather(reading(judged["topic"]), vector, stored):
            if evidence.paper.title not in judged["borderline"]:
                rows.append(evidence.features)
                labels.append(float(evidence.paper.title in judged["about"]))
                topics.append(number)
    return np.array(rows), np.array(labels), np.array(topics)


def fit(rows: Array, labels: Array) -> Array:
    """The weights, the bias last, which is not penalised."""
    padded = np.c_[rows, np.ones(len(rows))]
    penalty = np.eye(padded.shape[1]) * PENALTY
    penalty[-1, -1] = 1e-6
    weights = np.zeros(padded.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-padded @ weights))
        slope = padded.T @ (chance - labels) + penalty @ weights
        curve = (padded * (chance * (1 - chance))[:, None]).T @ padded + penalty
        weights -= np.linalg.solve(curve, slope)
    return weights


def margin(rows: Array, weights: Array) -> Array:
    """The log odds."""
    total: Array = rows @ weights[:-1] + weights[-1]
    return total


def scores(labels: Array, chosen: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    right = float(labels[chosen].sum())
    precision, recall = right / max(chosen.sum(), 1), right / labels.sum()
    return precision, recall, 2 * right / (chosen.sum() + labels.sum())


def _line(figures: tuple[float, float, float]) -> str:
    return "precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(*figures)


def threshold(rows: Array, labels: Array, weights: Array) -> float:
    """The lowest log odds from which on precision is at least ``PRECISION``."""
    margins = margin(rows, weights)
    low = [cut for cut in GRID if scores(labels, margins > cut)[0] < PRECISION]
    return float(max(low, default=GRID[0]))


def _cut(weak: Array, rows: Array, labels: Array) -> Array:
    """Weights fitted on the plain topics' features, the threshold of the others' off the bias."""
    weights = fit(weak, labels)
    weights[-1] -= threshold(rows, labels, weights)
    return weights


def main(store: str) -> None:
    """Prints the figures and the weights."""
    with PaperIndex.open(store, create=False) as index:
        weak, _, _ = examples(index, plain)
        rows, labels, topics = examples(index, topic_of)
    apart = np.zeros(len(labels), dtype=bool)
    for topic in np.unique(topics):
        rest = topics != topic
        weights = _cut(weak[rest], rows[rest], labels[rest])
        apart[~rest] = margin(rows[~rest], weights) > 0
    kept = topics % 2 == 1
    half = margin(rows, _cut(weak[~kept], rows[~kept], labels[~kept])) > 0
    weights = _cut(weak, rows, labels)
    out = sys.stdout.write
    out(f"each topic by the others:  {_line(scores(labels, apart))}\n")
    out(f"of these, those kept back: {_line(scores(labels[kept], apart[kept]))}\n")
    out(f"those kept back by the rest: {_line(scores(labels[kept], half[kept]))}\n")
    out(f"all topics by all:         {_line(scores(labels, margin(rows, weights) > 0))}\n")
    out(f"weights {[round(float(w), 2) for w in weights[:-1]]}, bias {weights[-1]:.2f}\n")


if __name__ == "__main__":
    main(sys.argv[1])
