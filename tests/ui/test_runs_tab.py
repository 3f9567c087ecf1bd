"""The Evals tab in a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.ui.asker import HOSTILE
from tests.ui.chromium import Watch
from tests.ui.runs.folders import GOLD, OTHER, keep, keep_all, outcomes
from tests.ui.runs.page import served_runs

pytestmark = pytest.mark.browser
PATIENCE = 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("runs")
    keep_all(made)
    return made


@pytest.fixture(scope="module")
def address(folder) -> Iterator[str]:
    with served_runs(folder) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1360, "height": 860})
    opened = context.new_page()
    watch = Watch(opened)
    arrive(opened, address)
    yield opened
    context.close()
    watch.check(address)


def arrive(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("tab", name="Evals").click(timeout=PATIENCE)
    expect(page.locator("#pc-evals .pc-runs, #pc-evals .pc-none").first).to_be_visible(
        timeout=PATIENCE
    )


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option).click()


def case(page: Page, name: str) -> Locator:
    return page.locator(".pc-case").filter(has=page.get_by_text(name, exact=True))


def compare(page: Page) -> None:
    choose(page, "Compared with", "first")
    expect(page.locator(".pc-versus")).to_contain_text("second", timeout=PATIENCE)


def test_the_newest_whole_run_is_shown_with_its_measures(page):
    rows = page.locator(".pc-all tbody tr")
    expect(rows).to_have_count(4)
    expect(page.locator("tr[aria-current]")).to_contain_text("second")
    expect(rows.first).to_contain_text("did not finish")
    measures = page.get_by_role("region", name="Measures")
    expect(measures.get_by_role("row", name="Citation recall")).to_contain_text("0.000")
    bar = measures.get_by_role("row", name="Completed").get_by_role("img")
    expect(bar).to_have_attribute("aria-label", "0.750, 95% interval 0.000 to 1.000")
    expect(page.locator(".pc-case")).to_have_count(4)


def test_two_runs_are_compared_question_by_question(page):
    compare(page)
    expect(page.locator(".pc-runs .pc-aside").first).to_contain_text("4 questions are in both")
    expect(page.locator(".pc-differ")).to_contain_text("seed: 0 → 1")
    table = page.get_by_role("region", name="Measures of both runs")
    expect(table.get_by_role("row", name="Citation recall")).to_contain_text("no real difference")
    expect(table.get_by_role("row", name="Citation recall")).to_contain_text("−1.000")
    expect(table.get_by_role("row", name="Verbatim quotes")).to_contain_text("the same")
    expect(table.get_by_role("rowheader", name="Refusals", exact=True)).to_be_visible()
    expect(page.locator(".pc-outcome")).to_contain_text(
        "No measure differs by more than chance. 2 questions flipped"
    )
    changed = page.locator(".pc-case").first
    expect(changed).to_contain_text("Citation recall 1 → 0, worse")
    expect(changed.locator(".pc-wanted")).to_contain_text(GOLD)
    sides = changed.locator(".pc-said")
    expect(sides.nth(0)).to_contain_text(f"[1] {GOLD} wanted")
    expect(sides.nth(1)).to_contain_text(f"[1] {OTHER}")
    left, right = (sides.nth(place).bounding_box() for place in (0, 1))
    assert left["y"] == right["y"] and left["x"] < right["x"]
    failed = case(page, "q-2").locator(".pc-said")
    expect(failed.nth(1)).to_contain_text("Timeout: <b>no answer</b> within 120 s")
    expect(case(page, "q-3").locator(".pc-unsaid")).to_have_count(2)


def test_filters_narrow_the_questions(page):
    compare(page)
    choose(page, "Show", "those that flipped")
    expect(page.locator(".pc-case")).to_have_count(2)
    choose(page, "Show", "worse in B")
    expect(page.locator(".pc-case")).to_have_count(2)
    choose(page, "Type of question", "single fact")
    expect(page.locator(".pc-case")).to_have_count(1)
    choose(page, "By measure", "Refused rightly")
    expect(page.locator("#pc-evals")).to_contain_text("No question fits these choices.")


def test_a_click_on_a_name_opens_the_run_and_the_keyboard_stays_there(page):
    name = page.get_by_role("button", name="first", exact=True)
    name.focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr[aria-current]")).to_contain_text("first", timeout=PATIENCE)
    expect(page.get_by_role("button", name="first", exact=True)).to_be_focused()
    expect(page.get_by_label("Run", exact=True)).to_have_value("first · 1 Mar 2026, 09:00 UTC")


def test_killed_and_broken_runs_show_what_there_is(page):
    page.get_by_role("button", name="killed", exact=True).click()
    told = page.locator(".pc-runs .pc-aside").first
    expect(told).to_contain_text("did not finish: what follows is of its 2 of 4 questions")
    expect(told).to_contain_text("1 line can’t be read")
    expect(page.locator(".pc-case")).to_have_count(2)
    page.get_by_role("button", name="broken", exact=True).click()
    expect(told).to_contain_text("its results are missing")
    expect(page.locator(".pc-case")).to_have_count(0)


def test_hostile_text_is_shown_and_does_nothing(page):
    compare(page)
    shown = case(page, "q-4")
    expect(shown.locator("h3")).to_contain_text("<img src=x onerror=alert(1)>")
    for text in HOSTILE:
        expect(shown.locator(".pc-said").first).to_contain_text(" ".join(text.split()))
    assert page.locator("#pc-evals img:not(svg), #pc-evals .prose script").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_all_within_its_width(browser, address, scheme):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    arrive(page, address)
    compare(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sides = page.locator(".pc-case").first.locator(".pc-said")
    assert sides.nth(0).bounding_box()["y"] < sides.nth(1).bounding_box()["y"]
    table = page.get_by_role("region", name="Measures of both runs")
    verdict = table.get_by_text("no real difference").first.bounding_box()
    assert verdict["x"] + verdict["width"] < 390
    context.close()


def test_a_runs_name_breaks_at_its_hyphens_on_a_phone(browser, tmp_path):
    keep(tmp_path, "20260102T000000-extractive", outcomes(worse=False), started="2026-01-02")
    with served_runs(tmp_path) as address:
        page = browser.new_page(viewport={"width": 390, "height": 800})
        arrive(page, address)
        name = page.locator("button[data-run]")
        expect(name).to_be_visible()
        assert name.evaluate(LINES) == ["20260102T000000-", "extractive"]
        page.close()


LINES = """element => {
    const text = element.firstChild, range = document.createRange(), lines = {};
    for (let at = 0; at < text.length; at++) {
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        const top = Math.round(range.getBoundingClientRect().top);
        lines[top] = (lines[top] || "") + text.data[at];
    }
    return Object.values(lines);
}"""


def test_runs_are_read_when_the_tab_is_opened(browser, tmp_path):
    with served_runs(tmp_path / "runs") as address:
        page = browser.new_page()
        arrive(page, address)
        expect(page.locator("#pc-evals")).to_contain_text("paperchat eval run --out")
        expect(page.get_by_label("Compared with")).to_be_hidden()
        kept = keep(tmp_path / "runs", "new", outcomes(worse=False), started="2026-03-05")
        page.get_by_role("tab", name="Ask").click()
        page.get_by_role("tab", name="Evals").click()
        expect(page.locator(".pc-case")).to_have_count(4, timeout=PATIENCE)
        shutil.rmtree(kept)
        choose(page, "Show", "those that fall short")
        page.get_by_role("button", name="new", exact=True).click()
        expect(page.locator("#pc-evals")).to_contain_text("This run is gone")
        page.close()
