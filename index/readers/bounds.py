"""Every limit on what is read, in one table."""

from __future__ import annotations

from typing import Final

MIB: Final = 1024 * 1024

HEAD: Final = 64 * 1024
"""Bytes from a file's start by which its format is told."""

LINE: Final = 16 * MIB
"""Longest line, in bytes (in characters for UTF-16); longer ones are skipped without being held."""

DOCUMENT: Final = 256 * MIB
"""Biggest file, in bytes, of a format that has to be held whole: a JSON array or object."""

RECORD_LINES: Final = 1_000
"""Most lines that one quoted CSV record may span before its quote counts as never closed."""

TITLE: Final = 1_000
"""Longest title, in characters."""

ABSTRACT: Final = 100_000
"""Longest abstract, in characters."""

SHORTEST_ABSTRACT: Final = 20
"""Shortest abstract, in characters."""

AUTHORS: Final = 100_000
"""Largest author count that is believed, and the most names that are kept."""

FIELD: Final = 2_000
"""Longest other value (a name, a URL, an extra), in characters."""

EXTRAS: Final = 50
"""Most extra values of one paper."""
