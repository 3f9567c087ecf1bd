"""What a reader sets, in a real Chromium over a real store, against an endpoint on loopback.

The page's log is kept beside its store and its user's folders, so that a key can be looked for in
all that is ever written.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from rag.settings import Settings
from rag.wiring import open_index
from tests import endpoint as server
from tests.ui.asker import DETOX, HALLUCINATE, POST_TRAINING, TULU
from tests.ui.test_accessibility import audit

pytestmark = pytest.mark.browser

KEY = "sk-reader-0123456789abcdef"
WRONG = "sk-wrong-0123456789abcdef"
NOBODY = "http://127.0.0.1:9/v1"
QUESTION = "Why must calibrated language models hallucinate?"
NEXT = "What changes inside a language model during post-training?"
COMMAND = [sys.executable, "-c", "from ui.cli import main; main()"]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """All that the page may write to, with a store of four papers in it."""
    folder: Path = tmp_path_factory.mktemp("home")
    (folder / "tmp").mkdir()
    settings = Settings(store=str(folder / "store"), embedder="hash")
    with open_index(settings, sample=False) as index:
        papers = (HALLUCINATE, POST_TRAINING, TULU, DETOX)
        index.add([replace(paper, id=f"p{n}") for n, paper in enumerate(papers)])
    return folder


@contextmanager
def page_over(home: Path, *options: str, **environment: str) -> Iterator[str]:
    """The page as users start it, its log in ``home``; gives its address."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERCHAT_", "OPENAI_"))}
    names = ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "GRADIO_TEMP_DIR")
    kept |= dict.fromkeys(names, str(home)) | {"TMPDIR": str(home / "tmp")}
    kept |= {"PAPERCHAT_EMBEDDER": "hash", "OPENAI_LOG": "debug", **environment}
    command = [*COMMAND, "--store", str(home / "store"), *options, "chat", "--no-browser"]
    log = home / f"log{time.monotonic_ns()}.txt"
    with log.open("w") as out:
        process = subprocess.Popen(command, env=kept, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield _address(log)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def _address(log: Path) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := re.search(r"Open (http://\S+);", log.read_text()):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with page_over(home) as found:
        yield found


@pytest.fixture
def endpoint() -> Iterator[server.Endpoint]:
    with server.running() as running:
        running.play(speaks)
        yield running


def speaks(exchange: server.Exchange) -> None:
    """Two models behind a key; an answer says a sentence of the evidence with its key."""
    given = exchange.headers.get("authorization", "")
    if given != f"Bearer {KEY}":
        exchange.error(401, f"Incorrect API key provided: {given}")
    elif exchange.handler.command == "GET":
        models = {"data": [{"id": "qwen3:8b"}, {"id": "llama-3.3"}]}
        exchange.status(200, json.dumps(models).encode())
    elif exchange.body["model"] != "qwen3:8b":
        exchange.error(404, "The model does not exist")
    else:
        told = exchange.body["messages"][-1]["content"]
        found = re.search(r"\[([a-z0-9]{4})\] ([^\n]+)", told)
        said = f"{found[2]} [{found[1]}]" if found else "NONE"
        server.normal(said, cost=0.002)(exchange)


class Heard:
    """All that the server ever said to the browser."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        self.responses: list[Response] = []
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("response", self._hear)

    def _hear(self, response: Response) -> None:
        self.responses.append(response)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as found:
        yield found


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1360, "height": 860})
    context.set_default_timeout(20_000)
    found = context.new_page()
    found.goto(address)
    expect(found.locator("#pc-box textarea")).to_be_editable(timeout=20_000)
    yield found
    context.close()


def settle(page: Page) -> None:
    page.get_by_role("tab", name="Settings").click()
    expect(page.locator("#pc-state")).to_be_visible()


def ask(page: Page, question: str, state: str = "done", *, nth: int = 0) -> None:
    page.get_by_role("tab", name="Ask").click()
    page.fill("#pc-box textarea", question)
    page.keyboard.press("Enter")
    answer = page.locator(".pc-answer").nth(nth)
    expect(answer).to_have_class(re.compile(f"pc-is-{state}"), timeout=20_000)


def fill(page: Page, address: str, key: str = "", model: str = "") -> None:
    """Fills the fields in as a hand does, one after another."""
    page.fill("#pc-address textarea", address)
    page.fill("#pc-key input", key)
    if model:
        page.fill("#pc-model input", model)
        page.keyboard.press("Enter")
        whose = "with your key" if key else "without a key"
        told = f"written by {model} at {address}, {whose}"
        expect(page.locator("#pc-state")).to_contain_text(told)


def test_models_are_found_and_chosen_and_the_talk_goes_on(page, endpoint):
    ask(page, QUESTION)
    expect(page.locator("#pc-top")).to_contain_text("quotes only")
    settle(page)
    fill(page, endpoint.base_url, KEY)
    page.get_by_role("button", name="Find models").click()
    expect(page.locator("#pc-models-found")).to_have_text("2 models found. Choose one under Model.")
    page.locator("#pc-model input").click()
    page.get_by_role("option", name="qwen3:8b").click()
    expect(page.locator("#pc-top")).to_contain_text("model openai:qwen3:8b")
    expect(page.locator("#pc-state")).to_contain_text(f"at {endpoint.base_url}, with your key")
    ask(page, NEXT, nth=1)
    expect(page.locator(".pc-foot").nth(1)).to_contain_text("openai:qwen3:8b")
    asked = endpoint.requests[-1].body
    assert QUESTION in str(asked["messages"])  # the history came along
    settle(page)
    page.get_by_role("tab", name="Settings").click()
    expect(page.locator("#pc-spent")).to_contain_text(re.compile(r"read [\d,]+ tokens.*for 1 ans"))
    expect(page.locator("#pc-spent")).to_contain_text("at a cost of $0.00")


def test_quotes_only_is_one_click_and_asks_no_endpoint(page, endpoint):
    settle(page)
    fill(page, endpoint.base_url, KEY, "qwen3:8b")
    page.locator("#pc-quotes").click()
    expect(page.locator("#pc-state")).to_contain_text("without a language model")
    expect(page.locator("#pc-model input")).to_have_value(re.compile("Quotes only"))
    expect(page.locator("#pc-top")).to_contain_text("quotes only")
    ask(page, QUESTION)
    expect(page.locator(".pc-foot")).to_contain_text("quoted, no model")
    assert endpoint.requests == []


def test_a_wrong_key_says_what_to_do_and_quotes_are_one_click_away(page, endpoint):
    settle(page)
    fill(page, endpoint.base_url, WRONG)
    page.get_by_role("button", name="Find models").click()
    trouble = page.locator("#pc-models-found .pc-problem")
    expect(trouble).to_contain_text("refused the key; check the key on the Settings tab")
    audit(page)
    fill(page, endpoint.base_url, WRONG, "qwen3:8b")
    ask(page, QUESTION, "failed")
    expect(page.locator(".pc-error")).to_contain_text("refused the key")
    expect(page.locator("#pc-rescue")).to_be_visible()
    audit(page)
    page.locator("#pc-rescue").get_by_role("button", name="Settings").click()
    expect(page.locator("#pc-models")).to_be_visible()
    page.get_by_role("tab", name="Ask").click()
    page.locator("#pc-instead").click()
    expect(page.locator(".pc-is-done .pc-foot")).to_contain_text("quoted, no model")
    expect(page.locator(".pc-is-failed")).to_have_count(0)
    expect(page.locator("#pc-rescue")).to_be_hidden()
    expect(page.locator("#pc-top")).to_contain_text("quotes only")
    assert WRONG not in page.content()


def test_a_model_that_is_not_there_is_told(page, endpoint):
    settle(page)
    fill(page, endpoint.base_url, KEY, "nosuch")
    ask(page, QUESTION, "failed")
    expect(page.locator(".pc-error")).to_contain_text("check its name and the address on the Sett")
    expect(page.locator("#pc-rescue")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#pc-rescue")).to_be_hidden()


def test_an_endpoint_that_is_not_there_is_told_and_quotes_answer(page):
    settle(page)
    fill(page, NOBODY, "", "some")
    page.get_by_role("button", name="Find models").click()
    trouble = page.locator("#pc-models-found .pc-problem")
    expect(trouble).to_contain_text("could not be reached; check that it runs, and the address")
    ask(page, QUESTION)
    expect(page.locator(".pc-notice").first).to_contain_text("could not be reached; check that it")


def test_what_cannot_be_is_not_taken(page):
    settle(page)
    page.fill("#pc-address textarea", "localhost")
    page.keyboard.press("Enter")
    expect(page.locator("#pc-state .pc-problem")).to_contain_text("Not changed. The address must")
    page.fill("#pc-address textarea", "")
    page.fill("#pc-model input", "some")
    page.keyboard.press("Enter")
    expect(page.locator("#pc-state .pc-problem")).to_contain_text("needs a key, or an address")
    page.fill("#pc-model input", KEY)
    page.keyboard.press("Enter")
    expect(page.locator("#pc-state .pc-problem")).to_contain_text("It belongs under Key")
    expect(page.locator("#pc-top")).to_contain_text("quotes only")


def test_the_manner_of_answers_is_set_and_all_is_forgotten(page):
    settle(page)
    page.locator("#pc-length").get_by_label("Short").check()
    page.locator("#pc-strictness").get_by_label("Strict").check()
    page.fill("#pc-key input", KEY)
    page.keyboard.press("Enter")
    expect(page.locator("#pc-key input")).to_have_value("")
    expect(page.locator("#pc-key input")).to_have_attribute("placeholder", "Kept for this visit")
    ask(page, QUESTION, "refused")
    settle(page)
    page.locator("#pc-reset").click()
    expect(page.locator("#pc-key input")).to_have_attribute("placeholder", "None")
    for place in ("#pc-length", "#pc-strictness"):
        expect(page.locator(place).get_by_label("Normal")).to_be_checked()
    ask(page, QUESTION, nth=1)


def test_a_page_that_is_offline_says_why_no_model_can_be_chosen(browser, home):
    with page_over(home, "--offline") as address, opened(browser, address) as page:
        settle(page)
        expect(page.locator("#pc-model")).to_contain_text("started with --offline, so it opens no")
        expect(page.locator("#pc-address")).to_have_count(0)
        expect(page.locator("#pc-key")).to_have_count(0)
        page.locator("#pc-model input").click()
        expect(page.get_by_role("option")).to_have_count(1)


def test_what_the_page_was_started_with_is_in_force_and_a_reader_leaves_it(browser, home, endpoint):
    environment = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": endpoint.base_url}
    with (
        page_over(home, "--model", "openai:qwen3:8b", **environment) as address,
        opened(browser, address) as page,
    ):
        settle(page)
        expect(page.locator("#pc-state")).to_contain_text("with the page's own key")
        page.locator("#pc-quotes").click()
        ask(page, QUESTION)
        assert endpoint.requests == []
        assert KEY not in page.content()


def test_the_key_is_nowhere_but_in_memory(browser, home, address, endpoint):
    with opened(browser, address) as page:
        heard = Heard(page)
        page.reload()
        settle(page)
        fill(page, endpoint.base_url, KEY, "qwen3:8b")
        expect(page.locator("#pc-key input")).to_have_value("")
        ask(page, QUESTION)
        endpoint.play(server.fails(400, f"The key {KEY} may not do this"))
        ask(page, NEXT, "failed", nth=1)
        page.wait_for_timeout(500)
        stored = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
        shown = [page.content(), page.url, page.evaluate(stored), *heard.addresses]
        shown += [text for response in heard.responses if (text := said(response))]
        assert any("key removed" in text for text in shown)  # the error was among what was said
        assert not [text for text in shown if KEY in text]
    assert endpoint.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(b"HTTP Request: POST" in path.read_bytes() for path in files)  # the log, in full
    assert any(path.suffix in (".sqlite", ".db") for path in files)  # kept conversations
    for path in files:
        assert KEY.encode() not in path.read_bytes(), path


def said(response: Response) -> str:
    """A response's text; "" where it is none, or still comes."""
    if "heartbeat" in response.url or "/assets/" in response.url:
        return ""
    try:
        return response.text()
    except Exception:  # noqa: BLE001 - Playwright's errors for bodies that are gone or not text
        return ""
