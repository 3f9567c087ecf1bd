"""Answers without a language model: the sentences that share most with the question."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from rag.models import ChatRequest, Completion, Mode


class ExtractiveModel:
    """Quotes up to three sentences of the evidence; nothing where none shares a rarer word."""

    spec = "extractive"
    mode: Mode = "extractive"

    def stream(self, request: ChatRequest) -> Iterator[str | Completion]:
        """See ChatModel."""
        sentences = [
            (paper.paper.title, sentence)
            for paper in request.evidence.papers
            for sentence in paper.sentences
        ]
        counts = Counter(word for _, s in sentences for word in _words(s.text))
        question = _words(request.question)
        scored = []
        for place, (_, sentence) in enumerate(sentences):
            shared = question & _words(sentence.text)
            score = sum(math.log(1 + len(sentences) / counts[word]) for word in shared)
            scored.append((score, -place))
        best = sorted((entry for entry in scored if entry[0] > 0), reverse=True)[:3]
        for number, (_, place) in enumerate(best):
            sentence = sentences[-place][1]
            yield f"{' ' if number else ''}{sentence.text} [{sentence.key}]"
        yield Completion("complete")


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W_]+", text.lower()) if len(word) > 3}
