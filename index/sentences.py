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
_BLANK_LINE = re.compile(r"\n\s*\n")
_LONGEST_BEFORE = 16  # characters that the patterns above look back at
# "(e.g., BERT)" is part of the sentence before, whatever that seems to end with.
_ASIDE = re.compile(r"[(\[](?:e\.g|i\.e|a\.k\.a|cf|viz)\b", re.IGNORECASE)
_QUOTES_AND_BRACKETS = "'\"´’”)]}"
# "; (2) Batches are mixed" is a sentence of its own, "; 2) they still fail" and "; (2) A loss for
# each task" are none: a semicolon ends a sentence only between two statements, each with a verb
# that is known for one, the second beginning with a capital letter.
_ITEM = re.compile(r"(?<!\S)[(\[]?(?:\d{1,2}|[ivx]{1,4}|[a-h])[)\].]\s+")
_LONGEST_ITEM = 600  # characters of a list's item that are looked at for a verb
_RELATIVE = re.compile(r"\b(?:which|who|whose|where|that)\b[^,;.]*")
_STATES = re.compile(
    r"\b(?<!\bto )(?:[Ww]e|[Ii]t|[Tt]hey|[Tt]here|is|are|was|were|has|have|had|does|do|did|can|"
    r"cannot|could|may|might|must|should|will|would|(?:achieve|act|adapt|allow|boost|capture|"
    r"combine|contain|demonstrate|depend|enable|enhance|exhibit|extract|facilitate|find|generate|"
    r"help|hinder|impede|improve|incorporate|increase|indicate|influence|integrate|introduce|"
    r"lack|lead|learn|leverage|maintain|make|mitigate|obtain|offer|outperform|perform|predict|"
    r"prevent|produce|propose|provide|reduce|rely|remain|require|reveal|show|struggle|suffer|"
    r"suggest|surpass|tend|yield)s?|acts|applies|aligns|needs|plays|relies|supports|trains|uses|"
    r"[a-z]{4,}izes|[a-z]{2,}ifies)\b"
)
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
        offset + sentence[0].offset
        for offset, paragraph in _paragraphs(text)
        for sentences in segmenter.analyze(paragraph)
        for sentence in sentences
        if sentence
    ]
    spans: list[tuple[int, int]] = []
    first = len(text) - len(text.lstrip())
    edges = [first, *starts[1:], len(text)] if starts else [first, len(text)]
    for start, stop in pairwise(edges):
        piece = text[start:stop].rstrip()
        if not piece:
            continue
        if spans and _goes_on(text, *spans[-1], start, start + len(piece)):
            spans[-1] = (spans[-1][0], start + len(piece))
        else:
            spans.append((start, start + len(piece)))
    return spans


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """(offset, paragraph): of several at once syntok reads each from the first one's start."""
    start = 0
    for gap in _BLANK_LINE.finditer(text):
        yield start, text[start : gap.start()]
        start = gap.end()
    yield start, text[start:]


def _goes_on(text: str, first: int, last: int, start: int, stop: int) -> bool:
    """Whether the sentence ``text[first:last]`` goes on with the piece ``text[start:stop]``."""
    before = text[max(first, last - _LONGEST_BEFORE) : last]
    after = text[start : min(stop, start + _LONGEST_ITEM)]
    number_only = last - first <= _LONGEST_BEFORE and _ONLY_A_NUMBER.match(before)
    if number_only or _RUNS_ON.search(before) or _STRAY.match(after) or _ASIDE.match(after):
        return True
    if _MAY_RUN_ON.search(before):
        return not _OPENS.match(after)
    ending = before.rstrip(_QUOTES_AND_BRACKETS)[-1:]
    if ending == ";":
        item = text[max(first, last - _LONGEST_ITEM) : last]
        return not (_begins_anew(after) and _states(after) and _states(_last_item(item)))
    if ending.isalnum() or ending == ",":
        return "\n" not in text[last:start]  # after a heading's line something new begins
    return after[:1].islower() and not before.endswith((".", "?", "!", '"', "”"))


def _begins_anew(piece: str) -> bool:
    item = _ITEM.match(piece)
    return piece[item.end() if item else 0 :][:1].isupper()


def _last_item(text: str) -> str:
    """What follows the last number of a list, or all where there is none."""
    ends = [item.end() for item in _ITEM.finditer(text)]
    return text[ends[-1] if ends else 0 :]


def _states(piece: str) -> bool:
    return _STATES.search(_RELATIVE.sub("", piece)) is not None


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
