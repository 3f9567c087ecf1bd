"""Drafted questions that wait for a person, read from the folder of cases, and drawn. No Gradio."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.cases import parse_cases
from evals.drafting.files import content
from evals.types import EvalCase
from index.errors import ConfigError
from index.text import well_formed
from ui.typography import inert, typeset

_MOST_FILES = 50
_SHOWN = 20  # drafts; those behind come up as these are decided on


@dataclass(frozen=True, slots=True)
class Draft:
    """A case that waits, and the file that it stands in."""

    path: Path
    case: EvalCase

    @property
    def key(self) -> str:
        """What the page calls it; tells nothing, and can't be turned into another file."""
        name = f"{self.path.name}\n{self.case.id}".encode("utf-8", "surrogateescape")
        return hashlib.sha256(name).hexdigest()[:16]


def list_drafts(folder: Path) -> tuple[tuple[Draft, ...], tuple[str, ...]]:
    """The cases of the folder's files that wait, newest file first, and what can't be read."""
    try:
        files = [path for path in folder.glob("*.jsonl") if path.is_file()]
        newest = sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)[:_MOST_FILES]
    except OSError as error:
        return (), (f"{folder} can't be read: {error.strerror}",)
    drafts: list[Draft] = []
    troubles: list[str] = []
    for path in newest:
        try:
            cases, trouble = _waiting(path)
        except ConfigError as error:
            cases, trouble = (), str(error)
        drafts += (Draft(path, case) for case in cases)
        troubles += [trouble] if trouble else []
    return tuple(drafts), tuple(troubles)


def _waiting(path: Path) -> tuple[tuple[EvalCase, ...], str]:
    """The cases of a file that wait, and what is to be told of its other lines."""
    lines = content(path).decode("utf-8-sig", "surrogateescape").split("\n")
    cases, problems = parse_cases(lines, path.name)
    faults = [problem for problem in problems if problem.rejected]
    told = ""
    if faults:
        count = f"{len(faults):,} faults; the first" if len(faults) > 1 else "a fault"
        told = well_formed(f"A file of cases has {count}: {faults[0]}")
    return tuple(case for case in cases if not case.reviewed), told


def drafts_markup(
    drafts: Sequence[Draft],
    troubles: Sequence[str] = (),
    told: str = "",
    *,
    refused: bool = False,
    opened: bool = False,
) -> str:
    """The section; "" where nothing waits and nothing is to be told.

    ``told``, which is markup, says what became of a decision; ``refused``: that it was not taken.
    """
    if not drafts and not troubles and not told:
        return ""
    none = "none waits any more" if told else "none waits"
    count = f"{len(drafts):,} to review" if drafts else none
    notes = "".join(f'<p class="pc-aside">{inert(trouble)}</p>' for trouble in troubles)
    kind = "pc-told pc-refused" if refused else "pc-told"
    said = f'<p class="{kind}" role="status">{told}</p>' if told else ""
    behind = len(drafts) - _SHOWN
    more = f'<p class="pc-aside">And {behind:,} more, once these are decided on.</p>'
    cards = "".join(map(_card, drafts[:_SHOWN]))
    return (
        f'<details class="pc-drafts"{" open" if opened else ""}>'
        f"<summary><h2>Drafted questions <small>{count}</small></h2></summary>"
        f"{said}{notes}{cards}{more if behind > 0 else ''}</details>"
    )


def done(what: str, draft: Draft) -> str:
    """What is told after a decision, as markup; for an accepted one, how it is asked."""
    text = f"{inert(what)}: {typeset(draft.case.question)}"
    if what != "Accepted":
        return text
    command = inert(f"paperchat eval run {shlex.quote(str(draft.path))}")
    return f"{text}<br>Ask those accepted with <code>{command}</code>"


def _card(draft: Draft) -> str:
    case = draft.case
    tags = (case.type.replace("_", " "), draft.path.name, case.note)
    told = "".join(f"<span>{inert(tag)}</span>" for tag in tags if tag)
    return (
        f'<article class="pc-draft" data-draft="{draft.key}"><h3>{typeset(case.question)}</h3>'
        f'<p class="pc-tags">{told}</p><dl>{_wanted(case)}</dl>{_buttons()}{_form(case)}</article>'
    )


def _wanted(case: EvalCase) -> str:
    held = ", ".join(f"“{string}”" for string in case.must_contain)
    near = "May cite" if case.answerable else "Near miss"
    parts = [
        ("Right answer", [] if case.answerable else ["A refusal: the papers don’t say."]),
        ("Papers", case.gold_titles),
        (near, case.acceptable_titles),
        ("Quotes", case.gold_quotes),
        ("Should say", case.answer_points),
        ("Must hold", [held] if held else []),
        ("Why it waits", [case.why] if case.why else []),
    ]
    return "".join(
        f"<dt>{name}</dt>" + "".join(f"<dd{_kind(name)}>{typeset(text)}</dd>" for text in texts)
        for name, texts in parts
        if texts
    )


def _kind(name: str) -> str:
    return ' class="pc-quoted"' if name == "Quotes" else ""


def _buttons() -> str:
    return (
        '<p class="pc-decide"><button type="button" data-action="accept">Accept</button>'
        '<button type="button" data-action="drop">Drop</button>'
        '<button type="button" data-action="open" aria-expanded="false">Edit</button></p>'
    )


def _form(case: EvalCase) -> str:
    fields = [
        _field("question", "Question", case.question, 2),
        _field("points", "Should say, a line each", "\n".join(case.answer_points), 3),
    ]
    if case.answerable:
        fields.append(_field("strings", "Must hold, a line each", "\n".join(case.must_contain), 2))
    return (
        f'<div class="pc-edit" hidden>{"".join(fields)}'
        '<p class="pc-decide"><button type="button" data-action="edit">Save</button>'
        '<button type="button" data-action="close">Cancel</button></p></div>'
    )


def _field(name: str, label: str, text: str, rows: int) -> str:
    # A text area drops one line break at its beginning: this one.
    return (
        f"<label>{label}"
        f'<textarea name="{name}" rows="{rows}" maxlength="4000">\n{inert(text)}</textarea></label>'
    )
