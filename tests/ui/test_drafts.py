"""Drafted questions of the Evals tab in a real Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.ui.chromium import Watch
from tests.ui.runs.drafted import HOSTILE, ROWS, write
from tests.ui.runs.page import served_runs

pytestmark = pytest.mark.browser
PATIENCE = 20_000


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("evals")


@pytest.fixture(scope="module")
def address(root) -> Iterator[str]:
    with served_runs(root) as found:
        yield found


@pytest.fixture
def path(root):
    return write(root)


@pytest.fixture
def page(browser: Browser, address: str, path) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1360, "height": 860})
    opened = context.new_page()
    watch = Watch(opened)
    opened.goto(address)
    opened.get_by_role("tab", name="Evals").click(timeout=PATIENCE)
    opened.get_by_text("Drafted questions").click(timeout=PATIENCE)
    yield opened
    context.close()
    watch.check(address)


def cards(page: Page) -> Locator:
    return page.locator(".pc-draft")


def draft(page: Page, question: str) -> Locator:
    return cards(page).filter(has=page.get_by_role("heading", name=question))


def rows(path):
    return {row["id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())}


def test_all_that_wait_are_shown_with_what_they_hold(page):
    expect(cards(page)).to_have_count(3)
    expect(page.locator("#pc-drafts")).to_contain_text("3 to review")
    first = draft(page, "How often does")
    for text in ("numeric", "drafts-20260301T090000.jsonl", *ROWS[0]["gold_titles"],
                 *ROWS[0]["gold_quotes"], "One false alarm in", "openai:m"):  # fmt: skip
        expect(first).to_contain_text(text)
    expect(draft(page, "What does")).to_contain_text("A refusal: the papers don’t say.")


def test_accepting_and_dropping_are_in_the_file_at_once(page, path):
    draft(page, "How often does").get_by_role("button", name="Accept").click()
    told = page.get_by_role("status").filter(has_text="Accepted")
    expect(told).to_contain_text(f"paperchat eval run {path}", timeout=PATIENCE)
    assert rows(path)["draft-1"] == ROWS[0] | {"reviewed": True}
    expect(cards(page)).to_have_count(2)
    expect(draft(page, "What does").get_by_role("button", name="Accept")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Dropped")).to_be_visible(timeout=PATIENCE)
    assert set(rows(path)) == {"draft-1", HOSTILE, "mine"}
    assert rows(path)["mine"] == ROWS[3]
    cards(page).get_by_role("button", name="Drop").click()
    expect(page.locator("#pc-drafts")).to_contain_text("none waits any more", timeout=PATIENCE)


def test_an_edited_question_waits_and_other_writing_stays(page, path):
    first, second = draft(page, "How often does"), draft(page, "What does")
    second.get_by_role("button", name="Edit").click()
    second.get_by_label("Question").fill("Half written")
    first.get_by_role("button", name="Edit").click()
    expect(first.get_by_label("Question")).to_be_focused()
    first.get_by_label("Question").fill(f"Is it loud {HOSTILE}?")
    first.get_by_label("Should say").fill("One\n\nTwo")
    first.get_by_role("button", name="Save").click()
    expect(draft(page, "Is it loud")).to_be_visible(timeout=PATIENCE)
    assert rows(path)["draft-1"] == ROWS[0] | {
        "question": f"Is it loud {HOSTILE}?",
        "answer_points": ["One", "Two"],
    }
    expect(second.get_by_label("Question")).to_have_value("Half written")
    expect(draft(page, "Is it loud").get_by_label("Question")).to_be_hidden()
    second.get_by_role("button", name="Cancel").click()
    expect(second.get_by_label("Question")).to_be_hidden()


def test_writing_is_still_there_after_a_look_at_another_tab(page):
    draft(page, "Is it <img").get_by_role("button", name="Drop").click()
    expect(cards(page)).to_have_count(2, timeout=PATIENCE)
    first, second = draft(page, "How often does"), draft(page, "What does")
    for one in (first, second):
        one.get_by_role("button", name="Edit").click()
        one.get_by_label("Question").fill("Half written")
    second.get_by_role("button", name="Cancel").click()
    expect(second.get_by_label("Question")).to_have_value("What does the detector weigh?")
    page.get_by_role("tab", name="Ask").click()
    page.get_by_role("tab", name="Evals").click()
    # Drawn anew, since nothing is told of a decision any more.
    expect(page.locator(".pc-told")).to_have_count(0, timeout=PATIENCE)
    expect(first.get_by_label("Question")).to_have_value("Half written")
    expect(second.get_by_label("Question")).to_be_hidden()
    first.get_by_role("button", name="Save").click()
    expect(draft(page, "Half written")).to_be_visible(timeout=PATIENCE)
    expect(draft(page, "Half written").get_by_label("Question")).to_be_hidden()


def test_what_is_not_taken_says_why_and_stays_written(page, path):
    before = path.read_bytes()
    first = draft(page, "How often does")
    first.get_by_role("button", name="Edit").click()
    first.get_by_label("Question").fill(" ")
    first.get_by_label("Should say").fill("Kept")
    first.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Not done")).to_be_visible(timeout=PATIENCE)
    expect(first.get_by_label("Should say")).to_have_value("Kept")
    assert path.read_bytes() == before
    path.unlink()
    first.get_by_role("button", name="Accept").click()
    expect(page.locator("#pc-drafts")).to_contain_text("not there any more", timeout=PATIENCE)


def test_hostile_text_is_shown_and_does_nothing(page):
    shown = draft(page, "Is it <img")
    expect(shown).to_contain_text(HOSTILE)
    shown.get_by_role("button", name="Edit").click()
    expect(shown.get_by_label("Question")).to_have_value(f"Is it {HOSTILE}?")
    assert page.locator("#pc-drafts img, #pc-drafts script").count() == 0


def test_a_phone_shows_it_all_within_its_width(browser, address, path):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    page.get_by_role("tab", name="Evals").click(timeout=PATIENCE)
    page.get_by_text("Drafted questions").click(timeout=PATIENCE)
    draft(page, "How often does").get_by_role("button", name="Edit").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_without_drafts_there_is_no_section(browser, tmp_path):
    with served_runs(tmp_path / "runs") as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("tab", name="Evals").click(timeout=PATIENCE)
        expect(page.locator("#pc-evals")).to_contain_text("No eval runs", timeout=PATIENCE)
        expect(page.get_by_text("Drafted questions")).to_have_count(0)
        expect(page.locator("#pc-drafts")).to_be_hidden()
        page.close()
