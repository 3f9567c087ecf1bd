"""The verbs about accounts: ``paperchat account add``, ``list`` and ``remove``."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from ui.options import DebugOption, run_guarded
from ui.terminal import clean, emit, note

account = typer.Typer(
    help="The accounts of a page that is shared; see paperchat chat --auth.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME")]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="Where accounts are; by default your data folder."),
]


@account.command(epilog="Example: paperchat account add anna")
def add(name: NameArgument, file: FileOption = None, debug: DebugOption = False) -> None:
    """Add an account, or change its password, which is asked for."""

    def work() -> None:
        from ui.accounts import Accounts, check_name

        check_name(name)
        accounts = Accounts(file)
        new = accounts.put(name, _asked())
        note(f"{name} {'may use' if new else 'has a new password for'} the page: chat --auth")

    run_guarded(work, debug=debug)


@account.command(name="list", epilog="Example: paperchat account list")
def list_names(file: FileOption = None, debug: DebugOption = False) -> None:
    """List the accounts."""

    def work() -> None:
        from ui.accounts import Accounts

        emit("".join(f"{name}\n" for name in Accounts(file).names()))

    run_guarded(work, debug=debug)


@account.command(epilog="Example: paperchat account remove anna")
def remove(name: NameArgument, file: FileOption = None, debug: DebugOption = False) -> None:
    """Remove an account, and end its visits at once; its conversations stay."""

    def work() -> None:
        from ui.accounts import Accounts

        if not Accounts(file).remove(name):
            note(f"error: there is no account {clean(name)}")
            raise typer.Exit(1)
        note(f"{name} may not use the page any more")

    run_guarded(work, debug=debug)


def _asked() -> str:
    """The password: typed twice, unseen, or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("The same once more: ") != password:
        raise typer.BadParameter("the two are not the same")
    return password
