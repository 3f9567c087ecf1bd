"""What a person at the terminal gets: data on stdout, notes and errors on stderr."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from index.errors import PaperchatError
from index.redaction import redact

DebugFlag = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """The text without characters that steer a terminal or turn its direction."""
    return _CONTROL.sub("", text)


def guarded(work: Callable[[], None], *, debug: bool) -> None:
    """Does the work of a verb; an error becomes one line and exit code 1 (``typer.Exit``)."""
    try:
        work()
        sys.stdout.flush()
    except PaperchatError as error:
        _explain(str(error), debug=debug)
        raise typer.Exit(1) from error
    except (typer.Exit, typer.TyperException):
        raise
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from error
    except Exception as error:  # a user gets one line, whatever broke
        hint = "" if debug else "; run with --debug to see where"
        _explain(f"{type(error).__name__}: {error}{hint}", debug=debug)
        raise typer.Exit(1) from error


def _explain(message: str, *, debug: bool) -> None:
    if debug:
        note(redact(traceback.format_exc().rstrip(), keys()))
    note(f"error: {redact(message, keys())}")


def keys() -> list[str | None]:
    """The secrets of the environment, which nothing that is printed may hold."""
    return [os.environ.get(name) for name in ("OPENAI_API_KEY", "CHROMA_API_KEY")]


def put(what: object) -> None:
    """Prints a table, or a text as it is but for what steers a terminal."""
    from rich.console import Console

    shown = clean(what) if isinstance(what, str) else what
    Console(highlight=False, markup=False, soft_wrap=isinstance(what, str)).print(shown)


def put_json(value: Mapping[str, Any]) -> None:
    """Prints data."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def note(message: str) -> None:
    """A line for a person, on stderr; what steers a terminal is left out."""
    sys.stderr.write(clean(message) + "\n")
