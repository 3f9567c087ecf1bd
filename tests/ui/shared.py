"""A page with accounts over the scripted assistant: ``python -m tests.ui.shared FOLDER``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ui.accounts import Accounts, Cost

NAME = "Papers.example.org"
PASSWORDS = {"anna": "correct horse battery", "ben": "staple gun and tape"}


def accounts_in(folder: Path) -> Accounts:
    """Those of the passwords, cheaply hashed."""
    accounts = Accounts(folder / "accounts", cost=Cost(2**10))
    for name, password in PASSWORDS.items():
        accounts.put(name, password)
    return accounts


def tell(**what: object) -> None:
    """A line of JSON for the test that has started the program."""
    print(json.dumps(what), flush=True)  # noqa: T201


def main() -> None:
    """Serves until interrupted; the accounts and the conversations are in the folder."""
    from tests.ui.asker import INFO, ScriptedAsker
    from ui.conversations.store import ConversationStore
    from ui.site import Site
    from ui.web import serve_page

    folder = Path(sys.argv[1])
    asker = ScriptedAsker(tell=tell)
    kept = ConversationStore.open(folder / "conversations.sqlite3")
    site = Site(lambda _: asker, lambda: INFO, conversations=kept)
    serve_page(
        site,
        open_browser=False,
        ready=lambda address: tell(ready=address),
        accounts=accounts_in(folder),
        names=[NAME],
    )


if __name__ == "__main__":
    main()
