"""Papers as CSV, as BibTeX and as lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.errors import ConfigError
from index.types import Filters, Paper
from ui.terminal import clean

if TYPE_CHECKING:
    from rich.table import Table

_COLUMNS = (
    "id",
    "title",
    "date",
    "n_authors",
    "authors",
    "organisation",
    "pages",
    "url",
    "abstract",
)


def counted(count: int) -> str:
    """The number of papers in words."""
    return "1 paper" if count == 1 else f"{count:,} papers"


def check_range(filters: Filters) -> None:
    """Raises ConfigError for dates that no paper can meet."""
    if filters.since and filters.until and filters.since > filters.until:
        message = f"No paper is from {filters.since} or later and also until {filters.until}."
        raise ConfigError(f"{message} Swap the two dates, or clear one.")


def papers_csv(papers: Sequence[Paper]) -> str:
    """One row a paper under a heading; authors and pages are joined by "; "."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for paper in papers:
        row = [
            paper.id,
            paper.title,
            paper.known_date,
            paper.n_authors,
            "; ".join(paper.authors),
            paper.organisation,
            "; ".join(paper.pages),
            paper.url,
            paper.abstract,
        ]
        writer.writerow(["" if value is None else value for value in row])
    return sink.getvalue()


def papers_bibtex(papers: Sequence[Paper]) -> str:
    """One ``@misc`` entry a paper, abstracts included; what is not known is left out."""
    keys: set[str] = set()
    return "\n".join(_entry(paper, _key(paper, keys)) for paper in papers)


def papers_lines(papers: Sequence[Paper]) -> str:
    """Id, date, number of authors and title, parted by tabs; for other programs."""
    return "".join(
        "\t".join((p.id, p.known_date, _count(p), clean(" ".join(p.title.split())))) + "\n"
        for p in papers
    )


def papers_table(papers: Sequence[Paper]) -> Table:
    """The same for a terminal."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("date", no_wrap=True)
    table.add_column("authors", justify="right")
    table.add_column("title", overflow="fold")
    table.add_column("id", style="dim", overflow="fold")
    for paper in papers:
        title = Text(clean(" ".join(paper.title.split())))
        table.add_row(paper.known_date, _count(paper), title, Text(paper.id))
    return table


def _count(paper: Paper) -> str:
    return "" if paper.n_authors is None else str(paper.n_authors)


def _entry(paper: Paper, key: str) -> str:
    date = paper.known_date
    fields = {
        "title": paper.title,
        "author": " and ".join(paper.authors),
        "year": date[:4],
        "date": date,
        "organization": paper.organisation or "",
        "url": paper.url or "",
        "abstract": paper.abstract,
    }
    lines = [
        f"  {name} = {{{value if name == 'url' else _latex(value)}}},"
        for name, value in fields.items()
        if value
    ]
    return "\n".join([f"@misc{{{key},", *lines, "}"]) + "\n"


def _latex(text: str) -> str:
    """The text with LaTeX's comment and alignment signs escaped and its braces in balance."""
    text = re.sub(r"(?<!\\)([%&#])", r"\\\1", " ".join(text.split()))
    depth = 0
    for sign in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            break
    return text if depth == 0 else re.sub(r"(?<!\\)([{}])", r"\\\1", text)


def _key(paper: Paper, taken: set[str]) -> str:
    base = re.sub(r"[^A-Za-z0-9:._-]+", "-", paper.id).strip("-") or "paper"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    taken.add(key)
    return key
