"""Fits the weights of ``rag.collection.topics.score`` on the judged topics, and reports on them.

    python -m tests.rag.collection.fit_topics STORE

STORE: a store of the sample corpus with the bundled embedder. ``judged_topics.jsonl`` names for
29 topics the papers that are about them, by reading, and those that are borderline, which count
neither way; every other paper of the sample is held not to be about the topic.

Logistic regression with an L2 penalty, by Newton's method. Reported are precision, recall and F1
over all papers and topics, each topic judged by weights and a threshold fitted on the others.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.store import PaperIndex
from rag.collection.topics import gather, topic_of

JUDGED = Path(__file__).parent / "judged_topics.jsonl"
PENALTY = 1.0
Array = NDArray[np.float64]


def examples(index: PaperIndex) -> tuple[Array, Array, NDArray[np.int64]]:
    """(features, 1 where the paper is about the topic, the topic's number) of each pair."""
    stored = index.stored(index.ids())
    rows, labels, topics = [], [], []
    for number, line in enumerate(JUDGED.read_text("utf-8").splitlines()):
        judged = json.loads(line)
        (vector,) = index.embedder.embed([judged["topic"]])
        for evidence in gather(topic_of(judged["topic"]), vector, stored):
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
    """The log odds that give the best F1."""
    margins = margin(rows, weights)
    grid = np.linspace(-2, 2, 81)
    return float(max(grid, key=lambda cut: scores(labels, margins > cut)[2]))


def main(store: str) -> None:
    """Prints the figures and the weights, the threshold taken off the bias."""
    with PaperIndex.open(store, create=False) as index:
        rows, labels, topics = examples(index)
    chosen = np.zeros(len(labels), dtype=bool)
    for topic in np.unique(topics):
        inside = topics != topic
        weights = fit(rows[inside], labels[inside])
        cut = threshold(rows[inside], labels[inside], weights)
        chosen[~inside] = margin(rows[~inside], weights) > cut
    weights = fit(rows, labels)
    weights[-1] -= threshold(rows, labels, weights)
    out = sys.stdout.write
    out(f"each topic by the others: {_line(scores(labels, chosen))}\n")
    out(f"all topics by all:        {_line(scores(labels, margin(rows, weights) > 0))}\n")
    out(f"weights {[round(float(w), 2) for w in weights[:-1]]}, bias {weights[-1]:.2f}\n")


if __name__ == "__main__":
    main(sys.argv[1])
