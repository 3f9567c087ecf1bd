"""A store of conversations in a folder of the test's own."""

from __future__ import annotations

from itertools import count

import pytest

from ui.conversations import ConversationStore


@pytest.fixture
def store(tmp_path):
    clock = count(1_700_000_000)
    opened = ConversationStore.open(tmp_path / "c.sqlite3", now=lambda: float(next(clock)))
    yield opened
    opened.close()
