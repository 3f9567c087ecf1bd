"""Earlier turns, from the ``{"role", "content"}`` messages that files and endpoints carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from index.errors import ConfigError
from rag.types import Turn

_LARGEST_MARKER = 999_999

Cited = tuple[tuple[int, str], ...]


def turns_from_messages(messages: object) -> tuple[Turn, ...]:
    """Question and answer pairs, oldest first.

    A question that was never answered becomes a turn with an empty answer; neighbouring messages
    of one role are joined; system messages are left out. An answer may carry its "citations", as
    ``Answer.to_dict`` writes them. Raises ConfigError for anything that is not a list of messages,
    for an answer that no question came before, and for citations that contradict each other.
    """
    if not isinstance(messages, list):
        raise ConfigError('must be a list of {"role", "content"} messages')
    turns: list[Turn] = []
    last = ""
    for number, message in enumerate(messages, start=1):
        role, content, cited = _message(message, number)
        if role == "system":
            continue
        if role == "user" and last == "user":
            turns[-1] = Turn(f"{turns[-1].question}\n{content}", "")
        elif role == "user":
            turns.append(Turn(content, ""))
        elif not turns:
            raise ConfigError(f"message {number} is an answer, but no question comes before it")
        else:
            before = turns[-1]
            text = f"{before.answer}\n{content}" if before.answer else content
            turns[-1] = Turn(before.question, text, _joined(before.cited, cited))
        last = role
    return tuple(turns)


def numbers_of(turns: Iterable[Turn]) -> dict[str, int]:
    """Paper id -> the marker that it has in the conversation, each marker one paper's.

    Where turns disagree, as answers that were numbered on their own do, the later one counts: it
    is what the reader sees last.
    """
    numbers: dict[str, int] = {}
    for turn in turns:
        for pair in turn.cited:
            numbers = {paper: n for n, paper in _joined(_pairs(numbers), (pair,))}
    return numbers


def _pairs(numbers: Mapping[str, int]) -> Cited:
    return tuple((marker, paper) for paper, marker in numbers.items())


def _joined(earlier: Cited, later: Cited) -> Cited:
    """Both; what is in the later one takes the place of what contradicts it."""
    markers, papers = {marker for marker, _ in later}, {paper for _, paper in later}
    kept = (pair for pair in earlier if pair[0] not in markers and pair[1] not in papers)
    return (*kept, *later)


def _message(message: object, number: int) -> tuple[str, str, Cited]:
    if not isinstance(message, Mapping):
        raise ConfigError(f'message {number} is not a {{"role", "content"}} object')
    role, content = message.get("role"), message.get("content")
    if role not in ("user", "assistant", "system"):
        raise ConfigError(f'message {number} has the role {role!r}; write "user" or "assistant"')
    if not isinstance(content, str):
        raise ConfigError(f'message {number} has no text in "content"')
    citations = message.get("citations") if role == "assistant" else None
    return role, content, _cited([] if citations is None else citations, number)


def _cited(citations: object, number: int) -> Cited:
    """(marker, paper id) of each paper, in the order of the citations."""
    if not isinstance(citations, list):
        raise ConfigError(f'message {number} has "citations" that are no list')
    pairs = tuple(dict.fromkeys(_pair(citation, number) for citation in citations))
    markers, papers = {marker for marker, _ in pairs}, {paper for _, paper in pairs}
    if not len(markers) == len(papers) == len(pairs):
        raise ConfigError(
            f"message {number} has citations that contradict each other: one marker stands for one "
            "paper"
        )
    return pairs


def _pair(citation: object, number: int) -> tuple[int, str]:
    found = citation if isinstance(citation, Mapping) else {}
    marker, paper = found.get("marker"), found.get("paper")
    name = paper.get("id") if isinstance(paper, Mapping) else None
    if not isinstance(marker, int) or isinstance(marker, bool) or not isinstance(name, str):
        marker, name = 0, ""
    if not 1 <= marker <= _LARGEST_MARKER or not name:
        raise ConfigError(
            f'message {number} has a citation that is no {{"marker": 1, "paper": {{"id"}}}} object'
        )
    return marker, name
