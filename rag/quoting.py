"""Quotes with their evidence keys -> final text: nothing in a quote is read as a citation. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.brackets import without_markers
from rag.citations import MarkerResolver, Resolved

_KEYED = re.compile(r"\[([a-z\d]+)\]")


@dataclass(slots=True)
class QuoteResolver(MarkerResolver):
    """Turns quotes into final text; ``[key]`` alone becomes ``[n]``, the rest stays as it is.

    Only a number in square brackets, such as a paper's own reference ``[12]``, is written
    ``(12)``: it would pass for a marker. ``rewritten`` says whether there was one. No paper's
    text holds a key (see ``draw_keys``), so that a quote can't cite. Each piece is made of whole
    quotes and keys.
    """

    rewritten: bool = False

    def feed(self, piece: str) -> Resolved:
        """The piece as final text, at once."""
        before, position = len(self._pieces), 0
        for found in _KEYED.finditer(piece):
            if found[1] in self._known:
                self._write(piece[position : found.start()])
                self._cite([found[1]])
                position = found.end()
        self._write(piece[position:])
        fresh, self._fresh = tuple(self._fresh), []
        return Resolved("".join(self._pieces[before:]), fresh)

    def finish(self) -> Resolved:
        """Nothing: no text is held back."""
        return Resolved("")

    def _guarded(self, text: str) -> str:
        kept = without_markers(text)
        self.rewritten = self.rewritten or kept != text
        return kept
