"""How sure the quoting model has to be before it quotes."""

import pytest

from rag.deciding import CLEARLY_ANSWERABLE
from rag.models import ChatRequest, extractive
from rag.models.extractive import UNCERTAIN, ExtractiveModel
from tests.rag.corpus import EXPERTS, evidence

BORDERS = {"lenient": 0.5, "normal": 0.65, "strict": CLEARLY_ANSWERABLE}


@pytest.mark.parametrize("strictness", BORDERS)
@pytest.mark.parametrize("chance", [0.49, 0.5, 0.64, 0.65, 0.74, 0.75])
def test_what_is_less_sure_than_a_reader_wants_is_not_quoted(monkeypatch, strictness, chance):
    monkeypatch.setattr(extractive, "answerable", lambda question, papers: chance)
    request = ChatRequest("why?", evidence(EXPERTS), strictness=strictness)
    *pieces, completion = ExtractiveModel().stream(request)
    quotes = chance >= BORDERS[strictness]
    assert bool(pieces) == quotes
    assert completion.detail == (UNCERTAIN if quotes and chance < CLEARLY_ANSWERABLE else "")
