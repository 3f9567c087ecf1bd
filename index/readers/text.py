"""How text is tidied: as little as possible, because quotes must stay verbatim."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_UNWANTED = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")


def clean(text: str) -> str:
    """NFC, each run of whitespace one space, none at the ends; no control characters, no lone
    surrogates, no byte order marks. LaTeX and spelling stay as they are."""
    spaced = " ".join(_UNWANTED.sub("", text).split())
    return unicodedata.normalize("NFC", spaced)


def file_name(path: Path) -> str:
    """The path as text that can be printed, whatever bytes are in it."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def short(text: str, length: int = 60) -> str:
    """The beginning of a text, for messages."""
    return text if len(text) <= length else text[: length - 3] + "..."
