"""The page in a real Chromium, served as users get it; the server's door without one."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from index.errors import ConfigError
from index.types import Filters
from rag.asked import MOST_CHARACTERS
from tests.ui.asker import HALLUCINATE, HOSTILE, post_training
from tests.ui.chromium import Watch
from tests.ui.served import Served, served
from ui.server import listen
from ui.web import read_filters

QUESTION = "What changes inside a language model during post-training?"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("papers") as page:
        yield page


@pytest.fixture(scope="module")
def empty_server() -> Iterator[Served]:
    with served("empty") as page:
        yield page


@pytest.fixture
def address(server: Served) -> str:
    server.forget()
    return server.address


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, Watch]]:
    context = browser.new_context(viewport={"width": 1360, "height": 860})
    page = context.new_page()
    watch = Watch(page)
    page.goto(address)
    expect(page.locator("#pc-box textarea")).to_be_editable(timeout=20_000)
    yield page, watch
    context.close()
    watch.check(address)


def ask(page: Page, question: str) -> None:
    page.fill("#pc-box textarea", question)
    page.keyboard.press("Enter")


def done(page: Page, state: str = "done", *, nth: int = 0) -> None:
    expect(page.locator(f".pc-is-{state}").nth(nth)).to_be_visible(timeout=15_000)


@pytest.mark.browser
def test_the_answer_streams_beside_its_evidence(opened):
    page, _ = opened
    ask(page, f"{QUESTION} slowly")
    # The evidence is there before the first word is.
    expect(page.locator(".pc-is-reading")).to_be_visible()
    expect(page.locator("#pc-panel .pc-card")).to_have_count(6)
    expect(page.locator("#pc-chat")).not_to_contain_text("Post-training leaves")
    expect(page.locator(".pc-is-writing")).to_contain_text("Post-training leaves the places")
    expect(page.locator(".pc-is-writing a.pc-cite").first).to_be_visible()
    expect(page.locator(".pc-is-writing")).not_to_contain_text("Taken together")
    done(page)
    expect(page.locator(".pc-is-done")).to_contain_text("Larger models need less of it.")
    expect(page.locator(".pc-cited")).to_have_count(3)
    assert page.locator("#pc-panel mark").all_inner_texts()[2].startswith("Through experiments")


@pytest.mark.browser
def test_a_marker_shows_its_quote_and_brings_the_sentence_into_view(opened):
    page, _ = opened
    ask(page, QUESTION)
    done(page)
    marker = page.locator("a.pc-cite", has_text="[3]").first
    sentence = page.locator('mark[data-markers="3"]')
    expect(sentence).not_to_be_in_viewport()
    marker.hover()
    expect(page.locator("#pc-pop")).to_contain_text("Language model post-training is applied")
    marker.click()
    expect(sentence).to_be_in_viewport()
    expect(sentence).to_be_focused()
    expect(page.locator("#pc-pop")).to_be_hidden()
    quote = post_training(QUESTION).citations[3].quote
    assert sentence.inner_text() == quote


@pytest.mark.browser
def test_a_marker_after_a_quote_goes_to_that_sentence(opened):
    page, _ = opened
    ask(page, "Say it verbatim")
    done(page)
    for place, start in enumerate(("Post-training is essential", "(3) The refusal direction")):
        page.locator("a.pc-cite").nth(place).click()
        expect(page.locator("mark:focus")).to_contain_text(start)


@pytest.mark.browser
def test_markers_work_by_keyboard(opened):
    page, _ = opened
    ask(page, QUESTION)
    done(page)
    page.locator("a.pc-cite").first.focus()
    expect(page.locator("#pc-pop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#pc-pop")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator('mark[data-markers="1"]').first).to_be_focused()


@pytest.mark.browser
def test_a_new_question_comes_into_view_though_one_reads_further_up(opened):
    page, _ = opened
    page.set_viewport_size({"width": 1000, "height": 520})
    ask(page, QUESTION)
    done(page)
    page.locator("#pc-chat .bubble-wrap").evaluate("chat => chat.scrollTo(0, 0)")
    page.wait_for_timeout(300)  # Gradio has seen that one scrolled up
    ask(page, "How do I keep a sourdough starter alive?")
    done(page, "refused")
    expect(page.locator(".pc-question").last).to_be_in_viewport()
    expect(page.locator(".pc-refusal h3")).to_be_in_viewport()


@pytest.mark.browser
def test_an_earlier_answer_brings_its_sources_back(opened):
    page, _ = opened
    ask(page, QUESTION)
    done(page)
    ask(page, "How do I keep a sourdough starter alive?")
    done(page, "refused")
    expect(page.locator("#pc-panel h2")).to_have_text("Nearest papers")
    expect(page.locator(".pc-refusal")).to_contain_text("No clear answer found")
    page.locator("a.pc-cite", has_text="[2]").first.click()
    expect(page.locator('mark[data-markers="2"]')).to_be_in_viewport()
    page.locator(".pc-near", has_text=HALLUCINATE.title).click()
    expect(page.locator("#pc-2-near-1 .pc-abstract")).to_be_in_viewport()


@pytest.mark.browser
def test_stop_keeps_the_text_and_closes_the_stream(opened, server):
    page, _ = opened
    ask(page, "Tell me slowly")
    expect(page.locator(".pc-is-writing")).to_contain_text("Post-training")
    page.get_by_role("button", name="Stop").click()
    done(page, "stopped")
    server.wait("closed")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.wait_for_timeout(400)
    expect(page.locator(".pc-is-stopped")).to_contain_text("may be incomplete")
    ask(page, QUESTION)
    done(page)


@pytest.mark.browser
def test_leaving_the_page_closes_the_stream(browser, address, server):
    page = browser.new_page()
    page.goto(address)
    ask(page, "Tell me slowly")
    expect(page.locator(".pc-is-writing")).to_be_visible(timeout=15_000)
    page.close()
    server.wait("closed")


@pytest.mark.browser
def test_hostile_content_is_shown_and_does_nothing(opened):
    page, watch = opened
    ask(page, "hostile <img src=x onerror=alert(7)> ![y](http://127.0.0.1:9/y.png)")
    done(page)
    for text in HOSTILE:
        expect(page.locator(".pc-is-done")).to_contain_text(text)
        expect(page.locator("#pc-panel")).to_contain_text(text)
    expect(page.locator("#pc-chat")).to_contain_text("<img src=x onerror=alert(7)>")
    page.locator("a.pc-cite").last.hover()
    expect(page.locator("#pc-pop")).to_contain_text(HOSTILE[2])
    page.locator("a.pc-cite").last.click()
    assert page.locator("#pc-chat img, #pc-panel img, #pc-panel script").count() == 0
    addresses = page.locator("#pc-chat a, #pc-panel a").evaluate_all("all => all.map(a => a.href)")
    assert not [a for a in addresses if not a.startswith("http")]
    page.wait_for_timeout(300)
    assert watch.dialogs == []


@pytest.mark.browser
def test_a_failure_is_told_in_the_chat_and_the_next_question_works(opened):
    page, _ = opened
    ask(page, "Are you offline?")
    done(page, "failed")
    expect(page.locator(".pc-error")).to_contain_text("start the model server")
    assert "Traceback" not in page.content()
    ask(page, QUESTION)
    done(page)


@pytest.mark.browser
def test_a_question_may_have_its_length_and_no_more(opened):
    page, _ = opened
    page.evaluate("document.querySelector('#pc-box textarea').removeAttribute('maxlength')")
    ask(page, "x" * (MOST_CHARACTERS + 1))
    done(page, "failed")
    expect(page.locator(".pc-error")).to_contain_text("too long: at most 4,000")
    ask(page, "x" * MOST_CHARACTERS)
    done(page)


@pytest.mark.browser
def test_filters_and_history_reach_the_assistant(opened, server):
    page, _ = opened
    page.get_by_role("button", name="Filters").click()
    page.wait_for_timeout(500)  # Gradio draws the opened fields anew, and drops what is typed then
    page.get_by_label("From", exact=True).press_sequentially("2024-09")
    page.get_by_label("Words in title or abstract").press_sequentially("reward, safety")
    expect(page.get_by_label("From", exact=True)).to_have_value("2024-09")
    ask(page, QUESTION)
    done(page)
    asked = server.wait("asked")
    assert (asked["asked"], asked["history"]) == (QUESTION, [])
    assert asked["filters"] == {"since": "2024-09-01", "words": ["reward", "safety"]}
    expect(page.locator(".pc-chips")).to_contain_text("from 2024-09-01")
    page.get_by_label("From", exact=True).fill("last year")
    ask(page, "And then?")
    done(page, "failed")
    expect(page.locator(".pc-error")).to_contain_text("not a date: 'last year'"[:18])
    page.get_by_label("From", exact=True).fill("")
    page.get_by_label("Words in title or abstract").fill("")
    ask(page, "And then?")
    done(page, nth=1)
    asked = server.wait("asked")
    assert (asked["asked"], asked["history"], asked["filters"]) == ("And then?", [QUESTION], None)


@pytest.mark.browser
def test_an_example_asks_itself_and_a_new_conversation_is_empty(opened, server):
    page, _ = opened
    page.locator("button.example").first.click()
    done(page)
    assert server.wait("asked")["asked"] == QUESTION
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".pc-welcome")).to_be_visible()
    expect(page.locator("#pc-panel .pc-legend")).to_be_visible()
    ask(page, "Another?")
    done(page)
    assert server.wait("asked")["history"] == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_light_and_dark_and_on_a_phone(browser, address, scheme):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    ask(page, QUESTION)
    done(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for place in (".pc-answer p", ".pc-abstract", ".pc-abstract mark", ".pc-meta li", "h1"):
        assert contrast(page, place) >= 4.5, place
    page.locator("a.pc-cite", has_text="[2]").first.click()
    expect(page.locator('mark[data-markers="2"]')).to_be_in_viewport()
    context.close()


def contrast(page: Page, place: str) -> float:
    """WCAG's contrast of an element's text against the nearest opaque background."""
    ink, paper = page.locator(place).first.evaluate(
        """node => {
          let behind = node;
          const fill = (n) => getComputedStyle(n).backgroundColor;
          while (behind.parentElement && /, 0\\)$/.test(fill(behind)))
            behind = behind.parentElement;
          return [getComputedStyle(node).color, fill(behind)];
        }"""
    )
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.browser
def test_an_empty_store_says_what_to_do(browser, empty_server):
    page = browser.new_page()
    page.goto(empty_server.address)
    expect(page.locator(".pc-welcome")).to_contain_text("paperchat index", timeout=15_000)
    expect(page.locator("#pc-box")).to_be_hidden()
    page.close()


# The server's door


def get(address: str, path: str = "/", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def test_every_answer_carries_the_security_headers(address):
    for path in ("/", "/config", "/nowhere"):
        response = get(address, path)
        assert "default-src 'self'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["x-frame-options"] == "DENY"


def test_another_host_name_is_refused(address):
    assert get(address, Host="evil.example").status == 400
    assert get(address).status == 200


def test_a_huge_request_is_refused_before_it_is_read(address):
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.putrequest("POST", "/gradio_api/queue/join")
    connection.putheader("Content-Length", str(5_000_000))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_only_this_machine_may_be_served(host):
    with pytest.raises(ConfigError, match=r"127\.0\.0\.1"), listen(host, None):
        pass


def test_a_taken_port_is_passed_over_unless_it_was_named():
    with listen("127.0.0.1", None) as first:
        port = first.getsockname()[1]
        with listen("127.0.0.1", None) as second:
            assert second.getsockname()[1] != port
        with pytest.raises(ConfigError, match=f"port {port}"), listen("localhost", port):
            pass


def test_interrupting_the_server_ends_it_quietly(empty_server):
    assert get(empty_server.address).status == 200
    # A page that is still open must not keep the server alive.
    place = urlsplit(empty_server.address)
    with socket.create_connection((place.hostname, place.port)) as open_page:
        open_page.sendall(b"GET /gradio_api/heartbeat/a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert open_page.recv(1)
        assert empty_server.interrupt() == (0, "")


def test_filter_fields_become_conditions():
    assert read_filters("", " ", "", []) == Filters()
    read = read_filters("2024", "2025-02", "reward model", ["002"])
    assert read == Filters("2024", "2025-02", ["002"], words=["reward", "model"])
    assert read_filters("", "", "reward model, safety,", []).words == ("reward model", "safety")
    with pytest.raises(ConfigError, match="Swap"):
        read_filters("2025", "2024", "", [])


def test_importing_the_door_imports_no_gradio():
    code = "import sys, ui.web, ui.server, ui.render; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
