"""The Collection tab in a real Chromium, over a real store of the sample's papers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from index.lock import writing
from tests.ui.asker import HOSTILE
from tests.ui.chromium import Watch
from tests.ui.served import Served
from tests.ui.shelved import shelved

ABSTRACT = "We bake bread in a stone oven, and measure in three ways how far it rises."
LONG = 60_000  # for what a busy machine may take its time for: the first map

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds the store, and the uploads for as long as they are there."""
    return tmp_path_factory.mktemp("shelved")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    with shelved("sample", folder) as page:
        yield page


@pytest.fixture
def page(browser: Browser, server: Served) -> Iterator[Page]:
    yield from _watched(browser, server)


def _watched(browser: Browser, server: Served) -> Iterator[Page]:
    """A page whose Collection tab is open; it asks no other host and runs nothing of a paper's."""
    context = browser.new_context(viewport={"width": 1360, "height": 860})
    context.set_default_timeout(20_000)
    page = context.new_page()
    watch = Watch(page)
    page.goto(server.address)
    page.get_by_role("tab", name="Collection").click()
    yield page
    context.close()
    watch.check(server.address)


def rows(page: Page) -> Locator:
    return page.locator("#pc-table [role=row][data-index]")


def titles(page: Page) -> list[str]:
    return page.locator("#pc-table [data-col='0'][role=gridcell]").all_inner_texts()


def counted(page: Page, text: str, timeout: float = 20_000) -> None:
    expect(page.locator("#pc-count")).to_have_text(text, timeout=timeout)


def card(page: Page) -> Locator:
    return page.locator("#pc-chosen .pc-paper")


def the_map(page: Page) -> Locator:
    found = page.locator("svg.pc-map")
    expect(found).to_be_visible(timeout=LONG)
    return found


def drop(page: Page, *paths: Path) -> None:
    page.locator("#pc-drop input[type=file]").set_input_files(paths)


def reported(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator(".pc-report")).to_contain_text(text, timeout=LONG)


def jsonl(path: Path, *found: dict[str, str]) -> Path:
    path.write_text("\n".join(map(json.dumps, found)), "utf-8")
    return path


# Reading


def test_all_papers_are_listed_and_found_by_words(page: Page) -> None:
    counted(page, "362 papers.")
    expect(rows(page).first).to_contain_text("Blackbox Model Provenance")
    page.get_by_label("Find papers").press_sequentially("mixture m3vit")
    counted(page, "1 of 362 papers.")
    assert titles(page)[0].startswith("M³ViT: Mixture-of-Experts Vision Transformer")
    page.get_by_label("Find papers").fill("no such words anywhere")
    counted(page, "0 of 362 papers.")
    expect(rows(page)).to_have_count(0)


def test_dates_and_pages_narrow_and_a_date_that_is_none_is_told(page: Page) -> None:
    counted(page, "362 papers.")
    page.get_by_label("From", exact=True).locator("visible=true").fill("2025")
    page.keyboard.press("Enter")
    expect(page.locator("#pc-count")).to_contain_text(re.compile(r"^\s*\d+ of 362 papers"))
    dates = page.locator("#pc-table [data-col='1'][role=gridcell]").all_inner_texts()
    assert dates
    assert all(date >= "2025" for date in dates)
    page.get_by_label("From", exact=True).locator("visible=true").fill("last year")
    page.keyboard.press("Enter")
    expect(page.locator("#pc-count")).to_contain_text("not a date")
    page.get_by_label("From", exact=True).locator("visible=true").fill("")
    page.keyboard.press("Enter")
    counted(page, "362 papers.")
    page.locator("#pc-narrow").get_by_label("Pages").click()
    page.get_by_role("option", name="003").click()
    counted(page, "53 of 362 papers.")


def test_the_table_sorts_by_its_headings_and_by_the_order(page: Page) -> None:
    counted(page, "362 papers.")
    page.locator("#pc-table").get_by_role("columnheader", name="Words").get_by_role(
        "button", name="Open cell menu"
    ).click()
    page.get_by_text("Sort descending").click()
    cells = page.locator("#pc-table [data-col='4'][role=gridcell]")
    expect(cells.first).not_to_have_text("305")
    words = [int(text) for text in cells.all_inner_texts()]
    assert words == sorted(words, reverse=True)
    page.reload()
    page.get_by_role("tab", name="Collection").click()
    counted(page, "362 papers.")
    page.get_by_label("Order").click()
    page.get_by_role("option", name="Most authors").click()
    authors = page.locator("#pc-table [data-col='2'][role=gridcell]")
    expect(authors.first).to_have_text("47")
    numbers = [int(text) for text in authors.all_inner_texts() if text]
    assert numbers == sorted(numbers, reverse=True)


def test_a_month_lists_its_papers_and_again_all(page: Page) -> None:
    bars = page.locator("svg.pc-timeline a")
    bar = page.get_by_role("button", name="November 2024: ")
    number = re.search(r": (\d+) papers?", bar.get_attribute("aria-label") or "")
    assert number is not None
    bar.click()
    counted(page, f"{number[1]} of 362 papers, from November 2024.")
    expect(bar).to_have_attribute("aria-pressed", "true")
    assert page.locator("svg.pc-timeline [aria-pressed=true]").count() == 1
    dates = page.locator("#pc-table [data-col='1'][role=gridcell]")
    expect(dates.filter(has_not_text="2024-11")).to_have_count(0)  # drawn after what counts them
    expect(dates.first).to_be_visible()
    bar.focus()
    page.keyboard.press("Space")
    counted(page, "362 papers.")
    expect(bar).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Home")
    expect(bars.first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(bars.nth(1)).to_be_focused()


def test_a_month_chosen_while_the_papers_are_being_listed_stays_chosen(
    browser: Browser, server: Served
) -> None:
    """The first list is asked for before the month is clicked, and comes after the month's."""
    page = browser.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "Newest first" in (route.request.post_data or "") and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/gradio_api/**", hold)
    page.goto(server.address)
    page.get_by_role("tab", name="Collection").click()
    page.get_by_role("button", name="November 2024: ").click()
    listed = re.compile(r"^\s*\d+ of 362 papers, from November 2024\.")
    expect(page.locator("#pc-count")).to_have_text(listed)
    assert held
    with page.expect_response(lambda response: response.request == held[0].request):
        held[0].continue_()
    page.wait_for_timeout(500)
    expect(page.locator("#pc-count")).to_have_text(listed)
    expect(rows(page).first).to_contain_text("2024-11")
    page.close()


def test_a_row_shows_its_paper_by_mouse_and_by_keyboard(page: Page) -> None:
    expect(card(page)).to_have_count(0)
    rows(page).nth(2).locator("[role=gridcell]").first.click()
    expect(card(page).locator("h3")).to_have_text(titles(page)[2])
    expect(card(page).locator(".pc-abstract")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(card(page).locator("h3")).to_have_text(titles(page)[3])
    expect(page.locator(".pc-unseen")).to_contain_text(titles(page)[3])


def test_the_map_is_walked_and_a_paper_asked_about_by_keyboard(page: Page, server: Served) -> None:
    points = the_map(page).get_by_role("button")
    expect(points).to_have_count(362)
    assert page.locator("svg.pc-map a[tabindex='0']").count() == 1
    page.locator("svg.pc-map a[tabindex='0']").focus()
    seen = set()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
        seen.add(page.evaluate("document.activeElement.dataset.paper"))
    assert len(seen) >= 4
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    expect(page.locator(".pc-tip")).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(card(page)).to_have_attribute(
        "data-paper", page.evaluate("document.activeElement.dataset.paper")
    )
    chosen = page.locator("svg.pc-map [aria-pressed=true]")
    expect(chosen).to_have_attribute("aria-label", name)
    expect(chosen).to_have_attribute("tabindex", "0")
    server.forget()
    page.get_by_role("button", name="Ask about this paper").focus()
    page.keyboard.press("Enter")
    box = page.locator("#pc-box textarea")
    expect(box).to_have_value(re.compile('^What does ".+" say.$'))
    question = box.input_value()
    expect(box).to_be_focused()
    expect(page.locator(".pc-answer")).to_have_count(0)  # not sent
    page.keyboard.press("Enter")
    assert server.wait("asked")["asked"] == question


def test_a_point_is_chosen_by_mouse_and_by_space(page: Page) -> None:
    points = the_map(page).get_by_role("button")
    points.nth(7).dispatch_event("click")
    expect(card(page).locator("h3")).to_have_text(points.nth(7).get_attribute("aria-label") or "")
    points.nth(9).focus()
    page.keyboard.press("Space")
    expect(card(page).locator("h3")).to_have_text(points.nth(9).get_attribute("aria-label") or "")


def test_a_phone_has_names_beside_the_map_and_the_paper_over_it(
    browser: Browser, server: Served
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(server.address)
    page.get_by_role("tab", name="Collection").click(timeout=20_000)
    the_map(page)
    expect(page.locator(".pc-groups li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    rows(page).nth(1).locator("[role=gridcell]").first.click()
    expect(card(page)).to_be_in_viewport()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(card(page)).to_have_count(0)
    context.close()


def test_nothing_is_read_for_the_tab_before_it_is_opened(browser: Browser, server: Served) -> None:
    page = browser.new_page()
    page.goto(server.address)
    expect(page.locator("#pc-box textarea")).to_be_editable(timeout=20_000)
    expect(page.locator("svg.pc-map, svg.pc-timeline")).to_have_count(0)
    assert "Blackbox Model Provenance" not in page.content()
    page.close()


# Adding


def test_dropped_papers_are_added_told_of_and_gone_from_the_uploads(
    page: Page, folder: Path, tmp_path: Path
) -> None:
    expect(page.locator("#pc-count")).to_contain_text("papers")
    before = page.locator(".pc-facts li").first.inner_text()
    drop(
        page,
        jsonl(
            tmp_path / "bread.jsonl",
            {"title": "Bread Rises", "abstract": ABSTRACT, "date": "2030-02-03"},
            {"title": "Only a title"},
        ),
        jsonl(tmp_path / "again.jsonl", {"title": "Bread Rises", "abstract": ABSTRACT}),
    )
    reported(page, "1 added, 1 merged with what was known, 1 rejected from 2 files.")
    expect(page.locator(".pc-report li")).to_contain_text("bread.jsonl, line 2")
    expect(page.locator(".pc-facts li").first).not_to_have_text(before)
    expect(rows(page).first).to_contain_text("Bread Rises")
    expect(page.locator("svg.pc-timeline a").last).to_have_attribute(
        "aria-label", "February 2030: 1 paper"
    )
    expect(the_map(page).get_by_role("button", name="Bread Rises")).to_have_count(1, timeout=LONG)
    expect(page.locator("#pc-drop input[type=file]")).to_have_count(1)
    left = [path for path in (folder / "uploads").rglob("*") if path.is_file()]
    assert left == []


def test_a_hostile_page_is_added_and_does_nothing(page: Page, tmp_path: Path) -> None:
    titles_of = [f"{text} {n}" for n, text in enumerate(HOSTILE)]
    bad = [{"title": text, "abstract": f"{text} {ABSTRACT}"} for text in titles_of]
    name = "<img src=x onerror=alert(8)>.jsonl"
    drop(page, jsonl(tmp_path / name, *bad, {"title": HOSTILE[0]}))
    reported(page, f"{len(bad)} added, 1 rejected")
    page.get_by_label("Find papers").fill("alert")
    expect(rows(page)).to_have_count(len(bad) + 1)  # and one of the sample's
    for place in range(len(bad)):
        rows(page).nth(place).locator("[role=gridcell]").first.click()
        expect(card(page)).to_contain_text("alert")
    expect(the_map(page).locator("a[aria-label*='alert']")).to_have_count(len(bad), timeout=LONG)
    the_map(page).locator("a[aria-label*='alert']").first.focus()
    expect(page.locator(".pc-tip")).to_contain_text("alert")
    inner = "#pc-collection :is(img, script, iframe)"
    assert page.locator(inner).count() == 0
    page.get_by_role("button", name="Ask about this paper").click()
    expect(page.locator("#pc-box textarea")).to_have_value(re.compile("alert"))
    page.wait_for_timeout(300)


def test_another_writer_is_named(page: Page, folder: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "later.jsonl", {"title": "Later", "abstract": ABSTRACT})
    with writing(folder / "store", wait=5):
        drop(page, path)
        reported(page, "is being written by process")
    expect(page.locator(".pc-report")).to_contain_text("Nothing was added from 1 file.")
    drop(page, path)
    reported(page, "1 added from 1 file.")


def test_a_page_over_an_empty_store_becomes_usable(browser: Browser, tmp_path: Path) -> None:
    with shelved("empty", tmp_path) as bare:
        pages = _watched(browser, bare)
        page = next(pages)
        counted(page, "There are no papers here yet; drop files to add some.")
        drop(page, jsonl(tmp_path / "one.jsonl", {"title": "Bread Rises", "abstract": ABSTRACT}))
        reported(page, "1 added from 1 file.")
        counted(page, "1 paper.")
        expect(page.locator(".pc-facts")).to_contain_text("1 paper")
        page.get_by_role("tab", name="Ask").click()
        expect(page.locator("button.example").first).to_be_visible()
        expect(page.locator("#pc-panel")).not_to_contain_text("nothing to search")
        page.fill("#pc-box textarea", "What rises?")
        page.keyboard.press("Enter")
        expect(page.locator(".pc-is-done")).to_be_visible()
        page.reload()
        expect(page.locator("#pc-box textarea")).to_be_editable()
        assert list(pages) == []
