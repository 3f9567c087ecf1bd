"""What is still to be understood of a question."""

from __future__ import annotations

import re

CUT = "¦"  # stands where something was taken out


class Rest:
    """A question from which what is understood is taken out, piece by piece.

    A question is about the collection only if in the end nothing is left but words that say
    nothing, or a topic: half-understood conditions would give a wrong list with an exact look.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first match, taken out; None where there is none."""
        match = pattern.search(self.text)
        if match is not None:
            self.cut(match.start(), match.end())
        return match

    def cut(self, start: int, end: int) -> None:
        """Takes out a stretch of the text."""
        self.text = f"{self.text[:start].rstrip()} {CUT} {self.text[end:].lstrip()}"


def words(*alternatives: str) -> re.Pattern[str]:
    """A pattern that any of the alternatives meets, as whole words, without regard to case."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(alternatives)})(?![\w-])", re.IGNORECASE)
