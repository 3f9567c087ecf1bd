"""The runs so far and a run's measures, as tables. Pure; all text goes through ``typography``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from evals.measures import grouped
from ui.runs.bars import bars, interval, scale_top
from ui.runs.comparing import Row
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
    """A run's measures with their intervals in groups, those that graded nothing named below."""
    known = {one.name: one for one in measured if one.mean is not None}
    groups = [
        (_heading(group, names), [_measured(known[name], names) for name in names])
        for group, names in grouped(known)
    ]
    heads = _heads("Measure", "From 0", "Mean", "95% interval", "Questions")
    return _table("Measures", heads, groups) + _ungraded(measured)


def _measured(one: Measured, group: Sequence[str]) -> str:
    return (
        f'<tr>{_name(one.name, group)}<td class="pc-drawn">{bars([one], scale_top([one]))}</td>'
        f'<td class="pc-n">{_value(one)}</td><td class="pc-n">{interval(one) or "–"}</td>'
        f'<td class="pc-n">{one.n:,}</td></tr>'
    )


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
    return (
        f'<h2 class="pc-versus">{names}</h2>{settings_note(after, before)}'
        f'<p class="pc-aside">{counts}. {inert(" ".join(told))}</p>'
    )


def questions_head(first: int, found: int, *, compared: bool) -> str:
    """The heading over the questions, and the order they are in."""
    order = "the most changed first" if compared else "those that fall short first"
    count = f"{found:,}" if first == found else f"{first:,} of {found:,}"
    return f'<h2 class="pc-asked">Questions <small>{count}, {order}</small></h2>'


def _lacking(run: Run) -> str:
    return run.problem if run.problem.startswith("did") else f"is broken ({run.problem})"


def verdict(rows: Sequence[Row], flips: int) -> str:
    """What the comparison comes to, in a sentence or two. ``flips``: questions that flipped."""
    counts = Counter(row.compared.verdict for row in rows)
    real = [
        f"{counts[kind]:,} {'measure is' if counts[kind] == 1 else 'measures are'} {words}"
        for kind, words in (("better", "better"), ("worse", "worse"), ("changed", "different"))
        if counts[kind]
    ]
    found = f"In B, {_listed(real)}" if real else "No measure differs by more than chance"
    rest = f"; the other {counts['same']:,} differ by no more than chance" if real else ""
    asked = f"{flips:,} {'question' if flips == 1 else 'questions'} flipped" if flips else ""
    flipped = f" {asked}: a score of theirs changed by half or more." if asked else ""
    return f'<p class="pc-outcome"><b>{found}</b>{rest if counts["same"] else ""}.{flipped}</p>'


def comparison_table(rows: Sequence[Row], others: Sequence[str] = ()) -> str:
    """Each measure in both runs, in groups, and whether the difference is more than chance.

    ``others`` are measures that were not compared.
    """
    known = {row.compared.measure: row for row in rows}
    groups = [
        (_heading(group, names), [_compared(known[name], names) for name in names])
        for group, names in grouped(known)
    ]
    heads = _heads("Measure", "Verdict", "A and B", "A", "B", "B − A", "Questions")
    told = (
        "The interval is that of the difference. A difference is called real where a permutation"
        " test, corrected for the number of measures, gives p of at most 0.05."
    )
    if others:
        names = ", ".join(inert(naming(name).words) for name in others)
        told += f" Not compared, being unknown here, another judge’s or alike in any pair: {names}."
    return f'{_table("Measures of both runs", heads, groups)}<p class="pc-aside">{told}</p>'


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


def _compared(row: Row, group: Sequence[str]) -> str:
    found, both = row.compared, [row.before, row.after]
    name, difference = found.measure, found.difference
    values = "".join(f'<td class="pc-n">{_value(side)}</td>' for side in both)
    ends = difference.interval if row.differs else None
    between = " to ".join(shown(name, end, signed=True) for end in ends) if ends else ""
    p = difference.corrected_p
    chance = ("p < 0.001" if p < 0.001 else f"p {p:.3f}") if row.differs else ""
    words = _VERDICTS[found.verdict] if row.differs else "the same"
    return (
        f"<tr>{_name(name, group)}"
        f'<td><span class="pc-{found.verdict}">{words}</span><small>{chance}</small></td>'
        f'<td class="pc-drawn">{bars(both, scale_top(both))}</td>{values}'
        f'<td class="pc-n">{shown(name, difference.mean, signed=True)}<small>{between}</small></td>'
        f'<td class="pc-n">{difference.n:,}<small>{_changed(row)}</small></td></tr>'
    )


_VERDICTS = {
    "better": "better",
    "worse": "worse",
    "changed": "different",
    "same": "no real difference",
}


def _changed(row: Row) -> str:
    """How many questions changed which way; where no way is better, nothing."""
    if naming(row.compared.measure).better == "neither":
        return ""
    counts = ((row.better, "better"), (row.worse, "worse"))
    return ", ".join(f"{count:,} {words}" for count, words in counts if count)


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _heading(group: str, names: Sequence[str]) -> str:
    """The group's name, and that lower is better where that goes for all of its measures."""
    return group.capitalize() + (": lower is better" if _all_lower(names) else "")


def _all_lower(names: Sequence[str]) -> bool:
    return all(naming(name).lower for name in names)


def _name(measure: str, group: Sequence[str]) -> str:
    known = naming(measure)
    meaning = f'<small class="pc-means">{inert(known.meaning)}</small>' if known.meaning else ""
    told = known.lower and not _all_lower(group)
    lower = "<small>lower is better</small>" if told else ""
    return f'<th scope="row">{inert(known.words)}{meaning}{lower}</th>'


def _value(one: Measured) -> str:
    return shown(one.name, one.mean)


def _ungraded(measured: Sequence[Measured]) -> str:
    """The measures that graded nothing, with what they need."""
    needs: dict[str, list[str]] = {}
    for one in measured:
        if one.mean is None:
            known = naming(one.name)
            needs.setdefault(known.needs, []).append(inert(known.words))
    told = [
        ", ".join(names) + (f" (needs {inert(need)})" if need else "")
        for need, names in needs.items()
    ]
    return (
        f'<p class="pc-aside">No question here is graded by: {"; ".join(told)}.</p>' if told else ""
    )


_DRAWN = ("From 0", "A and B")
_WORDS = ("Measure", "Verdict")


def _heads(*names: str) -> str:
    """The heads of columns; those of numbers stand over them."""
    kinds = ["pc-drawn" if name in _DRAWN else "" if name in _WORDS else "pc-n" for name in names]
    return "".join(
        f'<th scope="col" class="{kind}">{name}</th>'
        for name, kind in zip(names, kinds, strict=True)
    )


def _table(label: str, heads: str, groups: Sequence[tuple[str, Sequence[str]]]) -> str:
    columns = heads.count("<th")
    bodies = "".join(
        f'<tbody><tr class="pc-group"><th scope="rowgroup" colspan="{columns}">'
        f"{inert(heading)}</th></tr>{''.join(rows)}</tbody>"
        for heading, rows in groups
    )
    return (
        f'<div class="pc-wide" tabindex="0" role="region" aria-label="{label}"><table>'
        f"<thead><tr>{heads}</tr></thead>{bodies}</table></div>"
    )
