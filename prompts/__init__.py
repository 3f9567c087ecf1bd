"""Every word that is said to a model: one text file each, and the loader that checks them.

A file's placeholders are written ``{{name}}``. Values are put in once and never read as
templates themselves, so a paper that contains ``{{evidence}}`` is only text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

SENTINEL = "NOT_IN_THE_PAPERS"
"""What a model writes where the evidence holds no answer; said in the system prompt."""

_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")


class PromptError(ValueError):
    """A template that does not exist, is malformed, or was given other variables than it names."""


@cache
def text(name: str) -> str:
    """The template as it is in its file.

    Raises PromptError if there is no such template, or braces in it are no placeholder.
    """
    if not re.fullmatch(r"[a-z_]+", name):
        raise PromptError(f"{name!r} is no name of a prompt")
    try:
        found = (resources.files(__name__) / f"{name}.txt").read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        message = f"there is no prompt {name!r}; known are: {', '.join(names())}"
        raise PromptError(message) from error
    check(found, name)
    return found


def check(template: str, name: str) -> None:
    """Raises PromptError where braces stand that are no placeholder."""
    rest = _PLACEHOLDER.sub("", template)
    if "{{" in rest or "}}" in rest:
        raise PromptError(
            f"prompts/{name}.txt: a placeholder is written {{{{name}}}}, in a-z and _"
        )


def variables(name: str) -> frozenset[str]:
    """The names of the template's placeholders."""
    return frozenset(_PLACEHOLDER.findall(text(name)))


def render(name: str, **values: str) -> str:
    """The template with its placeholders filled in.

    Raises PromptError if a placeholder has no value or a value has no placeholder.
    """
    wanted, given = variables(name), frozenset(values)
    if wanted != given:
        missing, unknown = sorted(wanted - given), sorted(given - wanted)
        parts = [f"without a value: {', '.join(missing)}"] if missing else []
        parts += [f"not in the file: {', '.join(unknown)}"] if unknown else []
        raise PromptError(f"prompts/{name}.txt: {'; '.join(parts)}")
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text(name))


def names() -> tuple[str, ...]:
    """All templates, sorted."""
    folder = resources.files(__name__)
    found = (item.name for item in folder.iterdir())
    return tuple(sorted(n.removesuffix(".txt") for n in found if n.endswith(".txt")))


def fingerprint(templates: Iterable[str]) -> str:
    """Twelve hexadecimal digits that change if and only if the templates' text does."""
    digest = hashlib.sha256(SENTINEL.encode())
    for name in sorted(templates):
        digest.update(f"\0{name}\0{text(name)}".encode())
    return digest.hexdigest()[:12]
