"""The page with all that it can have, as a program: ``python -m tests.ui.whole FOLDER``.

Accounts, kept conversations, a real store of the first papers of the sample, eval runs and
settings; its answers come from the scripted assistant.
"""

from __future__ import annotations

import sys
from pathlib import Path

PAPERS = 24


def main() -> None:
    """Serves until interrupted; all that is kept is in the folder."""
    from index.hash_embedding import HashEmbedder
    from index.readers import read_all, sample_pages
    from index.store import PaperIndex
    from tests.ui.asker import INFO, ScriptedAsker
    from tests.ui.runs.folders import keep_all
    from tests.ui.shared import accounts_in, tell
    from ui.conversations.store import ConversationStore
    from ui.site import Site, Start
    from ui.web import serve_page

    folder = Path(sys.argv[1])
    keep_all(folder / "runs")
    asker = ScriptedAsker(tell=tell)
    with PaperIndex.open(folder / "store", embedder=HashEmbedder()) as index:
        index.add(list(read_all(sample_pages()))[:PAPERS])
        site = Site(
            lambda _: asker,
            lambda: INFO,
            conversations=ConversationStore.open(folder / "conversations.sqlite3"),
            library=index,
            runs=folder / "runs",
            models=lambda _: ("one", "another"),
            start=Start("openai:gpt-5-mini", "https://api.openai.com/v1", has_key=True),
        )
        serve_page(
            site,
            open_browser=False,
            ready=lambda address: tell(ready=address),
            accounts=accounts_in(folder),
        )


if __name__ == "__main__":
    main()
