"""Short replies, read whole: those of the calls beside the answer, which plan and judge."""

from __future__ import annotations

from dataclasses import replace

from index.errors import ModelError, TooLong
from rag.closing import closing_iterator
from rag.models import ChatModel, ChatRequest, Completion
from rag.models.reasoning import ReasoningFilter

ROOM_TO_THINK = 2_000
"""Tokens that are allowed besides those asked for: models that reason spend them first."""

_LONGEST = 20_000  # characters that are read; a reply that goes on is none of these


def read_short(model: ChatModel, request: ChatRequest) -> tuple[str, Completion]:
    """The reply without its reasoning, and how it ended.

    The request's ``max_tokens`` are what the reply itself needs; where the model's window has no
    room to think beside them, it gets none. An error of the model is a reply that failed, with
    the error as ``detail``; it comes before any text and counts as free.
    """
    roomy = replace(request, max_tokens=request.max_tokens + ROOM_TO_THINK)
    try:
        try:
            return _read(model, roomy)
        except TooLong:
            return _read(model, request)
    except ModelError as error:
        return "", Completion("failed", detail=str(error), cost_usd=0.0)


def _read(model: ChatModel, request: ChatRequest) -> tuple[str, Completion]:
    reasoning, text = ReasoningFilter(), ""
    completion = Completion("failed", detail="the reply has no end")
    with closing_iterator(model.stream(request)) as stream:
        for item in stream:
            if isinstance(item, Completion):
                completion = item
                continue
            passed = reasoning.feed(item)
            text = passed if reasoning.restarted else text + passed
            if len(text) > _LONGEST:
                return text, Completion("truncated", detail="the reply was longer than asked for")
    passed = reasoning.finish()
    return passed if reasoning.restarted else text + passed, completion
