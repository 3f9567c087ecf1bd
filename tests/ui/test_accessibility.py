"""axe-core on each state of the page, in light and dark; and a question read without the mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.ui.served import Served, served
from tests.ui.shared import PASSWORDS

pytestmark = pytest.mark.browser
QUESTION = "What changes inside a language model during post-training?"
PATIENCE = 20_000
LOADED = "'axe' in window"
# What moves is let come to its end: colours on their way are nobody's to read for long.
SETTLE = """() => document.getAnimations()
  .filter((each) => each.effect.getTiming().iterations !== Infinity)
  .forEach((each) => each.finish())"""
# Without `preload` axe fetches no style sheet again: only a rule on turned phones would need that.
AUDIT = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false});
  const grave = found.violations.filter((each) => ["serious", "critical"].includes(each.impact));
  return grave.flatMap(({id, nodes}) => nodes.map(({target, html, failureSummary}) =>
    [id, target.join(" "), `${html.slice(0, 200)} ${failureSummary}`]));
}"""
# Colour and opacity of each placeholder, which axe does not look at, and those of quiet text.
QUIET = """() => {
  const look = (node, part) => [getComputedStyle(node, part)].map((s) => s.color + s.opacity)[0];
  const said = document.querySelectorAll(".gradio-container [placeholder]:not([placeholder=''])");
  return [look(document.querySelector(".pc-facts li")),
    ...[...said].map((node) => look(node, "::placeholder"))];
}"""
GRADIOS = {
    # The chatbot puts its examples, which are buttons, right into an element with the role of a
    # list. It has no setting for the role; each button has its name and is reached by Tab.
    ("aria-required-children", ".examples"),
}
"""What can't be mended from outside Gradio: the rule, and the one element that breaks it."""


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Served]:
    """A page with all tabs, a sidebar and accounts."""
    folder = tmp_path_factory.mktemp("whole")
    with served(str(folder), module="tests.ui.whole") as page:
        yield page


@pytest.fixture(scope="module")
def visitor(browser: Browser, server: Served) -> Iterator[BrowserContext]:
    """Somebody who has logged in."""
    context = browser.new_context(viewport={"width": 1360, "height": 860})
    context.set_default_timeout(PATIENCE)
    form = {"username": "anna", "password": PASSWORDS["anna"]}
    assert context.request.post(f"{server.address}/login", form=form).ok
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext, server: Served) -> Iterator[Page]:
    opened = visitor.new_page()
    opened.goto(server.address)
    expect(opened.locator("#pc-box textarea")).to_be_editable(timeout=PATIENCE)
    yield opened
    opened.close()


def ask(page: Page, question: str, state: str = "done") -> None:
    page.fill("#pc-box textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator(f".pc-is-{state}")).to_be_visible(timeout=PATIENCE)


def violations(page: Page) -> list[tuple[str, str, str]]:
    """What axe finds serious or critical as the page is now: rule, element, and why."""
    page.evaluate(SETTLE)
    if not page.evaluate(LOADED):
        page.evaluate(AXE_SCRIPT)
    found = [(rule, place, why) for rule, place, why in page.evaluate(AUDIT)]
    return [each for each in found if each[:2] not in GRADIOS]


def audit(page: Page) -> None:
    """No violation in either theme; the page follows what the reader's system prefers."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("body.dark")).to_have_count(int(scheme == "dark"))
        found += [f"{scheme}: {rule}: {place}: {why}" for rule, place, why in violations(page)]
    assert not found, "\n".join(found)


def test_axe_is_at_work(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<button></button><p style='color: #aaa'>pale</p>")
    assert {"button-name", "color-contrast"} <= {rule for rule, _, _ in violations(page)}
    page.close()


def test_the_log_in_page(browser: Browser, server: Served) -> None:
    page = browser.new_page()
    page.goto(server.address)
    expect(page.get_by_label("username")).to_be_editable(timeout=PATIENCE)
    audit(page)
    page.close()


def test_before_a_question(page: Page) -> None:
    expect(page.locator("button.example")).to_have_count(4)
    audit(page)


def test_while_an_answer_is_written(page: Page) -> None:
    ask(page, f"{QUESTION} slowly", "writing")
    audit(page)


def test_an_answer_with_its_evidence(page: Page) -> None:
    ask(page, QUESTION)
    folded = page.locator("#pc-panel details")
    folded.evaluate_all("all => all.forEach((each) => { each.open = true; })")
    page.get_by_role("button", name="Dislike").click()
    expect(page.locator("#pc-note textarea")).to_be_visible()
    page.locator("a.pc-cite").first.focus()
    expect(page.locator("#pc-pop")).to_be_visible()
    audit(page)


def test_a_refusal_and_a_failure(page: Page) -> None:
    ask(page, "How do I keep a sourdough starter alive?", "refused")
    audit(page)
    ask(page, "Are you offline?", "failed")
    audit(page)


def test_kept_conversations(page: Page) -> None:
    page.get_by_role("button", name="Toggle Sidebar").click()
    expect(page.locator("#pc-side.open")).to_be_visible()
    ask(page, QUESTION)
    expect(page.locator("#pc-kept label.selected")).to_be_visible()
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_label("New title")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#pc-sure")).to_be_visible()
    audit(page)


def test_the_collection_and_a_paper_of_it(page: Page) -> None:
    page.get_by_role("tab", name="Collection").click()
    expect(page.locator("svg.pc-map")).to_be_visible(timeout=60_000)
    rows = page.locator("#pc-table [role=row][data-index]")
    expect(rows.first).to_be_visible()
    audit(page)
    rows.nth(1).locator("[role=gridcell]").first.click()
    expect(page.locator("#pc-chosen .pc-paper")).to_be_visible()
    audit(page)


def test_a_run_and_two_compared(page: Page) -> None:
    page.get_by_role("tab", name="Evals").click()
    expect(page.locator(".pc-case").first).to_be_visible(timeout=PATIENCE)
    audit(page)
    page.get_by_label("Compared with", exact=True).click()
    page.get_by_role("option", name="first").click()
    expect(page.locator(".pc-versus")).to_contain_text("second", timeout=PATIENCE)
    audit(page)


def test_the_settings(page: Page) -> None:
    page.get_by_role("tab", name="Settings").click()
    expect(page.locator("#pc-state")).to_be_visible()
    audit(page)


def test_placeholders_are_no_paler_than_other_quiet_text(page: Page) -> None:
    for tab in ("Collection", "Evals", "Settings"):
        page.get_by_role("tab", name=tab).click()
    expect(page.locator("#pc-state")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("body.dark")).to_have_count(int(scheme == "dark"))
        page.evaluate(SETTLE)
        looks = page.evaluate(QUIET)
        assert len(looks) > 5
        assert len(set(looks)) == 1, looks


def test_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    audit(page)
    ask(page, QUESTION)
    audit(page)


# By keyboard alone


def press_until(page: Page, key: str, wanted: Locator, most: int = 20) -> None:
    """Presses the key until the focus is there; fails where it doesn't come there."""
    for _ in range(most):
        page.keyboard.press(key)
        focused = "(node) => node === document.activeElement"
        if any(one.evaluate(focused) for one in wanted.all()):
            return
    raise AssertionError(f"{wanted} is not reached by {most} times {key}")


def test_a_question_is_asked_and_its_evidence_read_by_keyboard_alone(page: Page) -> None:
    expect(page.locator("#pc-box textarea")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".pc-is-done")).to_be_visible(timeout=PATIENCE)
    markers = page.locator("a.pc-cite")
    press_until(page, "Shift+Tab", markers)
    last = markers.last
    expect(last).to_be_focused()
    expect(page.locator("#pc-pop")).to_contain_text("Language model post-training is applied")
    page.keyboard.press("Enter")
    sentence = page.locator('mark[data-markers="3"]')
    expect(sentence).to_be_focused()
    expect(sentence).to_be_in_viewport()
    press_until(page, "Shift+Tab", page.get_by_role("link", name="TÜLU 3: Pushing"), most=1)


def test_what_is_closed_is_not_on_the_way(page: Page) -> None:
    toggle = page.get_by_role("button", name="Toggle Sidebar")
    press_until(page, "Tab", toggle)
    press_until(page, "Tab", page.get_by_role("tab", name="Ask"), most=1)
    press_until(page, "Shift+Tab", toggle, most=1)
    expect(toggle).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.locator("#pc-side.open")).to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    press_until(page, "Tab", page.get_by_label("Search conversations"), most=1)
