"""Takes sentences out of a text, and numbers the markers that are left anew. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rag.numbering import MARKER, new_numbers, with_numbers

_EMPTY_ITEM = re.compile(r"^[ \t]*(?:[-*•]|\d+[.)])[ \t]*(?:\n|\Z)", re.MULTILINE)
_LINE_END = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)


def without(
    text: str, spans: Sequence[tuple[int, int]], given: Collection[int]
) -> tuple[str, dict[int, int]]:
    """The text without these spans (start, end), in order; and the new number of each marker.

    Markers count in order of first use again; those in ``given``, which a conversation has given
    out before, stay, and new ones go on after them. List items that become empty go, too.
    """
    pieces, position = [], 0
    for start, end in spans:
        pieces.append(text[position:start])
        position = end
    pieces.append(text[position:])
    left = "".join(
        piece if i == 0 else _joint(pieces[i - 1], piece) for i, piece in enumerate(pieces)
    )
    if spans:
        left = _LINE_END.sub("", _EMPTY_ITEM.sub("", left))
        left = re.sub(r"\n{3,}", "\n\n", left).strip()
    used = [int(found[1]) for found in MARKER.finditer(left)]
    numbers = new_numbers(used, {marker: marker for marker in given}, given)
    return with_numbers(left, numbers), numbers


def _joint(before: str, after: str) -> str:
    """What follows a cut, without the space that the cut left double."""
    if not before or before[-1].isspace():
        return after.lstrip(" ")
    return after
