"""Questions in other languages, and with typing mistakes."""

import pytest

from tests.rag.collection.parsing.reading import NOVEMBER, authors, dated, extreme, read

SECOND_READINGS = {
    "Welche Paper haben genau zwei Autoren?": authors(2, 2),
    "Welche Arbeiten sind im November 2023 erschienen?": dated(*NOVEMBER),
    "Wie viele Paper gibt es?": {"kind": "count"},
    "¿Qué artículos tienen exactamente dos autores?": authors(2, 2),
    "¿Cuál es el artículo más reciente?": extreme("date"),
    "¿Cuántos artículos hay de 2024?": dated("2024-01-01", "2024-12-31", kind="count"),
    "Quels articles ont plus de 20 auteurs ?": authors(21),
    "whcih papers have exatcly two authers": authors(2, 2),
    "lsit evrything publised in novmber 2023": dated(*NOVEMBER),
}


@pytest.mark.parametrize(("question", "expected"), SECOND_READINGS.items())
def test_it_is_understood(question, expected):
    assert read(question) == expected
