"""The cases of a run: one that unfolds each, its answer beside the evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evals.cases import normalise
from evals.html.markup import inert
from evals.measures import grouped, named
from evals.report import number

Row = Mapping[str, Any]
"""What ``CaseResult.to_dict()`` gives, also as it comes back from disk."""

_MARKER = re.compile(r"\[(\d{1,4})\]")
_DOUBTED = {"weak": "Weakly supported", "unsupported": "Not supported"}


def short_of(row: Row) -> list[str]:
    """The measures in [0, 1] that have not the best value on this case, of those graded."""
    return [name for name, score in row["scores"].items() if _short(name, score["value"])]


def _short(name: str, value: float | None) -> bool:
    known = named(name)
    if value is None or (known is not None and not known.bounded):
        return False
    return value > 0 if known is not None and known.better == "lower" else value < 1


def cases(rows: Sequence[Row]) -> str:
    """The filters, which wait for the script, and the cases in their order."""
    folded = "".join(_case(place, row) for place, row in enumerate(rows, 1))
    return f'{_filters(rows)}<div id="cases">{folded}</div>'


def _filters(rows: Sequence[Row]) -> str:
    types = _tally([[str(row["type"])] for row in rows])
    short = _tally([short_of(row) for row in rows])
    anything = sum(bool(short_of(row)) for row in rows)
    choices = f'<option value="*">any measure ({anything})</option>' + _options(short)
    return (
        '<div id="filters" role="search" hidden>'
        '<label>Type <select id="by-type"><option value="">all</option>'
        f"{_options(types)}</select></label>"
        '<label>Fell short of <select id="by-short"><option value="">no matter what</option>'
        f"{choices}</select></label>"
        '<label>Words <input id="by-words" type="search" autocomplete="off"'
        ' placeholder="in question, answer, evidence"></label>'
        f'<output id="shown" aria-live="polite">{len(rows)} cases</output></div>'
    )


def _tally(named: Sequence[Sequence[str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for names in named:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    return counts


def _options(counts: Mapping[str, int]) -> str:
    return "".join(
        f'<option value="{inert(name)}">{inert(name)} ({count})</option>'
        for name, count in counts.items()
    )


def _case(place: int, row: Row) -> str:
    short = short_of(row)
    badges = "".join(f'<span class="short">{inert(name)}</span>' for name in short)
    body = (
        f'<div class="pair">{_answer(place, row)}{_evidence(place, row)}</div>'
        f'<div class="pair">{_truth(row)}{_scores(row, short)}</div>'
    )
    return (
        f'<details class="case" id="case-{place}" data-type="{inert(row["type"])}"'
        f' data-short="{inert(" ".join(short))}"><summary><span class="id">{inert(row["id"])}'
        f'</span><span class="type">{inert(row["type"])}</span><span class="question">'
        f'{inert(row["question"])}</span><span class="shorts">{badges}</span></summary>'
        f"{body}</details>"
    )


def _answer(place: int, row: Row) -> str:
    answer = row.get("answer")
    if answer is None:
        error = inert(row.get("error") or "no answer was kept")
        return f'<section><h3>No answer</h3><p class="failed">{error}</p></section>'
    rewritten = answer.get("rewritten_question") or row["question"]
    read = "" if normalise(rewritten) == normalise(row["question"]) else inert(rewritten)
    asked = f"<h3>Question, as it was read</h3><p>{read}</p>" if read else ""
    heading = "Refusal" if answer["abstained"] else "Answer"
    if answer["abstained"] and answer.get("reason"):
        heading += f' <span class="soft">{inert(answer["reason"])}</span>'
    notices = "".join(f'<p class="soft">{inert(n)}</p>' for n in answer.get("notices", ()))
    text = _marked(place, answer["text"], {c["marker"] for c in answer["citations"]})
    return (
        f'<section>{asked}<h3>{heading}</h3><div class="text">{text}</div>'
        f"{_doubted(answer)}{notices}</section>"
    )


def _marked(place: int, text: str, markers: set[int]) -> str:
    """The text, each marker that has evidence a link to it."""

    def link(found: re.Match[str]) -> str:
        marker = int(found[1])
        if marker not in markers:
            return found[0]
        return f'<a href="#case-{place}-{marker}">[{marker}]</a>'

    return _MARKER.sub(link, inert(text))


def _doubted(answer: Mapping[str, Any]) -> str:
    """The claims that their citations do not, or hardly, support."""
    items = "".join(
        f"<li><strong>{_DOUBTED[claim['verdict']]}:</strong> {inert(claim['text'])}</li>"
        for claim in answer.get("claims", ())
        if claim["verdict"] in _DOUBTED
    )
    return f'<ul class="doubted">{items}</ul>' if items else ""


def _evidence(place: int, row: Row) -> str:
    """The quotes under the paper that they are from, in the order of the markers."""
    answer = row.get("answer") or {"citations": ()}
    papers: dict[int, tuple[str, list[str]]] = {}
    for citation in sorted(answer["citations"], key=lambda citation: citation["marker"]):
        quotes = papers.setdefault(citation["marker"], (citation["paper"]["title"], []))[1]
        if citation["quote"] not in quotes:
            quotes.append(citation["quote"])
    items = "".join(
        f'<li id="case-{place}-{marker}"><p class="title"><b>[{marker}]</b> {inert(title)}</p>'
        + "".join(f"<blockquote>{inert(quote)}</blockquote>" for quote in quotes)
        + "</li>"
        for marker, (title, quotes) in papers.items()
    )
    body = f"<ul>{items}</ul>" if items else '<p class="soft">Nothing is cited.</p>'
    return f'<section class="evidence"><h3>Evidence</h3>{body}</section>'


def _truth(row: Row) -> str:
    answer = row.get("answer") or {}
    found = {normalise(title) for title in row.get("retrieved", ())}
    cited = {normalise(c["paper"]["title"]) for c in answer.get("citations", ())}
    cited |= {normalise(s["paper"]["title"]) for s in answer.get("sources", ()) if s["cited"]}
    gold = "".join(
        f"<li>{inert(title)} {_fate(title, found, cited)}</li>" for title in row["gold_titles"]
    )
    parts = [
        _said_before(row),
        f"<h3>Wanted papers</h3><ul>{gold}</ul>" if gold else "",
        _listed("May be cited too", row.get("acceptable_titles")),
        "" if row["answerable"] else "<h3>Wanted</h3><p>A refusal: no paper answers this.</p>",
        _listed("Wanted words", row.get("must_contain"), "q"),
        _listed("Points to make", row.get("answer_points")),
        _listed("Wanted quotes", row.get("gold_quotes"), "q"),
        _listed("Found first", row.get("retrieved"), kind="ol"),
    ]
    return f'<section class="truth">{"".join(parts)}</section>'


def _listed(name: str, texts: Sequence[str] | None, tag: str = "span", kind: str = "ul") -> str:
    items = "".join(f"<li><{tag}>{inert(text)}</{tag}></li>" for text in texts or ())
    return f"<h3>{name}</h3><{kind}>{items}</{kind}>" if items else ""


def _said_before(row: Row) -> str:
    """The turns before a follow-up."""
    turns = "".join(
        f"<dt>{inert(turn['question'])}</dt><dd>{inert(turn['answer'])}</dd>"
        for turn in row.get("history", ())
    )
    return f'<h3>Said before</h3><dl class="turns">{turns}</dl>' if turns else ""


def _fate(title: str, found: set[str], cited: set[str]) -> str:
    """What became of a wanted paper."""
    if normalise(title) in cited:
        return '<span class="good">cited</span>'
    met = "found, not cited" if normalise(title) in found else "not found"
    return f'<span class="short">{met}</span>'


def _scores(row: Row, short: Sequence[str]) -> str:
    """A line each for the measures that graded the case; the others, and why, below."""
    scores = row["scores"]
    groups = "".join(
        f'<tbody><tr class="group"><th scope="rowgroup" colspan="3">{inert(group)}</th></tr>'
        + "".join(_score(name, scores[name], name in short) for name in names)
        + "</tbody>"
        for group, names in grouped(n for n, score in scores.items() if score["value"] is not None)
    )
    left: dict[str, list[str]] = {}
    for name, score in scores.items():
        if score["value"] is None:
            left.setdefault(score["why"], []).append(name)
    ungraded = "; ".join(f"{', '.join(names)} ({why})" for why, names in left.items())
    return (
        '<section class="scores"><h3>Scores</h3><table><thead><tr><th scope="col">measure</th>'
        f'<th scope="col">value</th><th scope="col">why</th></tr></thead>{groups}</table>'
        + (f'<p class="soft">Not graded: {inert(ungraded)}.</p>' if left else "")
        + "</section>"
    )


def _score(name: str, score: Mapping[str, Any], fell: bool) -> str:
    return (
        f'<tr class="{"fell" if fell else "held"}"><th scope="row">{inert(name)}</th>'
        f"<td>{number(name, score['value'])}</td><td>{inert(score['why'])}</td></tr>"
    )
