"""Stretches of time in words with what bounds them ("since July", "2021 or 2023"). Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from rag.collection.points import POINT, Clock, Resolved, has_year, resolve

_BARE_NEEDS = re.compile(
    r"(?:\b(?:in|from|since|during|before|after|until|till|to|and|or|of|between|by|through|than|"
    r"for|mid|last|this|month|within)|[-–,])\s*$",
    re.IGNORECASE,
)
_OPERATOR = re.compile(
    r"""\b(?:(?:dated|published|released|from|out|submitted)\s+)?(?:
      (?P<after>(?:newer|later|more\s+recent|younger)\s+than|after|post|beyond)
    | (?P<since>since|starting(?:\s+(?:in|from|with|on))?|beginning\s+(?:in|with)|as\s+(?:of|from)
        |not\s+before|no\s+earlier\s+than)(?:\s+the\s+(?:start|beginning)\s+of)?
    | (?P<before>(?:older|earlier)\s+than|before|prior\s+to|predating|predates?|pre)
    | (?P<until>up\s+(?:to|until)|until|till|through|by\s+the\s+end\s+of|no\s+later\s+than
        |not\s+(?:after|later\s+than))(?:\s+the\s+end\s+of)?
    | (?P<between>between)
    | (?P<plain>in|during|of|within|on|over|for|from|throughout)
    )?[\s-]*(?:the\s+)?$""",
    re.IGNORECASE | re.VERBOSE,
)
_DATED = re.compile(r"\b(?:dated|published|released|from)\s*$", re.IGNORECASE)
_JOIN = re.compile(
    r"\s*(?:(?P<many>,\s*(?:and|or)\b|,|\bor\b|\band\b|&)|[-–]|\b(?:to|until|till|through)\b)\s*"
    r"(?:(?:in|from|of)\s+)?",
    re.IGNORECASE,
)
_ENDS = r"(?=\s*(?:$|[?.,;!¦]|with\b|have\b|that\b|by\b))"  # nothing is named that bounds it
_ON = re.compile(
    rf"\s+(?:onwards?|(?:(?:and|or)\s+(?:later|after|onwards?|newer)|on){_ENDS})", re.IGNORECASE
)
_BACK = re.compile(rf"\s+(?:and|or)\s+(?:earlier|before|older){_ENDS}", re.IGNORECASE)
_MOST = 12  # stretches in an enumeration
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time found at ``start`` to ``end`` of a text: first and last day, inclusive.

    ``notes`` say how what is ambiguous was read.
    """

    start: int
    end: int
    since: dt.date | None
    until: dt.date | None
    notes: tuple[str, ...] = ()


def find_spans(text: str, clock: Clock) -> tuple[Span, ...]:
    """The first stretch of time in a text and those that are enumerated with it, in order.

    "in March and June 2022" gives two; "between March and June 2022" one.
    """
    for match in POINT.finditer(text):
        before = text[: match.start()]
        if match["bare"] and not match["turn"] and not _BARE_NEEDS.search(before):
            continue
        first = _bounded(text, match, clock)
        if first is not None:
            return (first, *_enumerated(text, first.end, clock))
    return ()


def _enumerated(text: str, position: int, clock: Clock) -> list[Span]:
    """The stretches that follow, joined by commas, "and" or "or"."""
    found: list[Span] = []
    while len(found) < _MOST:
        join = _JOIN.match(text, position)
        point = POINT.match(text, join.end()) if join and join["many"] else None
        resolved = resolve(point, clock, year=_lent(text, point, clock)) if point else None
        if point is None or resolved is None:
            break
        found.append(Span(position, point.end(), *resolved))
        position = point.end()
    return found


def _lent(text: str, point: re.Match[str], clock: Clock) -> int | None:
    """The year of the next stretch in the enumeration that has one, for one that has none."""
    if has_year(point):
        return None
    at: re.Match[str] | None = point
    for _ in range(_MOST):
        join = _JOIN.match(text, at.end()) if at else None
        at = POINT.match(text, join.end()) if join else None
        if at is None:
            return None
        if has_year(at):
            resolved = resolve(at, clock)
            return resolved[0].year if resolved else None
    return None


def _bounded(text: str, match: re.Match[str], clock: Clock) -> Span | None:
    """The stretch with its operator before it ("since") or behind it ("onwards")."""
    before = _OPERATOR.search(text[: match.start()])
    operator, start = "", match.start()
    if before:
        operator = next((name for name, hit in before.groupdict().items() if hit), "")
        start = before.start() if operator else start
    dated = _DATED.search(text[:start])
    start = dated.start() if dated else start
    join = _JOIN.match(text, match.end())
    second = POINT.match(text, join.end()) if join else None
    between = operator == "between"
    if join and second and (between or (not join["many"] and operator in ("", "plain"))):
        return _range(match, second, start, clock)
    if between:
        return None
    opens = operator in ("after", "since")
    resolved = resolve(match, clock, year=_lent(text, match, clock), opens=opens)
    return _applied(text, match.end(), start, operator, resolved) if resolved else None


def _applied(text: str, end: int, start: int, operator: str, resolved: Resolved) -> Span | None:
    since, until, notes = resolved
    after, back = _ON.match(text, end), _BACK.match(text, end)
    end = after.end() if after else back.end() if back else end
    try:
        if operator == "after":
            return Span(start, end, until + _DAY, None, notes)
        if operator == "before":
            return Span(start, end, None, since - _DAY, notes)
    except OverflowError:
        return None
    if operator == "since" or after:
        return Span(start, end, since, None, notes)
    if operator == "until" or back:
        return Span(start, end, None, until, notes)
    return Span(start, end, since, until, notes)


def _range(first: re.Match[str], last: re.Match[str], start: int, clock: Clock) -> Span | None:
    """From one stretch to another; one that has no year takes that of the other."""
    if has_year(first) and not has_year(last):
        at = resolve(first, clock)
        to = resolve(last, clock, year=at[0].year) if at else None
        if at and to and to[1] < at[0]:
            to = resolve(last, clock, year=at[0].year + 1)
    else:
        to = resolve(last, clock)
        lent = to[0].year if to and not has_year(first) else None
        at = resolve(first, clock, year=lent)
        if at and to and lent and at[0] > to[1]:
            at = resolve(first, clock, year=lent - 1)
    if at is None or to is None or at[0] > to[1]:
        return None
    return Span(start, last.end(), at[0], to[1], (*at[2], *to[2]))
