"""Cases from, and to, the formats that others use, between files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from evals.cases import check_cases, listed, unknown_titles
from evals.formats import lost
from evals.formats.types import Format
from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Paper

Tell = Callable[[str], None]


def import_cases(
    source: Path,
    form: Format,
    papers: tuple[Paper, ...],
    split: str,
    tell: Tell,
    *,
    skip_faulty: bool = False,
) -> tuple[EvalCase, ...]:
    """The cases of another format's file or folder, checked as those of a cases file are.

    ``tell`` hears what was left out, and of titles that the papers (where there are any) lack.
    Raises ConfigError, naming the faulty lines, and where no case is left.
    """
    read = form.read(source, papers, split)
    cases, problems = check_cases(read.rows, read.source)
    faults = [problem for problem in problems if problem.rejected]
    if faults and not skip_faulty:
        shown = "\n  ".join(listed(faults))
        todo = "mend them, or give --skip-faulty"
        raise ConfigError(f"{source}: {len(faults)} faults; {todo}\n  {shown}")
    notes = [*read.notes, *listed(problems)]
    if papers:
        titles = [paper.title for paper in papers]
        notes += listed(unknown_titles(cases, titles, read.source))
    for line in notes:
        tell(f"note: {line}")
    if not cases:
        raise ConfigError(f"{source}: holds no cases of the format {form.name}")
    return cases


def export_cases(
    cases: tuple[EvalCase, ...], out: Path, form: Format, papers: tuple[Paper, ...], tell: Tell
) -> None:
    """Writes the cases, reads them back, and tells what is not the same.

    Raises ConfigError where something is there already, or can't be written.
    """
    written = form.write(cases, papers)
    write_new(out, written.files)
    for line in written.notes:
        tell(f"note: {line}")
    missing = lost(cases, form.read(out, papers, "test").rows)
    if missing:
        counts = ", ".join(f"{name} ({count} cases)" for name, count in missing.items())
        tell(f"note: {form.name} can't hold, or changes: {counts}")


def store_papers(store: str | None) -> tuple[Paper, ...]:
    """The papers of a store; none where it isn't named. Raises what opening it raises."""
    if not store:
        return ()
    from rag.settings import Settings
    from rag.wiring import open_index

    settings = Settings.from_env(store=store)
    with open_index(settings, sample=False, create=False) as index:
        return tuple(index.query())


def write_new(out: Path, files: Mapping[str, str]) -> None:
    """Writes new files below ``out`` ("": itself), or none. Raises ConfigError where one is there
    already, since somebody may have worked on it, or can't be written."""
    places = {out / name if name else out: text for name, text in files.items()}
    for place in places:
        if place.exists():
            raise ConfigError(f"{place} is there already; name a new one with --out")
    for place, text in places.items():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            raise ConfigError(f"{place} can't be written: {error.strerror}") from error
