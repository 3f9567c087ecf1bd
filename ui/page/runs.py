"""The Evals tab: runs so far, the measures of one or two, and their questions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import gradio as gr

from evals.places import CASES
from index.errors import PaperchatError
from ui.page.drafts import drafts_section
from ui.page.events import NOW
from ui.page.theme import asset
from ui.runs import listing
from ui.runs.chance import difference, so_far
from ui.runs.comparing import Pair, Which, chosen, pairs, rows, uncompared
from ui.runs.measures import naming
from ui.runs.questions import questions_markup
from ui.runs.reading import list_runs, read_cases, read_replies, run_command
from ui.runs.types import Case, Run

_PAGE = 20  # questions that are shown at first, and that are added
_CHANGES = [
    ("all questions", "all"),
    ("those that differ", "differ"),
    ("those that flipped", "flipped"),
    ("better in B", "better"),
    ("worse in B", "worse"),
]
_FALLS = [("all questions", "all"), ("those that fall short", "differ")]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The tab's parts: what is chosen, and what is shown of it."""

    runs: gr.HTML
    choosing: gr.Row
    after: gr.Dropdown
    before: gr.Dropdown
    measures: gr.HTML
    filtering: gr.Row
    kind: gr.Dropdown
    measure: gr.Dropdown
    which: gr.Dropdown
    many: gr.State
    questions: gr.HTML
    more: gr.Button

    @property
    def chosen(self) -> list[Any]:
        """What decides which questions are shown."""
        return [self.after, self.before, self.kind, self.measure, self.which]

    @property
    def shown(self) -> list[Any]:
        """What shows them."""
        return [self.many, self.questions, self.more]

    @property
    def opened(self) -> list[Any]:
        """What another run changes."""
        return [
            self.runs, self.before, self.measures, self.filtering,
            self.kind, self.measure, self.which, *self.shown,
        ]  # fmt: skip


def runs_tab(folder: Path) -> None:
    """Lays the tab out over a folder of runs. Nothing is read before it is opened."""
    with gr.Tab("Evals", id="evals") as tab:
        drafts_section(tab, folder / CASES)
        parts = _parts()
    handlers = _Handlers(folder)
    every = [parts.choosing, parts.after, *parts.opened]
    tab.select(handlers.arrive, parts.chosen, every, **NOW)
    parts.runs.select(handlers.pick, parts.chosen, [parts.after, *parts.opened], **NOW)
    for dropdown in (parts.after, parts.before):
        dropdown.input(handlers.open, parts.chosen, parts.opened, **NOW)
    for dropdown in (parts.kind, parts.measure, parts.which):
        dropdown.input(handlers.filter, parts.chosen, parts.shown, **NOW)
    parts.more.click(handlers.more, [*parts.chosen, parts.many], parts.shown, **NOW)


def _parts() -> _Parts:
    with gr.Column(elem_id="pc-evals"):
        runs = gr.HTML("", js_on_load=asset("runs.js"))
        with gr.Row(visible=False, elem_classes="pc-choosing") as choosing:
            after = gr.Dropdown(choices=[], label="Run")
            before = gr.Dropdown(choices=[("nothing", "")], value="", label="Compared with")
        measures = gr.HTML("", js_on_load=None)
        with gr.Row(visible=False, elem_classes="pc-choosing") as filtering:
            kind = gr.Dropdown(choices=[("all types", "")], value="", label="Type of question")
            measure = gr.Dropdown(choices=[("all measures", "")], value="", label="By measure")
            which = gr.Dropdown(choices=[*_FALLS], value="all", label="Show")
        many = gr.State(_PAGE)
        questions = gr.HTML("", js_on_load=None)
        more = gr.Button("Show more questions", visible=False, size="sm", elem_id="pc-more-runs")
    return _Parts(
        runs, choosing, after, before, measures, filtering, kind, measure, which, many, questions,
        more,
    )  # fmt: skip


class _Handlers:
    """What happens on the tab's events."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._command = folder, run_command(folder)

    # Gradio counts its own arguments by place, so the event comes before what is chosen.

    def arrive(self, after: str | None, *others: str | None) -> tuple[Any, ...]:
        """The tab is opened: the runs are read, and the newest whole one is shown."""
        runs, trouble = self._runs()
        if not runs:
            markup = listing.trouble(trouble) if trouble else listing.no_runs(self._command)
            return gr.Row(visible=False), gr.Dropdown(choices=[], value=None), *_nothing(markup)
        names = [run.name for run in runs]
        if after not in names:
            after = next((run.name for run in runs if not run.problem), names[0])
        dropdown = gr.Dropdown(choices=[(_label(run), run.name) for run in runs], value=after)
        return gr.Row(visible=True), dropdown, *_opened(runs, after, *others)

    def pick(
        self, chosen: gr.EventData, _after: str | None, *others: str | None
    ) -> tuple[Any, ...]:
        """A run's name was clicked in the table."""
        name = str(chosen._data.get("run"))
        return gr.Dropdown(value=name), *self.open(name, *others)

    def open(self, after: str | None, *others: str | None) -> tuple[Any, ...]:
        """Another run was chosen, or another to compare it with."""
        runs, trouble = self._runs()
        if all(run.name != after for run in runs):
            return _nothing(listing.trouble(trouble or "This run is gone. Open the tab again."))
        return _opened(runs, after, *others)

    def filter(self, *chosen: str | None) -> tuple[Any, ...]:
        """Other questions were asked for."""
        return self.more(*chosen, 0)

    def more(self, *chosen: Any) -> tuple[Any, ...]:  # noqa: ANN401 - five words and a number
        """More of the same questions."""
        after, before, kind, measure, which, many = chosen
        known = {run.name: run for run in self._runs()[0]}
        if after not in known:
            return gr.skip(), gr.skip(), gr.skip()
        pair = known[after], known.get(before)
        return _shown(*pair, (kind or "", measure or "", which or "all"), many + _PAGE)

    def _runs(self) -> tuple[tuple[Run, ...], str]:
        try:
            return list_runs(self._folder), ""
        except PaperchatError as error:
            return (), str(error)


def _label(run: Run) -> str:
    return f"{run.name} · {listing.moment(run)}"


def _nothing(markup: str) -> tuple[Any, ...]:
    """The parts of ``_Parts.opened`` where there is no run to show."""
    hidden, skipped = gr.Row(visible=False), gr.skip()
    return (
        markup, skipped, "", hidden, skipped, skipped, skipped, _PAGE, "", gr.Button(visible=False),
    )  # fmt: skip


def _opened(
    runs: Sequence[Run], after: str | None, before: str | None, *choice: str | None
) -> tuple[Any, ...]:
    """The parts of ``_Parts.opened`` for this run, and the one that it is compared with.

    ``choice`` is a type, a measure and a change, kept where the run has such questions.
    """
    known = {run.name: run for run in runs}
    run, other = known[after or ""], known.get(before or "") if before != after else None
    others = [("nothing", ""), *((_label(each), each.name) for each in runs if each is not run)]
    cases, both = _pairs(run, other)
    choices = (
        [("all types", ""), *_kinds(both)],
        [("all measures", ""), *_graded(both)],
        _CHANGES if other else _FALLS,
    )
    kept = [
        value if value in [known for _, known in offered] else offered[0][1]
        for value, offered in zip(choice, choices, strict=True)
    ]
    kind, measure, which = (value or "" for value in kept)
    return (
        listing.runs_table(runs, run.name, other.name if other else ""),
        gr.Dropdown(choices=others, value=other.name if other else ""),
        _measures(run, other, cases, both),
        gr.Row(visible=bool(both)),
        *(gr.Dropdown(choices=c, value=v) for c, v in zip(choices, kept, strict=True)),
        *_shown(run, other, (kind, measure, which), _PAGE),
    )


def _kinds(both: Sequence[Pair]) -> list[tuple[str, str]]:
    kinds = dict.fromkeys(pair.after.type for pair in both if pair.after.type)
    return [(kind.replace("_", " "), kind) for kind in kinds]


def _graded(both: Sequence[Pair]) -> list[tuple[str, str]]:
    scores = (item for pair in both for item in pair.after.scores.items())
    names = dict.fromkeys(name for name, score in scores if score.value is not None)
    return [(naming(name).words, name) for name in names]


def _pairs(run: Run, other: Run | None) -> tuple[tuple[Case, ...], tuple[Pair, ...]]:
    """The run's questions, and those of them that the other has too."""
    cases, _ = read_cases(run)
    return cases, pairs(cases, read_cases(other)[0] if other else None)


def _measures(run: Run, other: Run | None, cases: Sequence[Case], both: Sequence[Pair]) -> str:
    if other is None:
        head = listing.alone_head(run, read_cases(run)[1])
        table = listing.measures_table(run.measures or so_far(run))
        return f'<section class="pc-runs">{head}{table}</section>'
    head = listing.pair_head(run, other, len(both), (len(cases), len(read_cases(other)[0])))
    found = difference(other, run)
    if found is None:
        return f'<section class="pc-runs">{head}</section>'
    lines = rows(both, found.measures, other.measures, run.measures)
    told = listing.verdict(lines, len({flip.id for flip in found.flips}))
    table = listing.comparison_table(lines, uncompared(both, found.measures))
    return f'<section class="pc-runs">{head}{told}{table}</section>'


def _shown(
    run: Run, other: Run | None, choice: tuple[str, str, str], many: int
) -> tuple[int, str, gr.Button]:
    """The first ``many`` questions that were asked for."""
    _, both = _pairs(run, other)
    kind, measure, which = choice
    found = chosen(both, kind, measure, cast(Which, which))
    first = found[:many]
    before = read_replies(other, [p.before for p in first if p.before]) if other else {}
    after = read_replies(run, [pair.after for pair in first])
    head = listing.questions_head(len(first), len(found), compared=other is not None)
    markup = head + questions_markup(first, before, after) if both else ""
    left = len(found) - len(first)
    return many, markup, gr.Button(f"Show more questions ({left:,} left)", visible=left > 0)
