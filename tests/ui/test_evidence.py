"""Evidence in a real Chromium: what is folded, the way there and back; and failed questions."""

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


def test_on_a_phone_a_button_leads_back_to_the_marker(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    ask(page, QUESTION)
    marker = page.locator("a.pc-cite", has_text="[2]").nth(1)
    back = page.get_by_role("button", name="Back to the answer, at source 2")
    expect(back).to_have_count(0)
    marker.click()
    expect(page.locator('mark[data-markers="2"]')).to_be_focused()
    expect(marker).not_to_be_in_viewport()
    expect(back).to_be_in_viewport(ratio=1)
    page.keyboard.press("Tab")
    expect(back).to_be_focused()
    page.keyboard.press("Enter")
    expect(marker).to_be_focused()
    expect(marker).to_be_in_viewport()
    expect(back).to_have_count(0)


def test_escape_leads_back_to_the_marker_and_no_button_stands_beside_the_answer(page: Page) -> None:
    ask(page, QUESTION)
    marker = page.locator("a.pc-cite", has_text="[3]").first
    marker.click()
    expect(page.locator('mark[data-markers="3"]')).to_be_focused()
    page.wait_for_timeout(300)
    expect(page.locator(".pc-back")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(marker).to_be_focused()
    expect(page.locator(".pc-back")).to_have_count(0)


def test_the_way_back_survives_that_the_answer_ends_and_ends_with_another_question(
    page: Page,
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    ask(page, f"{QUESTION} slowly", "writing")
    marker = page.locator("a.pc-cite").first
    marker.click()
    expect(page.locator(".pc-back")).to_be_visible()
    expect(page.locator(".pc-is-done")).to_be_attached(timeout=20_000)
    page.get_by_role("button", name="Back to the answer").click()
    expect(page.locator("a.pc-cite").first).to_be_focused()
    page.locator("a.pc-cite").last.click()
    expect(page.locator(".pc-back")).to_be_visible()
    ask(page, "How do whales sing?", "refused")
    expect(page.locator(".pc-back")).to_have_count(0)


def test_a_question_that_failed_is_asked_again_with_one_click(page: Page, server: Served) -> None:
    server.forget()
    for number in (1, 2):
        page.fill("#pc-box textarea", "Are you offline?")
        page.keyboard.press("Enter")
        server.wait("asked")
        expect(page.locator(".pc-is-failed")).to_have_count(number, timeout=15_000)
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    again = page.get_by_role("button", name="Ask again")
    expect(again).to_have_count(1)  # of the last one
    again.click()
    assert server.wait("asked")["asked"] == "Are you offline?"
    expect(page.locator(".pc-is-failed")).to_have_count(2)
    expect(again).to_be_visible()
