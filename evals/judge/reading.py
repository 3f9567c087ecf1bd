"""A judge's reply -> a verdict an item, or why it can't be read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

UNREADABLE = "the judge's reply is not what was asked for"
UNKNOWN = "the judge's reply names an item that there is not"
TWICE = "the judge's reply names an item twice"
MISSING = "the judge's reply leaves items out"

_LINE = re.compile(
    r"[\s*_#>•-]*(?:(?:claim|point|answer)\s*)?(\d{1,3})[\s*_`'\".:)\]=–—-]*([A-Za-z]+)[\s*_`'\".]*",
    re.IGNORECASE,
)
_BARE = re.compile(r"[\W_]*")  # a rule, or the fence of a block of code
_BLOCK = re.compile(r"```\w*")


def read_verdicts(reply: str, count: int, words: Mapping[str, float]) -> Sequence[float] | str:
    """What the words for items 1 to ``count`` mean, in order; else the reason, a text.

    There has to be a line an item with its number and one of the words, each number once, and
    nothing else but empty lines, rules and a first line that ends in a colon. A reply that says
    more may take back what it says.
    """
    lines = [line for line in map(str.strip, reply.splitlines()) if not _is_frame(line)]
    if len(lines) > 1 and lines[0].endswith(":"):
        lines = lines[1:]
    found: dict[int, float] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None or match[2].upper() not in words:
            return UNREADABLE
        number = int(match[1])
        if not 1 <= number <= count:
            return UNKNOWN
        if number in found:
            return TWICE
        found[number] = words[match[2].upper()]
    if len(found) < count:
        return MISSING
    return [found[number] for number in range(1, count + 1)]


def _is_frame(line: str) -> bool:
    return _BARE.fullmatch(line) is not None or _BLOCK.fullmatch(line) is not None
