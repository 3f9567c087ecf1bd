"""Every word that is said to a model: one text file each, and the loader that checks them.

A file's placeholders are written ``{{name}}``. Values are put in once and never read as
templates themselves, so a paper that contains ``{{evidence}}`` is only text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

SENTINEL = "NOT_IN_THE_PAPERS"
"""What a model writes where the evidence holds no answer; said in the system prompt."""

ANSWERING = (
    "answer_length_long",
    "answer_length_normal",
    "answer_length_short",
    "answer_reminder",
    "answer_system",
    "answer_user",
    "answer_user_followup",
    "judge_claim_system",
    "judge_claim_user",
    "plan_system",
    "plan_user",
)
"""The templates that are read to answer a question; the others draft and judge in ``evals``."""

_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")


class PromptError(ValueError):
    """A template that does not exist, is malformed, or was given other variables than it names."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The templates that are shipped, but for those that are of one's ``own``, by name."""

    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, folder: Path) -> Prompts:
        """Those of a folder's text files, named like the shipped ones; the others as shipped.

        Only those of ``ANSWERING`` may be there. Raises PromptError, naming the file, for one that
        has another name, can't be read, or has other placeholders than the one shipped; and for a
        folder without any.
        """
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix == ".txt")
            own = {path.stem: path.read_text(encoding="utf-8-sig").strip() for path in files}
        except (OSError, ValueError) as error:
            raise PromptError(f"{folder}: can't read prompts there ({error})") from error
        if not own:
            raise PromptError(f"{folder}: holds no prompt; known are: {', '.join(ANSWERING)}")
        for name, template in own.items():
            _fits(template, name, folder / f"{name}.txt")
        return cls(MappingProxyType(own))

    def text(self, name: str) -> str:
        """The template. Raises PromptError if there is none, or its braces are no placeholder."""
        return self.own[name] if name in self.own else text(name)

    def render(self, name: str, **values: str) -> str:
        """The template with its placeholders filled in.

        Raises PromptError if a placeholder has no value or a value has no placeholder.
        """
        template = self.text(name)
        wanted, given = _variables(template), frozenset(values)
        if wanted != given:
            raise PromptError(f"prompts/{name}.txt: {_apart(wanted, given)}")
        return _PLACEHOLDER.sub(lambda match: values[match[1]], template)

    def fingerprint(self, templates: Iterable[str]) -> str:
        """Twelve hexadecimal digits that change if and only if the templates' text does."""
        digest = hashlib.sha256(SENTINEL.encode())
        for name in sorted(templates):
            digest.update(f"\0{name}\0{self.text(name)}".encode())
        return digest.hexdigest()[:12]


SHIPPED = Prompts()


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
    _check(template, f"prompts/{name}.txt")


def _check(template: str, file: object) -> None:
    rest = _PLACEHOLDER.sub("", template)
    if "{{" in rest or "}}" in rest:
        raise PromptError(f"{file}: a placeholder is written {{{{name}}}}, in a-z and _")


def variables(name: str) -> frozenset[str]:
    """The names of the template's placeholders."""
    return _variables(text(name))


def render(name: str, **values: str) -> str:
    """The shipped template with its placeholders filled in; see ``Prompts.render``."""
    return SHIPPED.render(name, **values)


def names() -> tuple[str, ...]:
    """All templates, sorted."""
    folder = resources.files(__name__)
    found = (item.name for item in folder.iterdir())
    return tuple(sorted(n.removesuffix(".txt") for n in found if n.endswith(".txt")))


def fingerprint(templates: Iterable[str]) -> str:
    """That of the shipped templates; see ``Prompts.fingerprint``."""
    return SHIPPED.fingerprint(templates)


def _variables(template: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(template))


def _fits(template: str, name: str, file: Path) -> None:
    """Raises PromptError for a file that can't stand for the shipped one."""
    if name not in ANSWERING:
        what = "is not read to answer" if name in names() else "no prompt has this name"
        raise PromptError(f"{file}: {what}; known are: {', '.join(ANSWERING)}")
    _check(template, file)
    wanted, given = sorted(variables(name)), sorted(_variables(template))
    if wanted != given:
        told = " and ".join(f"{{{{{one}}}}}" for one in wanted) or "nothing"
        raise PromptError(f"{file}: its placeholders must be those of the shipped one: {told}")


def _apart(wanted: frozenset[str], given: frozenset[str]) -> str:
    """What a template's placeholders lack, and what they don't ask for."""
    missing, unknown = sorted(wanted - given), sorted(given - wanted)
    parts = [f"without a value: {', '.join(missing)}"] if missing else []
    parts += [f"not in the file: {', '.join(unknown)}"] if unknown else []
    return "; ".join(parts)
