"""Text of others as markup that can do nothing but be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

# Beyond HTML's own, all that Markdown, template engines and mathematics give a meaning to: the
# text stays text even where it lands in one of them by mistake.
_INERT = {ord(c): f"&#{ord(c)};" for c in "&<>\"'`$\\{}[]()*_~|!#@:=^/"}
# Controls, lone surrogates (not encodable) and marks that reverse the reading direction.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)

_MATH = re.compile(r"\$(?=\S)([^$\n]{1,120}?)(?<=\S)\$(?!\d)")
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}\n]{1,24})\}|(\d{1,2}|\w)(?!\w))")
_COMMANDS = (
    (re.compile(r"\\?text(?:it|bf|tt|sc|rm)\{([^{}\n]*)\}"), r"\1"),
    (re.compile(r"\\(?:emph|url|mathrm|mathbf|mathcal|text)\{([^{}\n]*)\}"), r"\1"),
    (re.compile(r"\\([%&_#$])"), r"\1"),
    (re.compile(r"\\etc\b\.?"), "etc."),
)


def inert(text: str) -> str:
    """The text for HTML's body or a quoted attribute: characters only, no markup of any kind."""
    return _UNPRINTABLE.sub("", text).translate(_INERT)


@lru_cache(maxsize=2_048)
def typeset(text: str) -> str:
    """Like ``inert``, with LaTeX left-overs made readable: ``M$^3$ViT`` gets its raised 3.

    Kept for the texts used last: an abstract takes half a millisecond, and stands in many answers.
    """
    parts: list[str] = []
    at = 0
    for found in _MATH.finditer(text):
        parts.append(_prose(text[at : found.start()]))
        parts.append(_scripts(_math(found[1])))
        at = found.end()
    parts.append(_prose(text[at:]))
    return "".join(parts)


def _prose(text: str) -> str:
    for pattern, plain in _COMMANDS:
        text = pattern.sub(plain, text)
    # Outside of mathematics an underscore is usually a name's; only braces make it a subscript.
    parts: list[str] = []
    at = 0
    for found in re.finditer(r"[\^_]\{[^{}\n]{1,24}\}|\^\d{1,2}(?!\d)", text):
        parts += [inert(text[at : found.start()]), _scripts(found[0])]
        at = found.end()
    return "".join([*parts, inert(text[at:])])


@lru_cache(maxsize=512)
def _math(source: str) -> str:
    """LaTeX mathematics as plain text, scripts left in place; the source where it can't be read."""
    from pylatexenc.latexwalker import LatexWalkerError

    try:
        return _converter()(source).strip() or source
    except (LatexWalkerError, ValueError, IndexError, RecursionError):
        return source


@lru_cache(maxsize=1)
def _converter() -> Callable[[str], str]:
    from pylatexenc.latex2text import LatexNodes2Text

    convert: Callable[[str], str] = LatexNodes2Text(math_mode="text").latex_to_text
    return convert


def _scripts(text: str) -> str:
    parts: list[str] = []
    at = 0
    for found in _SCRIPT.finditer(text):
        tag = "sup" if found[1] == "^" else "sub"
        parts += [inert(text[at : found.start()]), f"<{tag}>{inert(found[2] or found[3])}</{tag}>"]
        at = found.end()
    return "".join([*parts, inert(text[at:])])
