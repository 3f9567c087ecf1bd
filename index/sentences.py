"""Where the sentences of an abstract begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

# "Fig. 3" and "e.g. BERT" end no sentence, whatever follows.
_RUNS_ON = re.compile(
    r"(?:\b[Ff]igs?|\b[Ee]qs?|\b[Ss]ec|\b[Tt]ab|\bcf|\bv\.?s|\be\.g|\bi\.e|\ba\.?k\.?a|\bw\.r\.t)\.$"
)
# "Agarwal et al. (2022)" doesn't either, but "as in Agarwal et al. We show" does.
_MAY_RUN_ON = re.compile(r"\bet al\.$")
# A list item's number on its own belongs to the text that follows.
_ONLY_A_NUMBER = re.compile(r"^[(\[]?(?:\d{1,2}|[ivx]{1,4}|[a-h])[)\].]$")
# So does one within a sentence, and the initial of a name.
_NUMBER_OR_INITIAL = re.compile(
    r"(?:(?:^|[:;,.?!]\s|\band\s|\bor\s)[(\[]?(?:\d{1,2}|[ivx]{1,4}|[a-h])|(?:^|\s)[A-Z])\.$"
)
# A full stop cut off from its sentence, as in "(Section 4)" and ". Then".
_STRAY = re.compile(r"[.,;:](?:\s|$)")
_LONGEST_BEFORE = 16  # characters that the patterns above look back at
# Words that open a sentence and are hardly ever names: after a full stop they begin a new one,
# be it that of an abbreviation ("by 3.2 p.p. We show", "images, etc. Our method").
_OPENER = (
    r"(?:We|Our|This|These|Those|That|It|Its|They|Their|There|Here|The|An|A(?= [a-z])|"
    r"In|On|At|By|For|From|To|With|Without|Through|Under|Using|Based|Compared|Unlike|Despite|"
    r"If|When|While|Although|Though|Since|Because|As|Both|All|Each|Such|Experiments|Experimental|"
    r"Experimentally|Empirically|Extensive|Results|However|Moreover|Furthermore|Additionally|"
    r"Also|Besides|Then|Thus|Therefore|Hence|Consequently|Specifically|Notably|Importantly|"
    r"Interestingly|Meanwhile|Nevertheless|Nonetheless|First|Firstly|Second|Secondly|Third|"
    r"Thirdly|Next|Finally|Lastly|Project [Pp]age)\b(?!\.)"
)
_OPENS = re.compile(_OPENER)
_END = re.compile(rf"[.?!…]['\"”’)\]]*(\s+)(?={_OPENER})")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, in order, without surrounding white space.

    The spans don't overlap and together hold every character that is not white space.
    """
    return [part for span in _segmented(text) for part in _parts(text, *span)]


def _segmented(text: str) -> list[tuple[int, int]]:
    """syntok's sentences, those joined that belong together."""
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
    if _RUNS_ON.search(before) or _ONLY_A_NUMBER.match(before) or _STRAY.match(after):
        return True
    if _MAY_RUN_ON.search(before):
        return not _OPENS.match(after)
    return after[:1].islower() and not before.endswith((".", "?", "!", '"', "”"))


def _parts(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The sentences of a span that syntok took for one."""
    seen, depth = start, 0
    for end in _END.finditer(text, start, stop):
        depth = max(0, depth + _opened(text, seen, end.start(1)))
        seen = end.start(1)
        before = text[max(start, end.start() - _LONGEST_BEFORE) : end.start() + 1]
        if not (depth or _RUNS_ON.search(before) or _NUMBER_OR_INITIAL.search(before)):
            yield start, seen
            start = end.end()
    yield start, stop


def _opened(text: str, start: int, stop: int) -> int:
    """How many more brackets open than close."""
    return text.count("(", start, stop) - text.count(")", start, stop)
