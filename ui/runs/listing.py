"""The runs so far and a run's measures, as tables. Pure; all text goes through ``typography``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ui.runs.bars import bars, interval, scale_top
from ui.runs.comparing import Compared
from ui.runs.measures import HEADLINES, naming, shown
from ui.runs.types import Measured, Run
from ui.typography import inert


def no_runs(command: str) -> str:
    """What the tab shows where there is no run; ``command`` makes one."""
    return (
        '<section class="pc-runs pc-none"><h2>No eval runs yet</h2>'
        "<p>A run asks a file of questions and scores the answers. Make one in a terminal:</p>"
        f"<p><code>{inert(command)}</code></p></section>"
    )


def trouble(message: str) -> str:
    """What the tab shows where the runs can't be read."""
    return f'<section class="pc-runs pc-none" role="note"><p>{inert(message)}</p></section>'


def moment(run: Run) -> str:
    """When the run began, in words."""
    started = run.started
    return f"{started.day} {started:%b %Y, %H:%M} UTC" if started else "undated"


def questions(run: Run) -> str:
    """How many questions ended, and how many were meant to where that differs."""
    if run.planned is not None and run.planned != run.asked:
        return f"{run.asked:,} of {run.planned:,}"
    return f"{run.asked:,}"


def runs_table(runs: Sequence[Run], after: str, before: str) -> str:
    """A row for each run, newest first; ``after`` and ``before`` are the names of those shown."""
    headlines = [name for name in HEADLINES if any(_mean(run, name) for run in runs)]
    heads = "".join(f'<th scope="col">{naming(name).words}</th>' for name in headlines)
    letters = {before: "A", after: "B"} if before else {}
    rows = "".join(_row(run, headlines, run.name == after, letters.get(run.name)) for run in runs)
    return (
        f'<section class="pc-runs"><h2>Runs <small>{len(runs)}, newest first</small></h2>'
        '<div class="pc-wide pc-all" tabindex="0" role="region" aria-label="Eval runs"><table>'
        '<thead><tr><th scope="col">Run</th><th scope="col">Questions from</th>'
        '<th scope="col">Model</th><th scope="col" class="pc-n">Questions</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _row(run: Run, headlines: Iterable[str], current: bool, letter: str | None) -> str:
    badge = f' <b class="pc-letter pc-{letter.lower()}">{letter}</b>' if letter else ""
    marked = ' aria-current="true"' if current else ""
    broken = f'<span class="pc-state">{inert(run.problem)}</span>' if run.problem else ""
    failed = f'<span class="pc-state">{run.failed:,} failed</span>' if run.failed else ""
    drawn = "".join(f"<td>{_headline(_mean(run, name))}</td>" for name in headlines)
    return (
        f'<tr{marked}><th scope="row">'
        f'<button type="button" data-run="{inert(run.name)}">{inert(run.name)}</button>{badge}'
        f"<small>{moment(run)}</small></th><td>{inert(run.cases)}</td><td>{inert(run.model)}</td>"
        f'<td class="pc-n">{questions(run)}{failed}{broken}</td>{drawn}</tr>'
    )


def _mean(run: Run, name: str) -> Measured | None:
    return next((m for m in run.measures if m.name == name and m.mean is not None), None)


def _headline(one: Measured | None) -> str:
    if one is None:
        return '<span class="pc-lacking">–</span>'
    return f'<span class="pc-headline">{bars([one])}<i aria-hidden="true">{_value(one)}</i></span>'


def measures_table(measured: Sequence[Measured]) -> str:
    """A run's measures with their intervals, those that graded nothing named below."""
    graded = [one for one in measured if one.mean is not None]
    rows = "".join(
        f'<tr>{_name(one.name)}<td>{bars([one], scale_top([one]))}</td><td class="pc-n">'
        f'{_value(one)}</td><td class="pc-n">{interval(one) or "–"}</td>'
        f'<td class="pc-n">{one.n:,}</td></tr>'
        for one in graded
    )
    heads = _heads("Measure", "From 0", "Mean", "95% interval", "Questions")
    return _table("Measures", heads, rows) + _ungraded(measured)


def alone_head(run: Run, unreadable: int) -> str:
    """The heading over a run's measures, with what the run lacks."""
    notes = []
    if run.problem:
        notes.append(
            f"This run {_lacking(run)}: what follows is of its {questions(run)} questions."
        )
    if unreadable:
        notes.append(f"{unreadable:,} {'line' if unreadable == 1 else 'lines'} can’t be read.")
    told = f'<p class="pc-aside">{inert(" ".join(notes))}</p>' if notes else ""
    return f"<h2>{inert(run.name)}</h2>{told}"


def pair_head(after: Run, before: Run, shared: int, of: tuple[int, int]) -> str:
    """The heading over a comparison: which is which, how many questions, what was set otherwise."""
    names = "".join(
        f'<span><b class="pc-letter pc-{letter.lower()}">{letter}</b> {inert(run.name)}</span>'
        for letter, run in (("A", before), ("B", after))
    )
    counts = f"{shared:,} questions are in both runs"
    if (shared, shared) != of:
        counts += f" ({of[1]:,} in A, {of[0]:,} in B); the others are left out"
    if not shared:
        counts = "The two runs have no question in common"
    told = [
        f"{letter} {_lacking(run)}." for letter, run in (("A", before), ("B", after)) if run.problem
    ]
    chance = (
        " Whether a difference is more than chance, a terminal tells, in the runs’ folder: "
        f"<code>paperchat eval compare {inert(before.name)} {inert(after.name)}</code>"
    )
    return (
        f'<h2 class="pc-versus">{names}</h2>{settings_note(after, before)}'
        f'<p class="pc-aside">{counts}. {inert(" ".join(told))}{chance if shared else ""}</p>'
    )


def questions_head(first: int, found: int, *, compared: bool) -> str:
    """The heading over the questions, and the order they are in."""
    order = "the most changed first" if compared else "those that fall short first"
    count = f"{found:,}" if first == found else f"{first:,} of {found:,}"
    return f'<h2 class="pc-asked">Questions <small>{count}, {order}</small></h2>'


def _lacking(run: Run) -> str:
    return run.problem if run.problem.startswith("did") else f"is broken ({run.problem})"


def comparison_table(compared: Sequence[Compared]) -> str:
    """Both runs' measures over the questions that both graded, and what changed."""
    rows = "".join(_compared(one) for one in compared)
    heads = _heads("Measure", "A above, B below", "A", "B", "B − A", "Better", "Worse", "Same")
    return _table("Measures of both runs", heads, rows)


def settings_note(after: Run, before: Run) -> str:
    """What the two runs were set to otherwise, in a line; "" where nothing is known to differ."""
    pairs = {"cases": (before.cases, after.cases), "model": (before.model, after.model)}
    names = dict.fromkeys([*before.settings, *after.settings])
    pairs |= {
        name: (before.settings.get(name, "–"), after.settings.get(name, "–")) for name in names
    }
    differ = [
        f"<li>{inert(name.replace('_', ' '))}: {inert(a)} → {inert(b)}</li>"
        for name, (a, b) in pairs.items()
        if a != b and not name.endswith("sha256")
    ]
    return (
        f'<ul class="pc-differ" aria-label="Set otherwise">{"".join(differ)}</ul>' if differ else ""
    )


def _compared(one: Compared) -> str:
    name, both = one.after.name, [one.before, one.after]
    difference = shown(name, one.difference, signed=True)
    values = "".join(
        f'<td class="pc-n">{_value(side)}<small>{interval(side)}</small></td>' for side in both
    )
    better = f'<td class="pc-n{" pc-better" if one.better else ""}">{one.better or "–"}</td>'
    worse = f'<td class="pc-n{" pc-worse" if one.worse else ""}">{one.worse or "–"}</td>'
    return (
        f"<tr>{_name(name)}<td>{bars(both, scale_top(both))}</td>{values}"
        f'<td class="pc-n">{difference}</td>{better}{worse}<td class="pc-n">{one.same}</td></tr>'
    )


def _name(measure: str) -> str:
    known = naming(measure)
    lower = "; lower is better" if known.lower else ""
    return f'<th scope="row">{inert(known.words)}<small>{inert(known.meaning)}{lower}</small></th>'


def _value(one: Measured) -> str:
    return shown(one.name, one.mean)


def _ungraded(measured: Sequence[Measured]) -> str:
    names = [inert(naming(one.name).words) for one in measured if one.mean is None]
    return (
        f'<p class="pc-aside">No question here is graded by: {", ".join(names)}.</p>'
        if names
        else ""
    )


def _heads(*names: str) -> str:
    kinds = ["", "", *[' class="pc-n"'] * (len(names) - 2)]
    return "".join(
        f'<th scope="col"{kind}>{name}</th>' for name, kind in zip(names, kinds, strict=True)
    )


def _table(label: str, heads: str, rows: str) -> str:
    return (
        f'<div class="pc-wide" tabindex="0" role="region" aria-label="{label}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
