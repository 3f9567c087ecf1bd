"""The page as the command starts it: ``python -m tests.ui.starting STORE SECONDS``.

SECONDS is a pause after each batch of papers that is added. What the command says on stderr is
told on stdout, too.
"""

from __future__ import annotations

import json
import re
import sys
import time


def main() -> None:
    """Serves until interrupted."""
    from index import ingest
    from ui import asking, filling
    from ui.options import Door, Options
    from ui.terminal import note

    store, pause = sys.argv[1], float(sys.argv[2])
    ingest.BATCH = 40

    def tell(**what: object) -> None:
        print(json.dumps(what), flush=True)  # noqa: T201

    def noted(message: str) -> None:
        note(message)
        if found := re.search(r"http://\S+?(?=;)", message):
            tell(ready=found[0])

    class Slowly(filling.Filling):
        def _tell(self, state, total) -> None:
            super()._tell(state, total)
            tell(seen=state.seen)
            time.sleep(pause)

    asking.note, filling.Filling = noted, Slowly
    asking.open_page(Options(store=store, embedder="hash"), Door(browser=False))


if __name__ == "__main__":
    main()
