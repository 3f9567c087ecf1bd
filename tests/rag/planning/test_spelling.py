"""Typing errors: put right where a question is full of them, left alone elsewhere."""

from __future__ import annotations

import pytest

from rag.planning.spelling import respelt


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (
            "hwo do robots lern from humna recordngs and videoz",
            "who do robots learn from human recordings and video",
        ),
        ("wich modle is betr at serach of imagez", "which model is better at search of images"),
    ],
)
def test_a_question_full_of_typing_errors_is_put_right(typed, meant):
    right = sum(a == b for a, b in zip(respelt(typed).split(), meant.split(), strict=True))
    assert right >= len(meant.split()) - 3
    assert right > sum(a == b for a, b in zip(typed.split(), meant.split(), strict=True))


@pytest.mark.parametrize(
    "question",
    [
        "What does DisenDiff do about entanglement?",
        "Does MoTE cut refusals, and does BLEU drop?",
        "Can a multilingual model cope with Chinese idioms?",
        "Wie viele Stunden Video sind in dem Datensatz?",
        "",
    ],
)
def test_names_terms_and_other_languages_are_left_alone(question):
    assert respelt(question) == question


def test_what_the_store_knows_is_left_alone_and_taken_first():
    typed = "teh clowd of piont lerning modle"
    assert "cloud" in respelt(typed, lambda word: word == "cloud")
    assert "clowd" in respelt(f"{typed} wich serach", lambda word: word == "clowd")
