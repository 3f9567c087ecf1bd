"""What a question calls by name: papers that were found, and what no paper here has."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Filters
from rag.naming import Absent, absent_from, named_in
from tests.rag.corpus import EXPERTS
from tests.rag.entries import entry


class Shelf:
    """Tells how many papers hold a word, and what it was asked."""

    def __init__(self, **counts):
        self.counts, self.asked = counts, []

    def count(self, filters=None):
        self.asked += filters.words
        return self.counts.get(filters.words[0], 0)


def names(question, shelf=None, evidence=(), **more):
    return absent_from(shelf or Shelf(), question, evidence, **more).names


def titles(question, shelf=None, evidence=()):
    return absent_from(shelf or Shelf(), question, evidence).titles


# Names that no paper has


def test_names_that_occur_anywhere_are_known():
    question = "does Vicuna beat DisenDiff and Zorp?"
    assert names(question, Shelf(Vicuna=3)) == ("DisenDiff", "Zorp")


def test_at_most_three_unknown_names_are_told():
    assert len(names("is AbcD or BcdE or CdeF or DefG here?")) == 3


def test_a_name_that_was_found_is_not_looked_up():
    """It may be written otherwise there: M$^3$ViT."""
    shelf = Shelf()
    paper = entry("a", title="M$^3$ViT: many experts")
    assert names("what is M3ViT and what is Zorp?", shelf, [paper]) == ("Zorp",)
    assert shelf.asked == ["Zorp"]


def test_names_are_looked_up_in_the_whole_store(index):
    assert names("what do LipSet and DisenDiff say?", index) == ("DisenDiff",)
    assert index.count(Filters(words="LipSet")) == 1


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Welche Verfahren verringern Halluzinationen durch Suche?", ()),
        ("Wie helfen RAG-Systeme und die TAL-Methoden bei Prozent-Angaben?", ()),
        ("Wie unterscheidet sich DisenDiff von M9ViT-Modellen?", ("DisenDiff", "M9ViT")),
        ("Comment le TALN et la France utilisent-ils DisenDiff ?", ("DisenDiff",)),
    ],
)
def test_only_coined_names_are_told_where_a_language_has_capitals_of_its_own(question, unknown):
    assert names(question) == unknown


def test_the_users_own_words_say_which_language_it_is():
    asked = "Wie verhindert man das Vergessen bei Sprachmodellen?"
    assert names("what prevents Vergessen in Sprachmodellen?", asked=asked) == ()
    assert names("what prevents Vergessen?") == ("Vergessen",)


# Titles that no paper has

TITLE = "Denoising Diffusion Probabilistic Models"


@pytest.mark.parametrize(
    "question",
    [
        f'Summarise "{TITLE}"',
        f"Summarise “{TITLE}” in two sentences.",
        f"Was steht in „{TITLE}“?",
        f'What does the paper "{TITLE.lower()}" say?',
        f"What does the study titled «{TITLE.lower()}» say?",
    ],
)
def test_a_title_that_no_paper_has(question):
    absent = absent_from(Shelf(), question, [entry("a", title="Diffusion Models")])
    assert [title.lower() for title in absent.titles] == [TITLE.lower()]
    assert absent.names == ()


@pytest.mark.parametrize(
    "question",
    [
        'Who says that "models are not to be trusted with knives"?',
        'What is "catastrophic forgetting"?',
        'What is "Catastrophic Forgetting"?',
        'What do papers say? "No", they say "or maybe".',
        'Is "A B C" of any use?',
        f"Summarise {TITLE}.",
    ],
)
def test_other_quotations_and_titles_without_quotation_marks_are_let_be(question):
    assert titles(question) == ()


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        (TITLE, f"{TITLE}!"),
        (TITLE, f"{TITLE}: A Survey"),
        (f"{TITLE} (2020)", TITLE),
        ("M3ViT: Many Experts See", "M$^3$ViT: Many Experts See"),
    ],
)
def test_a_title_that_was_found_is_there(asked, there):
    assert titles(f'Summarise "{asked}"', Shelf(), [entry("a", title=there)]) == ()


def test_a_title_is_looked_up_in_the_whole_store(index):
    assert titles(f'Summarise the paper "{EXPERTS.title}"', index) == ()
    assert titles('Summarise the paper "Switching Experts On"', index) == ("Switching Experts On",)


def test_what_is_absent_is_told_in_sentences():
    assert Absent().told == ()
    assert Absent(("Zorp", "Blib"), ("A B C",)).told == (
        'No paper here is titled "A B C".',
        'No paper here mentions "Zorp" or "Blib".',
    )


@given(st.text(max_size=80) | st.text(alphabet='"“”„«» aA1-[', max_size=80))
def test_odd_questions_are_no_trouble(question):
    absent = absent_from(Shelf(), question, [entry("a")])
    assert len(absent.names) <= 3
    assert len(absent.titles) <= 2
    named_in(question, [entry("a"), entry("b")])


@pytest.mark.parametrize("part", ['"', '"Aa ', "“", "AbC-", 'paper "A b" '])
def test_a_long_question_takes_no_time_to_speak_of(part):
    started = time.perf_counter()
    question = (part * 4_000)[:4_000]
    absent_from(Shelf(), question, [entry("a")])
    named_in(question, [entry(f"p{n}") for n in range(20)])
    assert time.perf_counter() - started < 1


# Papers that are called by name


def called(question, *there):
    papers = [entry(f"p{n}", title=title) for n, title in enumerate(there)]
    return [paper.paper.title for paper in named_in(question, papers)]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("who funded DisenDiff?", "DisenDiff: taking concepts apart"),
        ("who funded DisenDiff?", "Concepts taken apart by DisenDiff"),
        ("quRating's four criteria", "QuRating: Selecting Data"),
        ("how long is a session with Patient-Psi?", "PATIENT-Ψ: Simulated Patients"),
        ("how many GPUs did M3ViT use?", "M$^3$ViT: many experts"),
        ("RL on incorrect synthetic data: how?", "RL on Incorrect Synthetic Data: It Scales"),
        ('how long is "Robust Mean Teacher" trained?', "A Robust Mean Teacher for Change"),
        ("who paid for switching experts off?", "Switching Experts Off"),
    ],
)
def test_a_name_of_its_own_names_a_paper(question, title):
    assert called(question, "Kettles", title, "Lips") == [title]


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("can LLMs play chess?", ["Can LLMs Learn by Teaching?"]),
        ("does RLHF work?", ["MA-RLHF: Macro Actions"]),
        ("does GPT-4 lie?", ["Capabilities of GPT-4 on Exams", "Learning from GPT-4"]),
        ("what do Researchers say of Order?", ["Order Matters", "What Researchers Do"]),
        ("is continual learning hard?", ["Continual Learning: A Survey"]),
        ("what is it?", ["It"]),
    ],
)
def test_words_that_many_papers_share_name_none(question, titles):
    assert called(question, *titles) == []
