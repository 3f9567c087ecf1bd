"""Two tabs on one conversation: whatever is asked in either is kept, and asked of neither twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.served import Served, served
from tests.ui.shared import PASSWORDS

pytestmark = pytest.mark.browser
FIRST, SECOND, THIRD = "Where do facts live?", "Say it verbatim", "How do whales sing?"
ELSEWHERE = "This conversation went on in another tab"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Served]:
    with served(str(tmp_path_factory.mktemp("tabs")), module="tests.ui.shared") as page:
        yield page


@pytest.fixture
def tabs(browser: Browser, server: Served) -> Iterator[tuple[Page, Page]]:
    """Two tabs that both show a conversation of one question."""
    context = browser.new_context(viewport={"width": 1360, "height": 860})
    context.set_default_timeout(20_000)
    form = {"username": "anna", "password": PASSWORDS["anna"]}
    assert context.request.post(f"{server.address}/login", form=form).ok
    one = context.new_page()
    one.goto(server.address)
    ask(one, FIRST)
    one.wait_for_url("**/?c=*")
    another = context.new_page()
    another.goto(one.url)
    shows(another, FIRST)
    yield one, another
    context.close()


def ask(page: Page, question: str) -> None:
    expect(page.locator("#pc-box textarea")).to_be_editable()
    page.fill("#pc-box textarea", question)
    page.keyboard.press("Enter")
    ended(page, question)


def ended(page: Page, question: str) -> None:
    expect(page.locator(".pc-question", has_text=question)).to_be_visible()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.locator(".pc-progress")).to_have_count(0)


def shows(page: Page, *questions: str) -> None:
    expect(page.locator(".pc-question")).to_have_text([f"{each}Edit" for each in questions])
    expect(page.locator(".pc-answer")).to_have_count(len(questions))


def test_both_tabs_questions_are_there_after_a_reload(tabs: tuple[Page, Page]) -> None:
    one, another = tabs
    ask(one, SECOND)
    ask(another, THIRD)
    expect(another.get_by_text(ELSEWHERE)).to_be_visible()
    shows(another, FIRST, SECOND, THIRD)
    # The answers go on with their sources, under the numbers that they have now.
    another.locator(".pc-answer").nth(1).locator("a.pc-cite").first.click()
    expect(another.locator("#pc-panel mark").first).to_be_focused()
    shows(one, FIRST, SECOND)
    for page in tabs:
        page.reload()
        shows(page, FIRST, SECOND, THIRD)


def test_both_ask_at_once(tabs: tuple[Page, Page]) -> None:
    for page, question in zip(tabs, (f"{SECOND} slowly", THIRD), strict=True):
        page.fill("#pc-box textarea", question)
        page.keyboard.press("Enter")
    for page, question in zip(tabs, (f"{SECOND} slowly", THIRD), strict=True):
        ended(page, question)
    one, another = tabs
    shows(one, FIRST, THIRD, f"{SECOND} slowly")
    another.reload()
    shows(another, FIRST, THIRD, f"{SECOND} slowly")


def test_what_one_tab_takes_back_takes_nothing_of_the_other(tabs: tuple[Page, Page]) -> None:
    one, another = tabs
    ask(one, SECOND)
    another.get_by_role("button", name="Retry").click()
    expect(another.get_by_text(ELSEWHERE)).to_be_visible()
    shows(another, SECOND, FIRST)
    one.reload()
    shows(one, SECOND, FIRST)
