"""The options that every verb takes, and how a verb's failures reach the user."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from index.errors import PaperchatError
from index.redaction import install, redact
from ui.terminal import clean, note

if TYPE_CHECKING:
    from rag.settings import Settings

StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="STORE", help="A folder, http://host:port or cloud:."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="MODEL", help="extractive, openai:MODEL or scripted:FILE writes answers."
    ),
]
EmbedderOption = Annotated[
    str | None,
    typer.Option("--embedder", metavar="SPEC", help="minilm, openai:MODEL or fastembed:MODEL."),
]
OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Never open a connection, whatever keys are set.")
]
Length = Literal["short", "normal", "long"]  # both are rag.manner's; importing rag takes a while
Strictness = Literal["lenient", "normal", "strict"]
LengthOption = Annotated[Length | None, typer.Option("--length", help="How long answers are.")]
StrictnessOption = Annotated[
    Strictness | None, typer.Option("--strictness", help="How sure an answer has to be.")
]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

HostOption = Annotated[
    str | None,
    typer.Option("--host", help="An address of this machine; beyond 127.0.0.1 with --auth only."),
]
PortOption = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="By default 7860 or the next free.")
]
BrowserFlag = Annotated[
    bool | None, typer.Option("--browser/--no-browser", help="Open the browser, or not.")
]
AuthFlag = Annotated[
    bool | None,
    typer.Option("--auth/--no-auth", help="Visitors log in; see paperchat account add."),
]
AuthFile = Annotated[
    Path | None, typer.Option("--auth-file", metavar="FILE", help="The accounts of another file.")
]
AllowedHosts = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        metavar="NAME",
        help="A name that visitors know the page by, as behind a proxy; with --auth only. "
        "Repeatable.",
    ),
]

_COMMON: dict[str, tuple[Any, Any]] = {
    "store": (StoreOption, None),
    "model": (ModelOption, None),
    "embedder": (EmbedderOption, None),
    "length": (LengthOption, None),
    "strictness": (StrictnessOption, None),
    "offline": (OfflineOption, False),
    "debug": (DebugOption, False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The common options as they were given."""

    store: str | None = None
    model: str | None = None
    embedder: str | None = None
    length: Length | None = None
    strictness: Strictness | None = None
    offline: bool = False
    debug: bool = False

    def over(self, earlier: Options) -> Options:
        """These options, filled up with those given before the verb."""
        return Options(
            store=self.store or earlier.store,
            model=self.model or earlier.model,
            embedder=self.embedder or earlier.embedder,
            length=self.length or earlier.length,
            strictness=self.strictness or earlier.strictness,
            offline=self.offline or earlier.offline,
            debug=self.debug or earlier.debug,
        )

    def settings(self) -> Settings:
        """The settings: these options, then the environment, then the defaults."""
        from rag.settings import Settings

        return Settings.from_env(
            store=self.store,
            model=self.model,
            embedder=self.embedder,
            length=self.length,
            strictness=self.strictness,
            offline=self.offline,
        )

    def arguments(self) -> list[str]:
        """The options as they would be typed."""
        named = {
            "--store": self.store,
            "--model": self.model,
            "--embedder": self.embedder,
            "--length": self.length,
            "--strictness": self.strictness,
        }
        given = [part for name, value in named.items() if value for part in (name, value)]
        flags = {"--offline": self.offline, "--debug": self.debug}
        return given + [name for name, on in flags.items() if on]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the page is served and who may come in, as it was given; None is not given."""

    host: str | None = None
    port: int | None = None
    browser: bool | None = None
    auth: bool | None = None
    auth_file: Path | None = None
    allow_host: tuple[str, ...] | None = None

    def over(self, earlier: Door) -> Door:
        """These options, filled up with those given before the verb."""
        given = {name: getattr(self, name) for name in _DOOR}
        known = {name: value for name, value in given.items() if value is not None}
        return replace(earlier, **known)

    def given(self) -> list[str]:
        """The names of the options that were given."""
        return [name.replace("_", "-") for name in _DOOR if getattr(self, name) is not None]


_DOOR = tuple(field.name for field in fields(Door))


def verb(function: Callable[..., None]) -> Callable[..., None]:
    """A command for typer: adds the common options and turns errors into exit codes.

    The function takes an ``Options`` first. Errors of the product and broken pipes end in one line
    or none; what else is raised ends in one line that names ``--debug``.
    """
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _COMMON.items()
    ]
    wants_context = any(parameter.name == "ctx" for parameter in own)
    if not wants_context:
        own.append(inspect.Parameter("ctx", shared[0].kind, annotation=typer.Context))

    @functools.wraps(function)
    def command(**values: Any) -> None:  # noqa: ANN401 - whatever the verb's options are
        ctx: typer.Context = values["ctx"] if wants_context else values.pop("ctx")
        options = Options(**{name: values.pop(name) for name in _COMMON})
        if isinstance(ctx.obj, Options):
            options = options.over(ctx.obj)
        ctx.obj = options
        install(_keys())
        run_guarded(lambda: function(options, **values), debug=options.debug)

    as_keywords = [p.replace(kind=shared[0].kind) for p in (*own, *shared)]
    command.__signature__ = inspect.Signature(as_keywords)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in as_keywords}
    return command


def run_guarded(work: Callable[[], None], *, debug: bool) -> None:
    """Runs the work of a verb; raises typer.Exit with the contract's code where it fails."""
    try:
        work()
        sys.stdout.flush()
    except BrokenPipeError as error:
        silence_stdout()
        raise typer.Exit(0) from error
    except PaperchatError as error:
        _explain(str(error), debug=debug)
        raise typer.Exit(1) from error
    except (typer.Exit, typer.Abort, typer.TyperException):
        raise
    except Exception as error:  # a user gets one line, whatever broke
        hint = "" if debug else "; run with --debug to see where"
        _explain(f"{type(error).__name__}: {error}{hint}", debug=debug)
        raise typer.Exit(1) from error


def silence_stdout() -> None:
    """Sends what is still buffered nowhere, since nobody reads it any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _explain(message: str, *, debug: bool) -> None:
    if debug:
        note(redact(traceback.format_exc(), _keys()))
    note(f"error: {redact(clean(message), _keys())}")


def _keys() -> list[str | None]:
    return [os.environ.get(name) for name in ("OPENAI_API_KEY", "CHROMA_API_KEY")]
