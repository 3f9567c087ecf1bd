"""The regular expressions of a package and how each is used, and texts that slow ones choke on."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

ANCHORED = frozenset({"match", "fullmatch"})
METHODS = ANCHORED | {"search", "finditer", "findall", "sub", "subn", "split"}
_SHORT, _AT_ONCE = (26, 500), 0.25  # looked at first, so that what never ends is noticed
_REPEATED = (
    "a", "a ", "a-", "a. ", "a, ", "a and ", "A1", "A B ", "Ab", "(a ", "<a", "[1", "[1]", "1",
    "1,", "1.", "$", "$A", "(", ")", "[", "{", "}{", "{\\", "\\a", '\\"', "'", '"', "`", "*", "_",
    "-", "<", ",", ".", " ", "\n", "\t ", "http://a.", "not ", "of the ", "since 2024 ",
    "between 1 and ", "or 3 ", "papers ", "january ", "et al. ", "e.g. ",
)  # fmt: skip


def modules(package: str) -> Iterator[ModuleType]:
    """A package and all that can be imported below it, but for what runs when imported."""
    top = importlib.import_module(package)
    yield top
    for found in pkgutil.walk_packages(top.__path__, f"{package}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def patterns(package: str) -> dict[re.Pattern[str], tuple[str, bool]]:
    """Each pattern with a name for it, and whether it is tried at a text's beginning only."""
    names: dict[re.Pattern[str], str] = {}
    uses: dict[re.Pattern[str], set[str]] = {}
    for module in modules(package):
        for name, value in vars(module).items():
            for pattern in _within(value):
                names.setdefault(pattern, f"{module.__name__}.{name}")
        for pattern, use, line in _uses(module):
            names.setdefault(pattern, f"{module.__name__}:{line}")
            uses.setdefault(pattern, set()).add(use)
    return {
        pattern: (name, bool(uses.get(pattern)) and uses[pattern] <= ANCHORED)
        for pattern, name in names.items()
    }


def _within(value: object, depth: int = 2) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif depth and isinstance(value, tuple | list | frozenset | dict):
        items: Iterable[object] = value.items() if isinstance(value, dict) else value
        for item in items:
            yield from _within(item, depth - 1)


def _uses(module: ModuleType) -> Iterator[tuple[re.Pattern[str], str, int]]:
    """(pattern, method, line) for ``_NAMED.search`` and ``re.search("...")``."""
    source = Path(module.__file__ or "").read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            pattern = vars(module).get(node.value.id)
            if isinstance(pattern, re.Pattern) and node.attr in METHODS:
                yield pattern, node.attr, node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            of, text = node.func.value, node.args[0]
            literal = isinstance(text, ast.Constant) and isinstance(text.value, str)
            if isinstance(of, ast.Name) and of.id == "re" and literal and node.func.attr in METHODS:
                yield re.compile(text.value), node.func.attr, node.lineno


def chokes_on(
    pattern: re.Pattern[str], texts: Iterable[str], *, anchored: bool, bearable: float
) -> str | None:
    """The beginning of the first text that takes too long to look through, if any.

    Too long: over ``bearable`` seconds, and more than three times as long as half of the text.
    """

    def seconds(text: str) -> float:
        began = time.thread_time()
        if anchored:
            pattern.match(text)
            pattern.fullmatch(text)
        else:
            pattern.sub("", text)
        return time.thread_time() - began

    for text in texts:
        if any(seconds(text[-size:]) > _AT_ONCE for size in _SHORT) or (
            seconds(text) > bearable
            and min(seconds(text) for _ in range(3))
            > 3 * min(seconds(text[len(text) // 2 :]) for _ in range(3))
        ):
            return text[:20]
    return None


def odd_texts(length: int) -> list[str]:
    """Texts of one thing again and again, with an end that nothing expects."""
    return [(part * (length // len(part) + 1))[: length - 1] + "\x00" for part in _REPEATED]
