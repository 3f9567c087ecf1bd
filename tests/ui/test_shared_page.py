"""A page with accounts: nothing before the log-in, and two people who see only their own."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.ui.served import Served, served
from tests.ui.shared import NAME, PASSWORDS
from ui.accounts import Accounts
from ui.gate import PAUSE, TRIES


@pytest.fixture(scope="module")
def page_with_accounts(tmp_path_factory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("shared")
    with served(str(folder), module="tests.ui.shared") as page:
        yield page


@pytest.fixture
def address(page_with_accounts: Served) -> str:
    return page_with_accounts.address


def send(address, path, body=None, method=None, **headers):
    """Status, headers and text of the answer."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method or ("POST" if body is not None else "GET"), path, body, named)
    response = connection.getresponse()
    found = response.status, response.headers, response.read().decode("utf-8", "replace")
    connection.close()
    return found


def logged_in(address, name="anna") -> str:
    form = urlencode({"username": name, "password": PASSWORDS[name]})
    status, headers, _ = send(
        address, "/login", form, Content_Type="application/x-www-form-urlencoded"
    )
    assert status == 200
    cookies = headers.get_all("set-cookie")
    assert all("httponly" in cookie.lower() for cookie in cookies)
    assert all("samesite=lax" in cookie.lower() for cookie in cookies)
    return "; ".join(cookie.partition(";")[0] for cookie in cookies)


CLOSED = [
    ("GET", "/config"),
    ("GET", "/config/"),
    ("GET", "//config"),
    ("GET", "/assets/../config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/openapi.json"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/startup-events"),
    ("GET", "/gradio_api/heartbeat/abc"),
    ("GET", "/gradio_api/queue/data?session_hash=abc"),
    ("GET", "/gradio_api/file=/etc/hostname"),
    ("GET", "/gradio_api/file/etc/hostname"),
    ("GET", "/gradio_api/upload_progress?upload_id=1"),
    ("GET", "/gradio_api/stream/abc/1/1/playlist.m3u8"),
    ("GET", "/gradio_api/deep_link?session_hash=abc"),
    ("GET", "/monitoring"),
    ("GET", "/monitoring/abc"),
    ("GET", "/manifest.json"),
    ("GET", "/docs"),
    ("POST", "/"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/reset"),
    ("POST", "/gradio_api/component_server"),
]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_nothing_is_served_before_login(address, method, path):
    body = "{}" if method == "POST" else None
    status, _, text = send(address, path, body, method, Content_Type="application/json")
    assert (status, text) == (401, "Log in first.\n")


def test_visitors_come_by_the_names_that_were_given(address):
    """As a proxy asks for them, which tells how it was asked itself."""
    for host, status in ((NAME, 200), (f"{NAME.lower()}:443", 200), ("evil.example", 400)):
        assert send(address, "/", Host=host, X_Forwarded_Proto="https")[0] == status


def test_the_login_page_tells_nothing_of_the_papers(address):
    for path in ("/", "/?deep_link=abc&all_endpoints=1"):
        for cookie in ("", "access-token-x=y"):
            status, headers, text = send(address, path, Cookie=cookie)
            assert status == 200
            assert '"auth_required":true' in text
            for ours in ("362", "gpt-5-mini", "687d83cc", "pc-box", 'dependencies":[{'):
                assert ours not in text
            assert "sha256-" in headers["content-security-policy"]


def test_who_has_logged_in_is_served(address):
    cookie = logged_in(address)
    status, _, text = send(address, "/config", Cookie=f'other={{"a": [1, 2]}}; {cookie}')
    assert status == 200
    assert json.loads(text)["username"] == "anna"


def test_a_session_of_somebody_else_is_out_of_reach(address):
    anna, ben = logged_in(address), logged_in(address, "ben")
    body = json.dumps({"data": [], "fn_index": 0, "session_hash": "annas"})
    json_type = "application/json"
    path = "/gradio_api/queue/join"
    assert send(address, path, body, Cookie=anna, Content_Type=json_type)[0] != 403
    for cookie, expected in ((ben, True), (anna, False)):
        for wanted in (path, "/gradio_api/run/predict", "/gradio_api/cancel"):
            found = send(address, wanted, body, Cookie=cookie, Content_Type=json_type)
            assert (found[0] == 403) == expected, wanted
    for wanted in ("queue/data?session_hash=annas", "heartbeat/annas", "stream/annas/1/1/x.ts"):
        assert send(address, f"/gradio_api/{wanted}", Cookie=ben)[0] == 403
    parts = "multipart/form-data; boundary=x"
    assert (
        send(address, "/gradio_api/component_server", "x", Cookie=ben, Content_Type=parts)[0] == 415
    )


def test_another_site_can_neither_log_in_nor_ask(address):
    form = urlencode({"username": "anna", "password": PASSWORDS["anna"]})
    kind = "application/x-www-form-urlencoded"
    found = send(address, "/login", form, Content_Type=kind, Sec_Fetch_Site="cross-site")
    assert found[0] == 403
    cookie = logged_in(address)
    found = send(address, "/gradio_api/cancel", "{}", Cookie=cookie, Sec_Fetch_Site="cross-site")
    assert found[0] == 403


def test_another_site_can_log_nobody_out(address):
    cookie = logged_in(address)
    for path in ("/logout", "/logout/", "/logout?all_session=true"):
        assert send(address, path, Cookie=cookie, Sec_Fetch_Site="cross-site")[0] == 403
    assert send(address, "/config", Cookie=cookie)[0] == 200


def enter(context: BrowserContext, address: str, name: str, path: str = "/") -> Page:
    page = context.new_page()
    page.goto(address + path)
    page.get_by_label("username").fill(name, timeout=20_000)
    page.get_by_label("password").fill(PASSWORDS[name])
    page.get_by_role("button", name="Login").click()
    expect(page.locator("#pc-box textarea")).to_be_editable(timeout=20_000)
    return page


def ask(page: Page, question: str) -> None:
    page.fill("#pc-box textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator(".pc-is-done").last).to_be_visible(timeout=20_000)


@pytest.fixture
def contexts(browser) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    both = browser.new_context(), browser.new_context()
    yield both
    for context in both:
        context.close()


@pytest.mark.browser
def test_a_wrong_password_is_told_and_the_right_one_opens(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.get_by_label("username").fill("anna", timeout=20_000)
    page.get_by_label("password").fill("wrong")
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_text("Incorrect")).to_be_visible(timeout=20_000)
    page.get_by_label("username").fill("anna")
    page.get_by_label("password").fill(PASSWORDS["anna"])
    page.keyboard.press("Enter")
    expect(page.locator("#pc-box textarea")).to_be_editable(timeout=20_000)
    context.close()


@pytest.mark.browser
def test_each_sees_their_own_conversations_only(contexts, address):
    anna = enter(contexts[0], address, "anna")
    ask(anna, "Where do facts live?")
    annas = key_of(anna)
    ben = enter(contexts[1], address, "ben", f"/?c={annas}")
    expect(ben.locator(".pc-welcome")).to_be_visible()
    expect(ben.locator("#pc-kept label")).to_have_count(0)
    ask(ben, "Say it verbatim")
    bens = key_of(ben)
    assert bens != annas
    # What the page would not send: Anna's id wherever Ben's belongs.
    ben.route("**/gradio_api/**", lambda route: forged(route, bens, annas))
    ben.get_by_role("button", name="New conversation").click()
    expect(ben.locator(".pc-welcome")).to_be_visible()
    ben.evaluate("document.querySelector('#pc-kept input').click()")
    ben.wait_for_timeout(1_500)
    expect(ben.locator(".pc-welcome")).to_be_visible()
    expect(ben.locator("#pc-chat")).not_to_contain_text("Where do facts live?")
    assert not ben.evaluate("[...document.querySelectorAll('#pc-kept label')].length > 1")
    anna.goto(f"{address}/?c={annas}")
    expect(anna.locator("#pc-chat")).to_contain_text("Where do facts live?", timeout=20_000)
    expect(anna.locator("#pc-kept label")).to_have_count(1)


@pytest.mark.browser
def test_signing_out_leads_to_the_login_page_and_ends_the_visit(contexts, address):
    page = enter(contexts[0], address, "ben")
    expect(page.locator("#pc-account")).to_contain_text("ben")
    (cookie, *_) = contexts[0].cookies()
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_label("username")).to_be_visible(timeout=20_000)
    assert send(address, "/config", Cookie=f"{cookie['name']}={cookie['value']}")[0] == 401


def key_of(page: Page) -> str:
    """The id of the kept conversation that is open."""
    shown = page.locator(".pc-of")
    expect(shown).to_have_attribute("data-conversation", re.compile("^[0-9a-f]{32}$"))
    return shown.get_attribute("data-conversation") or ""


def forged(route: Route, old: str, new: str) -> None:
    """Lets the request go on with one id in place of another."""
    body = route.request.post_data
    if body and old in body:
        route.continue_(post_data=body.replace(old, new))
    else:
        route.continue_()


def test_guesses_are_counted_and_a_visit_ends_with_the_account(tmp_path):
    with served(str(tmp_path), module="tests.ui.shared") as page:
        cookie = logged_in(page.address)
        assert send(page.address, "/config", Cookie=cookie)[0] == 200
        Accounts(tmp_path / "accounts").remove("anna")
        assert send(page.address, "/config", Cookie=cookie)[0] == 401
        assert '"auth_required":true' in send(page.address, "/", Cookie=cookie)[2]
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        wrong = urlencode({"username": "ben", "password": "wrong"})
        for _ in range(TRIES):
            assert send(page.address, "/login", wrong, **form)[0] == 400
        right = urlencode({"username": "ben", "password": PASSWORDS["ben"]})
        status, headers, _ = send(page.address, "/login", right, **form)
        assert status == 429
        assert 0 < int(headers["retry-after"]) <= PAUSE
