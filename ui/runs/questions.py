"""Questions of a run, or of two, each with what was wanted and what was answered. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ui.prose import prose
from ui.runs.comparing import Pair, changes, shortfalls
from ui.runs.measures import naming, shown
from ui.runs.types import Case, Cited, Reply
from ui.typography import inert, typeset

Replies = Mapping[str, Reply | None]

_LONG = 900  # characters of an answer from which the rest of it is folded
_MANY = 6  # papers from which the rest of them is folded
_TOLD = 5  # measures that a question is introduced with; all of them are below it


def questions_markup(shown_pairs: Sequence[Pair], before: Replies, after: Replies) -> str:
    """The questions in their order; ``before`` and ``after`` are the answers by id."""
    if not shown_pairs:
        return '<p class="pc-aside">No question fits these choices.</p>'
    return "".join(_question(pair, before, after) for pair in shown_pairs)


def _question(pair: Pair, before: Replies, after: Replies) -> str:
    case = pair.after
    told = list(changes(pair) if pair.before else shortfalls(case))[:_TOLD]
    sides = [_side(case, after.get(case.id), "B" if pair.before else "", told)]
    if pair.before is not None:
        sides.insert(0, _side(pair.before, before.get(case.id), "A", told))
    return (
        f'<article class="pc-case"><header><h3>{typeset(case.question)}</h3>'
        f'<p class="pc-tags"><span>{inert(case.type.replace("_", " "))}</span>'
        f"<span>{inert(case.id)}</span>{_changed(pair)}</p></header>{_wanted(case)}"
        f'<div class="pc-sides">{"".join(sides)}</div>{_scores(pair)}</article>'
    )


def _changed(pair: Pair) -> str:
    """What changed, or falls short, the most of it first; times and lengths are left out."""
    case, before = pair.after, pair.before
    amounts = changes(pair) if before else shortfalls(case)
    told = []
    for name, amount in list(amounts.items())[:_TOLD]:
        now, words = _value(case, name), inert(naming(name).words)
        if before is None:
            told.append(f'<b class="pc-worse">{words} {now}</b>')
        else:
            kind = "better" if amount > 0 else "worse"
            told.append(f'<b class="pc-{kind}">{words} {_value(before, name)} → {now}, {kind}</b>')
    left = len(amounts) - len(told)
    return "".join(told) + (f"<span>{left} more below</span>" if left else "")


def _value(case: Case, measure: str) -> str:
    score = case.scores.get(measure)
    written = shown(measure, score.value if score else None)
    return written.rstrip("0").rstrip(".") if "." in written else written


def _wanted(case: Case) -> str:
    parts = []
    if not case.answerable:
        parts.append("<p>A refusal: the papers don’t answer this.</p>")
    if case.wanted:
        parts.append(_folded([f"<li>{typeset(title)}</li>" for title in case.wanted]))
    if case.must_contain:
        words = ", ".join(f"“{inert(words)}”" for words in case.must_contain)
        parts.append(f"<p>In the answer: {words}</p>")
    if not parts:
        return ""
    return f'<div class="pc-wanted"><h4>Wanted</h4><div>{"".join(parts)}</div></div>'


def _side(case: Case, reply: Reply | None, letter: str, told: Iterable[str]) -> str:
    title = f'<b class="pc-letter pc-{letter.lower()}">{letter}</b> ' if letter else ""
    if reply is None:
        why = inert(case.error) or "The answer can’t be read."
        head, body = "Failed" if case.error else "No answer", f"<p>{why}</p>"
    else:
        head = "Refused" if reply.refused else "Answer"
        body = _answer(case, reply)
    kind = "pc-said" if head == "Answer" else "pc-said pc-unsaid"
    return f'<section class="{kind}"><h4>{title}{head}</h4>{body}{_reasons(case, told)}</section>'


def _reasons(case: Case, measures: Iterable[str]) -> str:
    """Why the scores that changed, or fall short, are what they are."""
    whys = [(name, score.why) for name in measures if (score := case.scores.get(name))]
    items = [f"<li>{inert(naming(n).words)}: {typeset(why)}</li>" for n, why in whys if why]
    return f'<ul class="pc-whys">{"".join(items)}</ul>' if items else ""


def _answer(case: Case, reply: Reply) -> str:
    parts = []
    if reply.read_as and reply.read_as.split() != case.question.split():
        parts.append(f'<p class="pc-aside">Read as: {typeset(reply.read_as)}</p>')
    parts.append(_text(reply.text or reply.reason))
    if reply.cited:
        heading = "Papers" if not any(cited.markers for cited in reply.cited) else "Cites"
        items = [_cited(cited, case.wanted) for cited in reply.cited]
        parts.append(f"<h5>{heading}</h5>{_folded(items)}")
    return "".join(parts)


def _text(text: str) -> str:
    """The answer, a long one cut between two words, with the whole of it folded below."""
    cut = text.rfind(" ", 0, _LONG) if len(text) > 1.4 * _LONG else -1
    if cut <= 0:
        return f'<div class="pc-text">{prose(text, 0, (), ())}</div>'
    return (
        f'<div class="pc-text pc-start">{prose(text[:cut] + " …", 0, (), ())}</div>'
        '<details class="pc-rest"><summary>The whole answer</summary>'
        f'<div class="pc-text">{prose(text, 0, (), ())}</div></details>'
    )


def _cited(cited: Cited, wanted: Sequence[str]) -> str:
    markers = "".join(f"&#91;{marker}&#93;" for marker in cited.markers)
    found = cited.title in wanted
    told = ' <em class="pc-better">wanted</em>' if found else ""
    return f"<li>{markers} {typeset(cited.title)}{told}</li>"


def _folded(items: Sequence[str]) -> str:
    """A list of papers, the most of a long one folded."""
    if len(items) <= _MANY + 1:
        return f"<ul>{''.join(items)}</ul>"
    rest = items[_MANY:]
    return (
        f"<ul>{''.join(items[:_MANY])}</ul><details><summary>{len(rest):,} more</summary>"
        f"<ul>{''.join(rest)}</ul></details>"
    )


def _scores(pair: Pair) -> str:
    """Every measure that grades the question, and why it has that score."""
    cases = [case for case in (pair.before, pair.after) if case is not None]
    names = dict.fromkeys(name for case in cases for name in case.scores)
    graded = [n for n in names if any(_graded(case, n) for case in cases)]
    rows = "".join(
        f'<tr><th scope="row">{inert(naming(name).words)}</th>'
        + "".join(f'<td class="pc-n">{_value(case, name)}</td>' for case in cases)
        + f"<td>{_whys(cases, name)}</td></tr>"
        for name in graded
    )
    values = ["A", "B"] if len(cases) == 2 else ["Score"]
    columns = "".join(f'<th scope="col" class="pc-n">{head}</th>' for head in values)
    return (
        '<details class="pc-scores"><summary>All scores</summary><table>'
        f'<thead><tr><th scope="col">Measure</th>{columns}<th scope="col">Why</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def _graded(case: Case, measure: str) -> bool:
    score = case.scores.get(measure)
    return score is not None and score.value is not None


def _whys(cases: Iterable[Case], measure: str) -> str:
    found = [(letter, case.scores.get(measure)) for letter, case in zip("AB", cases, strict=False)]
    told = {letter: score.why for letter, score in found if score is not None and score.why}
    if len(told) == 2 and told["A"] == told["B"]:
        return typeset(told["A"])
    alone = len(found) == 1
    return "<br>".join(
        typeset(why) if alone else f"{letter}: {typeset(why)}" for letter, why in told.items()
    )
