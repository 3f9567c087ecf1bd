"""Text made comparable: for lexical search (``normalise``) and for exact filters (``folded``)."""

from __future__ import annotations

import re
import unicodedata

_ACCENT = re.compile(r"\\[\"'`^~=.]\s*\{?\s*\\?([A-Za-z])\}?")
# Some feeds lost the backslashes of their papers: "textbf{F}inetuning".
FONT = (
    r"(?:(?:text|math)(?:bf|it|tt|sc|rm|sf|sl|up|md|cal|bb|frak|scr|normal)|emph|underline|"
    r"boldsymbol|bm)"
)
"""A regular expression: a command that says in which letters its argument is set."""
_SWITCH = re.compile(rf"\\(?:{FONT}|bf|it|em|tt|sc|rm|sf|sl)(?![A-Za-z{{])\s*")
_OPENING_COMMAND = re.compile(rf"(?:\\[A-Za-z]+\*?\s*|(?<![A-Za-z]){FONT})\{{")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_SCRIPT = re.compile(r"\^|_(?=\{)")
_BETWEEN_BRACES = re.compile(r"\}\s*\{")
_MARKUP = str.maketrans({"$": None, "{": None, "}": None, "\\": None, "~": " "})
# From a word's start only, and without going back: a text of one long word takes no time.
_JOINABLE = re.compile(r"(?<![^\W_])[^\W_]++(?:[-_./+'’][^\W_]++)++")
_SEPARATORS = re.compile(r"[-_./+'’]")


def _greek_names() -> dict[int, str]:
    """Code point of each plain Greek letter -> its English name, in lower case."""
    names = {}
    for code in range(0x0370, 0x0400):
        name = unicodedata.name(chr(code), "")
        kind, _, letter = name.partition(" LETTER ")
        if kind in ("GREEK SMALL", "GREEK CAPITAL") and " " not in letter:
            names[code] = letter.lower().replace("lamda", "lambda")
    return names


_GREEK = _greek_names()


def without_latex(text: str) -> str:
    r"""The text that LaTeX markup stands for, roughly: ``M$^3$ViT`` -> ``M3ViT``.

    Formatting commands go and leave their argument; other commands leave their name
    (``\psi`` -> ``psi``); accents leave the letter. Meant for matching, not for display.
    """
    if not any(mark in text for mark in "\\$^{"):
        return text
    text = _ACCENT.sub(r"\1", text)
    text = _BETWEEN_BRACES.sub(" ", text)
    text = _SWITCH.sub("", text)
    text = _OPENING_COMMAND.sub("", text)
    text = _COMMAND.sub(r"\1", text)
    text = _SCRIPT.sub("", text)
    return text.translate(_MARKUP)


def normalise(text: str) -> str:
    """What lexical search sees of a text, on both sides: no markup, no accents, no capitals.

    Greek letters become their names, so that ``PATIENT-Ψ`` is found by "patient psi". Halves of
    surrogate pairs, which are no text, are dropped.
    """
    plain = without_latex(unicodedata.normalize("NFKC", text))
    if plain.isascii():
        return plain.casefold()
    decomposed = unicodedata.normalize("NFKD", plain)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return letters.translate(_GREEK).casefold().encode("utf-8", "ignore").decode("utf-8")


def joined_words(normalised: str) -> list[str]:
    """Words with inner hyphens, dots or slashes, written as one: "multi-modal" -> "multimodal"."""
    return [_SEPARATORS.sub("", word) for word in _JOINABLE.findall(normalised)]


def well_formed(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair; of the same length."""
    return text.encode("utf-8", "replace").decode("utf-8")


def folded(text: str) -> str:
    """For substring tests without regard to case; composed, so that equal letters are equal."""
    return unicodedata.normalize("NFC", text).casefold()
