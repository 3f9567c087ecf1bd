"""What several texts about a collection have in common. Pure."""

from __future__ import annotations

import re

from rag.brackets import without_markers
from rag.collection.running import CollectionResult

UNHEARD = "Papers that never use the topic's words may be missing."
_MARKER_LIKE = re.compile(r"\[([\d\s,;–-]*)\]")


def guarded(text: str) -> str:
    """The text on one line, without anything that looks like a marker of ours."""
    return " ".join(_MARKER_LIKE.sub(r"(\1)", without_markers(text)).split())


def whole_of(result: CollectionResult, collection: str, *, one: bool = False) -> str:
    """Which papers were asked: all, said as ``collection``, or those that outside filters left."""
    meet = "meets" if one or result.facets.papers == 1 else "meet"
    return f"that {meet} the filters" if result.restricted else collection


def left_out(result: CollectionResult) -> list[str]:
    """How many papers lack what the query goes by, as sentences."""

    def papers(count: int) -> str:
        return "1 paper carries" if count == 1 else f"{count} papers carry"

    said = []
    if result.undated:
        said.append(f"{papers(result.undated)} no date and can't be considered.")
    if result.uncounted:
        said.append(f"{papers(result.uncounted)} no author count and can't be considered.")
    return said
