"""``python -m evals VERB``, where --help tells the verbs; ``paperchat eval`` is the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence, Set

import typer
from typer.core import TyperGroup

from evals.terminal import DebugFlag, keys
from evals.verbs import benchmark, convert, draft, gate, judge, look, review, run, sweep
from index.redaction import install

app = typer.Typer(
    name="evals",
    help="Measure how good answers are, and whether a change made them better.",
    epilog="Example: PROG run my-cases.jsonl --out runs/first",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _start(ctx: typer.Context, debug: DebugFlag = False) -> None:
    ctx.obj = debug


for _verbs in (run, judge, gate, look, convert, draft, review, benchmark, sweep):
    _verbs.register(app)


def main(
    arguments: Sequence[str] | None = None,
    common: Sequence[str] = (),
    prog: str = "python -m evals",
    more: Mapping[str, typer.Typer] | None = None,
) -> int:
    """Runs a verb and gives its exit code: 0, 2 for a usage error, 1 for any other.

    ``common`` are options that were given before ``eval``; verbs that lack them ignore them.
    ``more`` are verbs of the caller's, by name, each an application of one command.
    """
    install(keys())
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--debug" in common:
        given.insert(0, "--debug")
    command = _called(prog, more or {})
    verbs = [command.commands[word] for word in given[:2] if word in command.commands][:1]
    options = {name for verb in verbs for option in verb.params for name in option.opts}
    try:
        command([*given, *_taken(common, options - {"--debug"})], prog_name=prog)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _taken(common: Sequence[str], options: Set[str]) -> Iterator[str]:
    """Those of what was given that are such options, with their values."""
    taken = False
    for word in common:
        taken = word in options if word.startswith("--") else taken
        if taken:
            yield word


def _called(prog: str, more: Mapping[str, typer.Typer]) -> TyperGroup:
    """The command, with examples that name the program as it was called."""
    command = typer.main.get_group(app)
    for name, single in more.items():
        command.add_command(typer.main.get_command(single), name)
    for each in (command, *command.commands.values()):
        each.epilog = (each.epilog or "").replace("PROG", prog)
    return command


if __name__ == "__main__":
    sys.exit(main())
