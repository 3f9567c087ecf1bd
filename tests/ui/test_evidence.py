"""The panel of evidence in a real Chromium: what it folds, and the way there and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.chromium import Watch
from tests.ui.served import Served, served

pytestmark = pytest.mark.browser
QUESTION = "What changes inside a language model during post-training?"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("papers") as page:
        yield page


@pytest.fixture
def page(browser: Browser, server: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1360, "height": 860})
    page = context.new_page()
    watch = Watch(page)
    page.goto(server.address)
    expect(page.locator("#pc-box textarea")).to_be_editable(timeout=20_000)
    yield page
    context.close()
    watch.check(server.address)


def ask(page: Page, question: str, state: str = "done") -> None:
    page.fill("#pc-box textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator(f".pc-is-{state}")).to_be_visible(timeout=15_000)


def test_papers_that_are_all_far_off_are_folded(page: Page) -> None:
    ask(page, "How do whales sing?", "refused")
    expect(page.locator("#pc-panel h2")).to_have_text("No sources")
    expect(page.locator("#pc-panel .pc-card")).to_have_count(3)
    expect(page.locator("#pc-panel .pc-card").first).to_be_hidden()
    page.get_by_text("Nearest papers, none of them close (3)").click()
    expect(page.locator("#pc-panel .pc-card").first).to_be_visible()
