"""Membership of a topic: what counts as evidence, and how well it does on judged topics."""

import json

import numpy as np
import pytest

from index.catalogue import StoredChunks
from index.readers import read_all, sample_pages
from index.store import PaperIndex
from index.types import Chunk, Paper
from rag.collection.stems import content_stems, near, stem
from rag.collection.topics import gather, score, topic_of
from tests.rag.collection.fit_topics import JUDGED, scores


def evidence(topic: str, title: str, abstract: str, cosine: float = 0.2):
    paper = Paper("p", title, abstract)
    vector = np.array([1.0, 0.0], dtype=np.float32)
    chunk = np.array([[cosine, np.sqrt(1 - cosine**2)]], dtype=np.float32)
    stored = StoredChunks(paper, [Chunk("p#0", "p", abstract, 0, len(abstract))], chunk)
    return gather(topic_of(topic), vector, [stored])[0]


def shown(found) -> str:
    return found.paper.abstract[found.start : found.end]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("merging", "merged"),
        ("hallucinations", "hallucinate"),
        ("quantized", "quantization"),
        ("robotics", "robots"),
        ("distilling", "distillation"),
    ],
)
def test_inflections_meet(first, second):
    assert stem(first) == stem(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("quantity", "quantization"), ("continual", "continue"), ("medical", "media")],
)
def test_other_words_do_not(first, second):
    assert stem(first) != stem(second)


def test_words_are_near_within_a_window():
    words = content_stems("model weights are merged, then the model is used")
    assert near(words, content_stems("model merging"), 2)
    assert not near(words, content_stems("used weights"), 0)


def test_the_sentence_that_says_it_is_shown():
    found = evidence(
        "model merging",
        "Averaging",
        "Nets are many. Model merging is popular. We propose a model merging method.",
    )
    assert shown(found) == "We propose a model merging method."


def test_a_title_and_own_words_weigh_more_than_a_mention():
    own = evidence("pruning", "A Pruning Method", "We prune networks. Pruning helps.")
    mention = evidence("pruning", "A Method", "Nets are good. Fast too. Unlike pruning, it is new.")
    nothing = evidence("pruning", "A Method", "We train networks.")
    assert score(own) > 0.5 > score(mention) > score(nothing)


def test_an_abbreviation_counts_unless_the_paper_gives_it_another_meaning():
    same = evidence("continual learning", "T", "Continual learning (CL) is hard. We do CL here.")
    other = evidence("continual learning", "T", "Curriculum Learning (CL) is easy. We do CL here.")
    assert same.own == 1
    assert other.own == 0


def test_what_an_abbreviation_stands_for_counts():
    found = evidence("RL", "T", "We use reinforcement learning.")
    assert found.own == 1


def test_hyphens_make_no_difference():
    assert evidence("multimodal models", "T", "We train multi-modal models.").own == 1
    assert evidence("multi-modal models", "T", "We train multimodal models.").own == 1


def test_a_hyphenated_word_is_not_met_by_its_parts():
    assert evidence("in-context learning", "T", "We learn in a context of noise.").own == 0


@pytest.mark.parametrize("topic", ["", "the", "???", "\ud800", "a" * 500])
def test_odd_topics_are_no_evidence(topic):
    assert evidence(topic, "T", "We do things.").own == 0


@pytest.mark.slow
def test_judged_topics_are_met_as_well_as_when_the_weights_were_fitted(tmp_path):
    chosen, labels = [], []
    with PaperIndex.open(tmp_path / "sample") as index:
        index.add(read_all(sample_pages()))
        stored = index.stored(index.ids())
        for line in JUDGED.read_text("utf-8").splitlines()[::3]:
            judged = json.loads(line)
            (vector,) = index.embedder.embed([judged["topic"]])
            for found in gather(topic_of(judged["topic"]), vector, stored):
                if found.paper.title not in judged["borderline"]:
                    labels.append(float(found.paper.title in judged["about"]))
                    chosen.append(score(found) >= 0.5)
    precision, recall, _ = scores(np.array(labels), np.array(chosen))
    assert precision > 0.9
    assert recall > 0.85
