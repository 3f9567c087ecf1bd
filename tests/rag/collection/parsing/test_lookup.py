"""What is recorded of a paper that the question names."""

from dataclasses import replace

import pytest

from rag.collection import parse
from tests.rag.collection.outline import FACETS, TODAY
from tests.rag.collection.parsing.reading import lookup, read

LOOKUPS = {
    "How many authors does TÜLU 3 have?": lookup(0, "n_authors"),
    "how many authors does tulu 3 have": lookup(0, "n_authors"),
    "When did TÜLU 3 come out?": lookup(0, "date"),
    "Which pages is TÜLU 3 on?": lookup(0, "pages"),
    "When was the alignment faking paper published?": lookup(1, "date"),
    "When was 'Cyclical Curriculum Learning' published?": lookup(7, "date"),
    "When was Orca 2 released?": lookup(5, "date"),
    "How many people wrote VPT?": lookup(2, "n_authors"),
    "When did M3ViT appear?": lookup(3, "date"),
    "when was alignment faking published?": lookup(1, "date"),
    "When was Alignment Faking released?": lookup(1, "date"),
    "How many authors does Learning to Act have?": lookup(2, "n_authors"),
    "how many authors does video unlabeled videos have?": lookup(2, "n_authors"),
    "Which pages is mixture-of-experts vision transformer on?": lookup(3, "pages"),
    "Who wrote Orca 2?": lookup(5, "authors", "n_authors", "organisation"),
}


@pytest.mark.parametrize(("question", "expected"), LOOKUPS.items())
def test_it_is_understood(question, expected):
    assert read(question) == expected


def called(question: str) -> tuple[str, tuple[str, ...]] | None:
    query = parse(question, today=TODAY, facets=FACETS)
    return None if query is None else (query.called, query.titles)


@pytest.mark.parametrize(
    ("question", "name", "places"),
    [
        ("How many authors does Explanation Traces of GPT-4 have?", "", (4,)),
        ("When was the GPT-4 paper published?", "GPT-4", (4, 6)),
        ("how many authors does gpt-4 have?", "gpt-4", (4, 6)),
        ("How many authors does language model have?", "", (0,)),
        ("How many authors does learning have?", "learning", (2, 4, 7)),
    ],
)
def test_a_name_that_several_titles_hold_stands_for_all_of_them(question, name, places):
    assert called(question) == (name, tuple(FACETS.titles[place] for place in places))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How many authors does LoRA Learns Less have?", "LoRA Learns Less"),
        ('When was "attention is all you need" published?', None),
        ('When was "Attention Is All You Need" published?', "Attention Is All You Need"),
        ("When was the Chinchilla paper released?", "Chinchilla"),
        ("When was GPT-5 released?", None),
    ],
)
def test_a_name_that_no_title_holds_is_looked_up_where_only_a_paper_can_be_meant(question, name):
    assert called(question) == (None if name is None else (name, ()))


def test_words_that_very_many_titles_hold_name_none():
    facets = replace(FACETS, titles=tuple(f"On Deep Learning {n}" for n in range(30)))
    for question in ("How many authors does Deep Learning have?", "When was Learning published?"):
        assert parse(question, today=TODAY, facets=facets) is None


@pytest.mark.parametrize("title", ["It", "The paper", "That: A Survey", "This", "Them"])
def test_a_pronoun_is_no_title_even_where_one_is_the_same_word(title):
    facets = replace(FACETS, titles=(*FACETS.titles, title))
    word = title.partition(":")[0]
    for question in (f"Who wrote {word.lower()}?", f"How many authors does {word.lower()} have?"):
        assert parse(question, today=TODAY, facets=facets) is None
    query = parse(f'Who wrote "{word}"?', today=TODAY, facets=facets)
    assert query is not None
    assert query.titles == (title,)
