"""Where the sentences of an abstract begin and end."""

from __future__ import annotations

import re
from itertools import pairwise

# "Agarwal et al. (2022)" and "Fig. 3" end no sentence; syntok takes the bracket for a new one.
_RUNS_ON = re.compile(r"(?:\bet al|\b[Ff]ig|\b[Ee]q|\b[Ss]ec|\b[Tt]ab|\bcf|\bvs)\.$")
# A list item's number on its own belongs to the text that follows.
_ONLY_A_NUMBER = re.compile(r"^[(\[]?(?:\d{1,2}|[ivx]{1,4}|[a-h])[)\].]$")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, in order, without surrounding white space.

    The spans don't overlap and together hold every character that is not white space.
    """
    from syntok import segmenter

    starts = [
        sentence[0].offset
        for paragraph in segmenter.analyze(text)
        for sentence in paragraph
        if sentence
    ]
    spans: list[tuple[int, int]] = []
    first = len(text) - len(text.lstrip())
    edges = [first, *starts[1:], len(text)] if starts else [first, len(text)]
    for start, stop in pairwise(edges):
        piece = text[start:stop].rstrip()
        if not piece:
            continue
        if spans and _belongs_together(text[slice(*spans[-1])], piece):
            spans[-1] = (spans[-1][0], start + len(piece))
        else:
            spans.append((start, start + len(piece)))
    return spans


def _belongs_together(before: str, after: str) -> bool:
    if _RUNS_ON.search(before) or _ONLY_A_NUMBER.match(before):
        return True
    return after[:1].islower() and not before.endswith((".", "?", "!", '"', "”"))
