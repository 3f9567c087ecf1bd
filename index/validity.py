"""Which papers can be stored at all."""

from __future__ import annotations

from index.identity import MAX_ID
from index.text import well_formed
from index.types import Paper

_INTEGER = 2**31  # what every database's column of whole numbers holds is below it


def invalid(paper: Paper) -> str | None:
    """Why a paper can't be taken, or None."""
    name = printable(paper.title.strip() or paper.id)[:80] or "a paper"
    visible = all(char.isprintable() and not char.isspace() for char in paper.id)
    if not paper.id or len(paper.id) > MAX_ID or not visible:
        return f"{name}: its id is empty, longer than {MAX_ID} characters, or holds spaces"
    if not paper.title.strip():
        return f"{name}: it has no title"
    if not paper.abstract.strip():
        return f"{name}: it has no abstract"
    if paper.n_authors is not None and not 0 <= paper.n_authors < _INTEGER:
        return f"{name}: its number of authors can be no such number"
    texts = [paper.title, paper.abstract, paper.organisation or "", paper.url or ""]
    texts += [*paper.authors, *paper.pages, *paper.extra.keys(), *paper.extra.values()]
    if any(printable(text) != text for text in texts):
        return f"{name}: it holds characters that are no text (half a surrogate pair, or NUL)"
    return None


def printable(text: str) -> str:
    """The text with what no file or terminal can hold replaced by question marks."""
    return well_formed(text).replace("\x00", "?")
