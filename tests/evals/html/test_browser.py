"""The page in a real browser: silent, harmless, and its filters work."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from evals.html.page import keep_page, page
from evals.measures import MEASURES
from rag.types import Claim, Usage
from tests.evals.build import answer, citation
from tests.evals.html.runs import hostile, kept, of, small
from tests.ui.chromium import chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


class Opened:
    """A page that was opened, and all that it did beside showing itself."""

    def __init__(self, browser, address: str, **options) -> None:
        self.page = browser.new_page(**options)
        self.noise: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.noise.append(message.text))
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.noise.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)

    def shown(self) -> list[str]:
        return self.page.locator(".case:visible .id").all_inner_texts()


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a run's page from its file."""
    pages = []

    def go(run, **options) -> Opened:
        file = tmp_path / "run.html"
        keep_page(run, file)
        one = Opened(browser, file.as_uri(), **options)
        pages.append(one.page)
        return one

    yield go
    for each in pages:
        each.close()


def test_hostile_text_does_nothing(opened) -> None:
    one = opened(hostile())
    one.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    one.page.fill("#by-words", "<img src=x onerror=alert(1)>")
    assert one.shown()
    assert "<img src=x onerror=alert(1)>" in one.page.inner_text(".case .text")
    assert one.page.locator("img").count() == 0
    assert (one.noise, one.asked) == ([], [one.page.url])


def test_what_an_answer_smuggles_in_would_not_run(browser, tmp_path) -> None:
    smuggled = page(small()).replace("<main>", "<main><script>document.title = 'got in'</script>")
    (tmp_path / "run.html").write_text(smuggled)
    one = Opened(browser, (tmp_path / "run.html").as_uri())
    assert one.page.title() != "got in"
    assert any("Content Security Policy" in said for said in one.noise)
    one.page.close()


def test_cases_are_filtered_by_type_by_measure_and_by_words(opened) -> None:
    one = opened(small())
    assert one.shown() == ["c1", "c2", "c3", "c4", "c5"]
    one.page.select_option("#by-type", "survey")
    assert one.shown() == ["c2", "c4", "c5"]
    one.page.select_option("#by-short", "citation_recall")
    assert one.shown() == ["c2", "c4"]
    one.page.fill("#by-words", "MUSIC about")
    assert one.shown() == ["c4"]
    assert one.page.inner_text("#shown") == "1 of 5 cases"
    one.page.press("#by-words", "Enter")
    one.page.select_option("#by-type", "")
    one.page.fill("#by-words", "")
    one.page.select_option("#by-short", "*")
    assert one.shown() == ["c1", "c2", "c4", "c5"]
    assert (one.noise, one.asked) == ([], [one.page.url])


def test_a_marker_leads_to_its_quote(opened) -> None:
    one = opened(small())
    one.page.click(".case >> nth=0 >> summary")
    one.page.click("a[href='#case-1-1']")
    assert one.page.inner_text("li:target blockquote") == "We train on 2 million clips."
    one.page.reload()
    assert one.page.locator("li:target").is_visible()
    assert one.noise == []


def test_it_is_read_without_its_script(opened) -> None:
    one = opened(small(), java_script_enabled=False)
    assert len(one.shown()) == 5
    assert one.page.locator("#filters").is_hidden()
    one.page.click("summary >> nth=1")
    assert "Not supported: It is the best." in one.page.inner_text(".case >> nth=1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_follows_the_theme(opened, scheme) -> None:
    one = opened(hostile(), viewport={"width": 390, "height": 800}, color_scheme=scheme)
    one.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    ground = one.page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, ground.removeprefix("rgb(").removesuffix(")").split(",")))
    assert (brightness > 600) == (scheme == "light")


def test_all_measures_fit_a_phone(opened) -> None:
    said = replace(answer("Yes."), usage=Usage(12_345, 678), cost_usd=0.0123)
    slow = of("c1", "survey", "q", said, milliseconds=123_456.0)
    run = kept([slow, of("c2", "survey", "q", replace(said, cost_usd=0.2))], MEASURES)
    one = opened(run, viewport={"width": 390, "height": 800})
    one.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_hundred_long_cases_are_small_and_silent_over_http(browser, tmp_path) -> None:
    long = " ".join(["<em>words & words</em>"] * 60)
    said = answer(
        " ".join(f"{long} [{marker}]" for marker in range(1, 5)),
        tuple(citation(marker, f"Paper {marker} {long[:80]}") for marker in range(1, 5)),
        claims=(Claim(long, (1,), "weak"),),
    )
    keep_page(
        kept([of(f"c{place}", "survey", long, said) for place in range(100)]),
        tmp_path / "run.html",
    )
    assert (tmp_path / "run.html").stat().st_size < 3_000_000
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        one = Opened(browser, f"http://127.0.0.1:{server.server_port}/run.html")
        assert one.page.inner_text("#shown") == "100 of 100 cases"
        assert (one.noise, one.asked) == ([], [one.page.url])
        one.page.close()
        server.shutdown()
