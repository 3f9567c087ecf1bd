"""Titles as one line of plain text, for places that show no markup: a table's cells. Pure."""

from __future__ import annotations

import html
import re

from ui.typography import typeset

_SCRIPTS = re.compile(r"<(su[bp])>([^<]*)</\1>")
_PLAIN = "0123456789+-=()n"
_RAISED = dict(zip(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True))
_LOWERED = dict(zip(_PLAIN[:-1], "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))


def readable(text: str) -> str:
    """The text with its LaTeX made readable: ``M$^3$ViT`` becomes M³ViT.

    What can't be raised or lowered in plain text keeps its ``^`` or ``_``.
    """
    return " ".join(html.unescape(_SCRIPTS.sub(_script, typeset(text))).split())


def _script(found: re.Match[str]) -> str:
    raised = found[1] == "sup"
    letters = _RAISED if raised else _LOWERED
    inner = html.unescape(found[2])
    if all(char in letters for char in inner):
        return "".join(letters[char] for char in inner)
    return ("^" if raised else "_") + found[2]
