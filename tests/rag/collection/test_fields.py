"""Fields by their other names and kinds: what else says that a paper is on the topic."""

import pytest

from rag.collection.fields import related, ways
from rag.collection.topics import score
from tests.rag.collection.test_topics import evidence


def names(*terms: str) -> set[tuple[str, ...]]:
    return {way for term in terms for way in ways(term)}


@pytest.mark.parametrize(
    ("topic", "other"),
    [
        ("lifelong learning", "continual learning"),
        ("continual learning", "class-incremental"),
        ("Medicine", "medical"),
        ("clinical images", "ultrasound"),
        ("medical", "MRI"),  # a kind of a kind
        ("driverless cars", "autonomous driving"),
        ("LLM agents", "web agents"),
    ],
)
def test_other_names_and_kinds_are_related(topic, other):
    assert names(other) <= {way for group in related(topic) for way in group}


@pytest.mark.parametrize("topic", ["ultrasound", "class-incremental", "bread", "", "???", "\ud800"])
def test_a_kind_does_not_stand_for_its_field(topic):
    assert not names("medical imaging", "continual learning") & {
        way for group in related(topic) for way in group
    }


def test_a_topic_is_not_related_to_itself():
    forms, kinds = related("in-context learning")
    assert not names("in-context learning") & {*forms, *kinds}
    assert ("context", "learn") not in (*forms, *kinds)


def test_forms_of_a_name_mean_the_same_and_near_names_may():
    forms, kinds = related("medicine")
    assert names("medical", "clinical") <= set(forms)
    assert names("health") <= set(kinds)


def test_another_name_speaks_for_the_field_and_an_unrelated_one_does_not():
    title, abstract = (
        "Clinical Trials",
        "Clinical trials are dear. We show how to run medical ones.",
    )
    found = evidence("medicine", title, abstract)
    assert score(found) > 0.5
    assert score(evidence("gardening", title, abstract)) < 0.5


def test_a_kind_speaks_for_the_field_but_weighs_less_than_its_name():
    title, abstract = "Rehearsal", "Class-incremental learning adds classes."
    kind = evidence("lifelong learning", title, abstract)
    name = evidence("class-incremental learning", title, abstract)
    assert score(evidence("lifelong learning", title, "We bake bread.")) < score(kind)
    assert score(kind) < score(name)
