"""States of the page beside answering: first use, an empty store, one that is gone; the console."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from index.errors import IndexNotReady
from index.store import PaperIndex
from rag.settings import Settings
from rag.wiring import open_index
from tests.ui.served import Served, served
from tests.ui.test_accessibility import audit
from ui.render import coming, welcome
from ui.view import Coming, PageInfo
from ui.watching import Place

QUESTION = "Why must calibrated language models hallucinate?"
ANSWERED = ".pc-is-done, .pc-is-refused"  # by words alone, as the store here is, either is right


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch) -> None:
    """Conversations of the tests are no user's."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("PAPERCHAT_", "OPENAI_"))]:
        if name != "PAPERCHAT_CHROMIUM":
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A store that holds the sample."""
    folder = tmp_path_factory.mktemp("filled") / "store"
    open_index(Settings(store=str(folder), embedder="hash")).close()
    return folder


@pytest.fixture
def store(filled, tmp_path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "store"))


def start(store: Path, pause: float = 0):
    return served(str(store), str(pause), module="tests.ui.starting")


def opened(browser: Browser, page: Served) -> Page:
    shown = browser.new_page(viewport={"width": 1360, "height": 860})
    shown.goto(page.address)
    expect(shown.locator(".pc-welcome")).to_be_visible(timeout=20_000)
    return shown


def ask(page: Page, question: str = QUESTION) -> None:
    page.fill("#pc-box textarea", question)
    page.keyboard.press("Enter")


@pytest.mark.browser
def test_a_new_store_fills_while_the_page_is_open(browser, tmp_path):
    with start(tmp_path / "store", 0.6) as page:
        shown = opened(browser, page)
        errors = []
        shown.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        expect(shown.locator(".pc-coming")).to_contain_text("of 362 papers")
        expect(shown.locator(".pc-welcome")).to_contain_text("on their way")
        ask(shown)  # too early
        expect(shown.locator(".pc-is-searching")).to_be_visible()
        expect(shown.locator(ANSWERED)).to_contain_text("hallucinat", timeout=30_000)
        expect(shown.locator("#pc-coming")).to_be_hidden()
        expect(shown.locator(".pc-facts")).to_contain_text("362 papers", timeout=20_000)
        shown.get_by_role("button", name="New conversation").click()
        expect(shown.locator("button.example")).to_have_count(4)
        expect(shown.locator(".pc-welcome")).to_contain_text("What do these papers say?")
        assert errors == []
        shown.reload()
        errors.clear()  # leaving a page ends what it was still fetching, which Gradio logs
        expect(shown.locator(".pc-facts")).to_contain_text("362 papers", timeout=20_000)
        expect(shown.locator("#pc-coming")).to_be_hidden()
        assert errors == []
        shown.close()


def test_ending_in_the_middle_of_the_first_use_loses_nothing(tmp_path):
    with start(tmp_path / "store", 0.3) as page:
        page.wait("seen", timeout=30)
        code, said = page.interrupt()
    assert code == 0
    assert "Traceback" not in said
    assert "goes on from there" in said
    with PaperIndex.open(tmp_path / "store") as index:
        assert 0 < index.count() < 362
    with open_index(Settings(store=str(tmp_path / "store"), embedder="hash")) as index:
        assert index.count() == 362


@pytest.mark.browser
def test_a_store_that_vanishes_and_comes_back(browser, store):
    with start(store) as page:
        shown = opened(browser, page)
        ask(shown)
        expect(shown.locator(ANSWERED)).to_be_visible(timeout=20_000)
        away = store.rename(store.with_name("away"))
        ask(shown)
        expect(shown.locator(".pc-error")).to_contain_text("is not there any more", timeout=20_000)
        assert "Traceback" not in shown.content()
        audit(shown)
        shown.reload()  # the page itself is there still
        expect(shown.locator("#pc-box textarea")).to_be_editable(timeout=20_000)
        away.rename(store)
        ask(shown)
        expect(shown.locator(ANSWERED).last).to_be_visible(timeout=20_000)
        shown.close()
        code, said = page.interrupt()
    assert code == 0
    assert "Traceback" not in said


@pytest.mark.browser
def test_a_store_that_was_emptied_says_what_to_do(browser, store):
    with PaperIndex.open(store) as index:
        index.delete([paper.id for paper in index.query()])
    with start(store) as page:
        shown = opened(browser, page)
        expect(shown.locator(".pc-welcome")).to_contain_text("Collection tab")
        expect(shown.locator(".pc-welcome")).to_contain_text("paperchat index")
        expect(shown.locator("#pc-box")).to_be_hidden()
        shown.close()


@pytest.mark.browser
def test_the_console_of_the_page_is_clean(browser, store):
    with start(store) as page:
        said = []
        shown = browser.new_page()
        shown.on("console", lambda told: said.append(told.text) if told.type == "error" else None)
        shown.on("pageerror", lambda error: said.append(str(error)))
        for host in ("127.0.0.1", "localhost"):
            shown.goto(page.address.replace("127.0.0.1", host) + "/?c=abc&x=%3Cscript%3E")
            ask(shown)
            expect(shown.locator(ANSWERED).last).to_be_visible(timeout=20_000)
        assert said == []
        assert shown.evaluate("typeof window.gradio_config") == "object"
        shown.close()


# Without a browser


def test_a_place_tells_what_became_of_the_store(store):
    place = Place.of(str(store))
    assert place is not None
    place.check()
    place.examine()
    away = store.rename(store.with_name("away"))
    with pytest.raises(IndexNotReady, match="not there any more"):
        place.check()
    shutil.copytree(away, store)
    with pytest.raises(IndexNotReady, match="Start paperchat again"):
        place.check()
    shutil.rmtree(store)
    away.rename(store)
    place.check()
    catalogue = store / "catalogue.sqlite"
    with catalogue.open("r+b") as file:
        file.seek(0)
        file.write(b"not a database at all")
    with pytest.raises(IndexNotReady, match="can't be read"):
        place.examine()


def test_a_store_elsewhere_is_not_watched(tmp_path):
    assert Place.of("http://127.0.0.1:9") is None
    sqlite3.connect(tmp_path / "other.sqlite").close()
    assert Place.of(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, ""),
        (Coming(), "Getting ready"),
        (Coming(128, 362), "128 of 362 papers"),
        (Coming(128, 362, "the <disk> is full"), "the &#60;disk&#62; is full"),
    ],
)
def test_how_far_the_papers_are(state, words):
    markup = coming(PageInfo(0, "extractive", "extractive", coming=state))
    assert words in markup
    assert bool(markup) == (state is not None)


def test_what_can_be_asked():
    nothing = PageInfo(0, "extractive", "extractive")
    assert not nothing.askable
    assert "no papers here yet" in welcome(nothing)
    soon = PageInfo(0, "extractive", "extractive", coming=Coming(1, 362))
    assert soon.askable
    assert "on their way" in welcome(soon)
    failed = PageInfo(0, "extractive", "extractive", coming=Coming(failed="no room"))
    assert not failed.askable
