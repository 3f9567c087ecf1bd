"""Text of others as HTML that can only be read."""

from __future__ import annotations

import html
import re

# Controls, lone surrogates (which no file can hold) and marks that turn the reading direction.
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def inert(text: object) -> str:
    """The text, for HTML's body or a quoted attribute: characters only, no markup of any kind."""
    return html.escape(_UNREADABLE.sub("", str(text)), quote=True)


def shortened(text: str, length: int) -> str:
    """The text, cut to so many characters with an ellipsis as the last one."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
