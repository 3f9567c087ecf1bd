"""Labels of groups of papers, from their own words."""

from __future__ import annotations

import time

from index.types import Paper
from ui.collection.terms import TERMS, group_terms


def _group(*texts: str, title: str = "Some findings") -> list[Paper]:
    return [Paper(str(n), title, text) for n, text in enumerate(texts)]


def test_what_all_groups_talk_about_names_none_of_them() -> None:
    first = _group(*["Language models need distillation. Distillation is cheap."] * 3)
    second = _group(*["Language models need pruning. Pruning is cheap."] * 3)
    assert group_terms([first, second]) == [("distillation",), ("pruning",)]


def test_no_stop_words_and_no_words_of_any_abstract() -> None:
    text = "In this paper we propose a novel method that significantly improves the performance"
    assert group_terms([_group(*[text] * 3)]) == [()]


def test_a_pair_explains_its_word() -> None:
    ours = _group(*["Continual learning is hard.", "A continual learning benchmark."] * 2)
    other = _group(*["Robots grasp cups."] * 4)
    assert group_terms([ours, other])[0] == ("continual learning",)


def test_abbreviations_and_plurals_do_not_repeat_a_term() -> None:
    ours = _group(*["Multi-task learning (MTL) helps. MTL networks share layers."] * 4)
    terms = group_terms([ours, _group(*["Robots grasp cups."] * 4)])[0]
    assert "multi-task learning" in terms
    assert "MTL" not in terms


def test_one_papers_pet_word_does_not_name_the_group() -> None:
    ours = _group("Zebras. " * 50, *["Quantum circuits compute."] * 9)
    (terms, _) = group_terms([ours, _group(*["Robots grasp cups."] * 9)])
    assert terms[0] == "quantum circuits"
    assert "zebras" not in terms


def test_terms_are_written_as_the_papers_write_them_and_differ_between_groups() -> None:
    ours = _group(*["LoRA improves BERT in Vision-Language work."] * 3)
    other = _group(*["BERT is probed for syntax trees."] * 3)
    found = group_terms([ours, other])
    assert "LoRA" in found[0]
    assert "vision-language" in found[0]
    flat = [term for terms in found for term in terms]
    assert len(set(flat)) == len(flat)
    assert all(len(terms) <= TERMS for terms in found)


def test_addresses_and_endless_words_are_no_terms() -> None:
    ours = _group(*["See https://github.com/zork/frotz and " + "x" * 5_000 + " on owls."] * 3)
    assert group_terms([ours, _group(*["Robots grasp cups."] * 3)])[0] == ("owls",)


def test_odd_texts_take_linear_time() -> None:
    odd = [
        "{" * 20_000,
        "\\a{" * 9_000,
        "www." * 9_000,
        "a-" * 20_000,
        "$" * 20_000,
        "\\" * 20_000,
        "((((" * 10_000,
        "\ud800 " * 100,
        "-" * 30_000,
    ]
    begun = time.perf_counter()
    group_terms([_group(text, text) for text in odd])
    assert time.perf_counter() - begun < 5


def test_nothing_gives_nothing() -> None:
    assert group_terms([]) == []
    assert group_terms([[], [Paper("a", "", "")]]) == [(), ()]
