"""Files of questions in, files of results out, line by line and in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from index.errors import ConfigError, CorpusError, PaperchatError
from rag.history import turns_from_messages
from rag.types import Turn

Work = Callable[["Request"], dict[str, Any]]
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One line of a batch. ``id`` is whatever JSON value the line had."""

    id: Any
    question: str
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchReport:
    """``resumed`` lines were there from an earlier run; ``failed`` ones carry an error."""

    done: int
    failed: int
    resumed: int


def run_batch(
    source: Path, out: Path | None, work: Work, *, resume: bool = False, progress: Progress
) -> BatchReport:
    """Answers each line of ``source`` and writes ``{"id"} + result`` to ``out``, in order.

    A line that can't be read or answered gives ``{"id", "error"}``, and the run goes on. ``out``
    None is stdout. With ``resume``, the lines that an earlier run finished are kept, up to the
    first one that failed or doesn't belong. Raises CorpusError when ``source`` can't be read and
    ConfigError when ``out`` can't be written.
    """
    lines = _lines(source)
    kept = _finished(out, lines) if resume and out is not None else []
    failed = 0
    with _output(out, kept) as sink:
        for number in range(len(kept), len(lines)):
            progress(number, len(lines))
            result = _result(*lines[number], source.name, work)
            failed += "error" in result
            sink.write(json.dumps(result, ensure_ascii=False) + "\n")
            sink.flush()
        progress(len(lines), len(lines))
    return BatchReport(len(lines) - len(kept) - failed, failed, len(kept))


def parse_request(line: str) -> Request:
    """A line's question. Raises ConfigError that says what is wrong with it."""
    fields = _object(line)
    if fields is None:
        raise ConfigError('not a JSON object with "id" and "question"')
    if "id" not in fields:
        raise ConfigError('"id" is missing')
    question = fields.get("question")
    if not isinstance(question, str) or not question.strip():
        raise ConfigError('"question" must be a text that is not empty')
    try:
        history = turns_from_messages(fields.get("history") or [])
    except ConfigError as error:
        raise ConfigError(f'"history": {error}') from error
    return Request(fields["id"], question, history)


def _result(number: int, line: str, source: str, work: Work) -> dict[str, Any]:
    fields = _object(line) or {}
    failed = {"id": fields.get("id")}
    try:
        request = parse_request(line)
    except ConfigError as error:
        return failed | {"error": f"{source}:{number}: {error}"}
    try:
        return {"id": request.id} | work(request)
    except PaperchatError as error:
        return failed | {"error": str(error)}
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - one line must not cost the others
        return failed | {"error": f"{type(error).__name__}: {error}"}


def _object(line: str) -> dict[str, Any] | None:
    with suppress(ValueError, RecursionError):
        value = json.loads(line)
        return value if isinstance(value, dict) else None
    return None


def _lines(source: Path) -> list[tuple[int, str]]:
    """Line numbers and lines, without the blank ones."""
    try:
        text = sys.stdin.read() if str(source) == "-" else source.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CorpusError(f"{source}: does not exist; check the path") from error
    except (OSError, UnicodeDecodeError) as error:
        message = f"{source}: can't be read as UTF-8 text ({error}); name a JSONL file"
        raise CorpusError(message) from error
    return [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _finished(out: Path, lines: Sequence[tuple[int, str]]) -> list[str]:
    """The lines of an earlier run's output that answer the first lines of the input."""
    if not out.exists():
        return []
    kept: list[str] = []
    written = out.read_text(encoding="utf-8", errors="replace").split("\n")
    for line, (_, asked) in zip(written, lines, strict=False):
        result, request = _object(line), _object(asked)
        if result is None or request is None or "error" in result:
            break
        if "id" not in result or result["id"] != request.get("id"):
            break
        kept.append(line)
    return kept


@contextmanager
def _output(out: Path | None, kept: Sequence[str]) -> Iterator[IO[str]]:
    if out is None:
        yield sys.stdout
        return
    try:
        if kept:
            _rewrite(out, kept)
        else:
            out.parent.mkdir(parents=True, exist_ok=True)
        sink: IO[str] = out.open(
            "a" if kept else "w", encoding="utf-8", errors="backslashreplace", newline="\n"
        )
    except OSError as error:
        raise ConfigError(f"{out}: can't be written ({error}); name another --out") from error
    with sink:
        yield sink


def _rewrite(out: Path, kept: Sequence[str]) -> None:
    """Cuts the file back to the kept lines; a kill on the way leaves the old file."""
    part = out.with_name(out.name + ".part")
    part.write_text("".join(line + "\n" for line in kept), encoding="utf-8", newline="\n")
    part.replace(out)
