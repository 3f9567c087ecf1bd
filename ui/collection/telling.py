"""What is said while papers are added, and afterwards. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from index.types import Problem
from ui.collection.adding import Progress, Report
from ui.papers import counted
from ui.typography import inert


def progress_markup(progress: Progress) -> str:
    """A bar, and how far it is in words."""
    if progress.total is None:
        return '<div class="pc-adding"><progress aria-label="Adding papers"></progress>' + (
            "<p>Looking through the files</p></div>"
        )
    pace = f", {progress.rate:.0f} a second" if progress.rate >= 1 else ""
    most = max(progress.total, 1)
    return (
        f'<div class="pc-adding"><progress aria-label="Adding papers" max="{most}"'
        f' value="{progress.done}"></progress>'
        f"<p>{progress.done:,} of {counted(progress.total)}{pace}</p></div>"
    )


def report_markup(report: Report) -> str:
    """What became of the files: counts first, then each record that was refused, and why."""
    counts = {
        "added": report.added,
        "merged with what was known": report.merged,
        "unchanged": report.unchanged,
        "rejected": len(report.rejected) + report.untold,
    }
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    stopped = (
        f'<p class="pc-halted">Not everything was added: {inert(report.stopped)}.</p>'
        if report.stopped
        else ""
    )
    head = told or ("Nothing was added" if report.stopped else "No papers were found")
    files = "1 file" if report.files == 1 else f"{report.files:,} files"
    return (
        f'<div class="pc-report" tabindex="0"><p><b>{head}</b> from {files}.</p>{stopped}'
        f"{''.join(_problems('Rejected', report.rejected, report.untold))}"
        f"{''.join(_problems('Worth knowing', report.notes))}</div>"
    )


def _problems(title: str, problems: tuple[Problem, ...], untold: int = 0) -> Iterator[str]:
    if not problems:
        return
    yield f"<h3>{title}</h3><ul>"
    for problem in problems:
        line = "" if problem.line is None else f", line {problem.line:,}"
        yield f"<li><b>{inert(problem.source)}{line}</b> {inert(problem.message)}</li>"
    if untold:
        yield f"<li>and {untold:,} more</li>"
    yield "</ul>"
