"""axe-core on a page that isn't ready, or has no papers.

A vanished store is looked at in ``test_states``, a wrong key in ``test_settings_tab``.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.served import served
from tests.ui.test_accessibility import PATIENCE, audit

pytestmark = pytest.mark.browser


def test_a_store_that_is_being_filled(browser: Browser, tmp_path, monkeypatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    with served(str(tmp_path / "store"), "2", module="tests.ui.starting") as server:
        page = browser.new_page(viewport={"width": 1360, "height": 860})
        page.goto(server.address)
        expect(page.locator(".pc-coming")).to_contain_text("of 362 papers", timeout=PATIENCE)
        audit(page)
        expect(page.locator(".pc-coming")).to_be_visible()
        page.close()


def test_no_papers_at_all(browser: Browser) -> None:
    with served("empty") as server:
        page = browser.new_page(viewport={"width": 1360, "height": 860})
        page.goto(server.address)
        expect(page.locator(".pc-welcome")).to_contain_text("no papers here yet", timeout=PATIENCE)
        audit(page)
        page.close()
