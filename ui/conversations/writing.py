"""The verb that writes ratings as a cases file."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from index.errors import ConfigError
from ui.conversations.cases import cases_from
from ui.conversations.store import ConversationStore
from ui.terminal import emit, note


def write_cases(out: Path | None, user: str | None) -> None:
    """Writes the cases of a user's ratings (None: everyone's) to a new file, or to stdout.

    Raises ConfigError where the file is there already, since somebody may have reviewed what it
    holds, or can't be written.
    """
    with closing(ConversationStore.open()) as store:
        cases = list(cases_from(store.ratings(user)))
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    waiting = sum(not case.get("reviewed", True) for case in cases)
    if out is None:
        emit(lines)
    elif cases:
        _write(out, lines)
    note(f"{len(cases)} cases, {waiting} of them to be reviewed" if cases else "nothing is rated")


def _write(out: Path, lines: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(lines)
    except FileExistsError as error:
        raise ConfigError(f"{out} is there already; name a new file") from error
    except OSError as error:
        raise ConfigError(f"{out} can't be written: {error.strerror}") from error
