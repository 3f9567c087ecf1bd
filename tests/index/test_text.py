from __future__ import annotations

import pytest

from index.text import folded, joined_words, normalise, well_formed


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("M$^3$ViT", "m3vit"),
        ("Met^2Net", "met2net"),
        (r"G_{stack} and \textit{Slanted} words", "gstack and slanted words"),
        (r"T\"ULU 3 at 50\% cost", "tulu 3 at 50% cost"),
        (r"\textbf{F}ine-\textbf{t}uned \emph{T}raining", "fine-tuned training"),
        ("textbf{F}ine-textbf{t}uned, textit{O}bstacles", "fine-tuned, obstacles"),
        (r"{\bf B}old {\it and} \textbf X of \mathcal L", "bold and x of l"),
        (r"\item it is \italic", "item it is italic"),
        ("context{x} stays", "contextx stays"),
        ("TÜLU 3", "tulu 3"),
        ("PATIENT-Ψ", "patient-psi"),
        (r"$\psi$-models", "psi-models"),
        ("snake_case stays", "snake_case stays"),
        ("ﬁne ①", "fine 1"),
        ("", ""),
    ],
)
def test_normalise(text: str, seen: str) -> None:
    assert normalise(text) == seen


def test_joined_words() -> None:
    assert joined_words("multi-modal gpt-4 and plain a/b-c") == ["multimodal", "gpt4", "abc"]


def test_folded_ignores_case_and_composition() -> None:
    assert folded("STRASSE É") == folded("straße e\u0301")


def test_halves_of_surrogate_pairs_become_question_marks_of_the_same_length() -> None:
    assert well_formed("a \ud800b\udfff 👩") == "a ?b? 👩"
