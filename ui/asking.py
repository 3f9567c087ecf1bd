"""The verbs that ask: ``ask``, ``search`` and the page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from index.errors import ConfigError, PaperchatError
from index.store import PaperIndex
from index.types import Filters, Hit
from rag.assistant import Assistant
from rag.planner import plan
from rag.retrieval import gather
from rag.settings import Settings
from rag.types import Answer, Finished, Token
from rag.wiring import build_assistant, needs_sample, warm
from ui.batch import BatchReport, Request, run_batch
from ui.opening import ensure_filled, open_store
from ui.options import Door, Options
from ui.papers import counted
from ui.terminal import (
    bar,
    cited_sentences,
    clean,
    coloured,
    console,
    emit_json,
    heading,
    note,
)

if TYPE_CHECKING:
    from ui.accounts import Accounts

_SNIPPET = 240
_UNTIL_DRAWN_S = 2.0  # from the server's start on, the first page needs the processors


def answer_one(options: Options, question: str, *, as_json: bool) -> None:
    """Prints one answer: streamed on a terminal, whole into a pipe, or as JSON."""
    with _assistant(options) as (assistant, _):
        if as_json:
            emit_json(assistant.ask(question).to_dict())
            return
        answer = _streamed(assistant, question)
    screen = console()
    if answer.abstained:
        note(f"no answer: {clean(answer.reason or 'the papers do not say')}")
    for message in answer.notices:
        note(f"note: {clean(message)}")
    if answer.citations:
        screen.print()
        screen.print(cited_sentences(answer.citations), end="")


def answer_batch(options: Options, batch: Path, out: Path | None, *, resume: bool) -> None:
    """Answers a file of questions."""
    with _assistant(options) as (assistant, _):

        def work(request: Request) -> dict[str, Any]:
            return assistant.ask(request.question, history=request.history).to_dict()

        with bar("answering") as progress:
            report = run_batch(batch, out, work, resume=resume, progress=progress)
    _sum_up(report)


def search_one(options: Options, query: str, k: int, *, as_json: bool) -> None:
    """Prints the papers found, best first."""
    settings = options.settings()
    with open_store(settings) as index:
        ensure_filled(index, settings)
        hits = index.search(query, k)
    if as_json:
        emit_json([hit.to_dict() for hit in hits])
        return
    if not hits:
        note("nothing was found")
    screen = console()
    for hit in hits:
        _print_hit(screen, hit)


def search_batch(options: Options, batch: Path, out: Path | None, k: int, *, resume: bool) -> None:
    """Searches for a file of questions; one that leans on earlier turns is searched with them."""
    settings = options.settings()
    with open_store(settings) as index:
        ensure_filled(index, settings)

        def work(request: Request) -> dict[str, Any]:
            planned = plan(request.question, request.history, Filters(), index)
            hits = gather(index, planned, k)
            return {"results": [hit.to_dict() for hit in hits]}

        with bar("searching") as progress:
            report = run_batch(batch, out, work, resume=resume, progress=progress)
    _sum_up(report)


def open_page(options: Options, door: Door) -> None:
    """Serves the page until Ctrl-C. Raises ConfigError for --auth without any account."""
    from ui.filling import Filling, while_filling
    from ui.heaps import share_heaps
    from ui.server import check_host, check_names, is_shared
    from ui.serving import site_over
    from ui.watching import watched
    from ui.web import serve_page

    share_heaps()
    host, accounts = door.host or "127.0.0.1", _accounts(door)
    check_host(host, accounts=accounts is not None)
    names = door.allow_host or ()
    check_names(names, accounts=accounts is not None)
    settings = options.settings()
    with open_store(settings) as index:
        assistant = build_assistant(settings, index=index)
        shared = accounts is not None
        site = watched(site_over(assistant, index, shared=shared), index.location)
        filling = Filling(index) if needs_sample(index, settings) else None

        def ready(url: str) -> None:
            papers = "papers to come" if filling else counted(index.count())
            note(f"{papers}, model {assistant.model.spec}. Open {url}; Ctrl-C ends it.")
            if accounts is not None and is_shared(host):
                note("note: passwords travel unencrypted, unless a proxy in front adds TLS")
            if filling is not None:
                filling.start()  # which loads what questions need, too
            else:
                later = threading.Timer(_UNTIL_DRAWN_S, _warm, (index, settings))
                later.daemon = True
                later.start()

        with filling or nullcontext():
            serve_page(
                while_filling(site, filling) if filling else site,
                host=host,
                port=door.port,
                open_browser=door.browser is not False,
                ready=ready,
                accounts=accounts,
                names=names,
            )


def _warm(index: PaperIndex, settings: Settings) -> None:
    """Spares the first visitor the loading; what is wrong here is told when somebody asks."""
    with suppress(PaperchatError):
        warm(index, settings)


def _accounts(door: Door) -> Accounts | None:
    """The accounts that the page is for; None for a page without."""
    from ui.accounts import Accounts

    if door.auth is False or not (door.auth or door.auth_file):
        return None
    accounts = Accounts(door.auth_file)
    if not accounts.names():
        option = f" --file {door.auth_file}" if door.auth_file else ""
        message = f"there is no account in {accounts.path} yet"
        raise ConfigError(f"{message}; make one with: paperchat account add NAME{option}")
    return accounts


@contextmanager
def _assistant(options: Options) -> Iterator[tuple[Assistant, PaperIndex]]:
    """The model is made before a new store is filled: a wrong spec costs no waiting."""
    settings = options.settings()
    with open_store(settings) as index:
        assistant = build_assistant(settings, index=index)
        ensure_filled(index, settings)
        yield assistant, index


def _streamed(assistant: Assistant, question: str) -> Answer:
    """The answer; its text is on stdout when this returns, in its final form."""
    screen = console()
    shown = ""
    answer: Answer | None = None
    for event in assistant.stream(question):
        if isinstance(event, Finished):
            answer = event.answer
        elif isinstance(event, Token) and screen.is_terminal:
            screen.print(coloured(event.text), end="")
            shown += event.text
    if answer is None:
        raise RuntimeError("the assistant ended without an answer")
    if shown.strip() != answer.text.strip():
        if shown:
            note("\nThe answer was changed when it was checked; this is the final one:")
        screen.print(coloured(answer.text), end="")
    screen.print()
    return answer


def _print_hit(screen: Console, hit: Hit) -> None:
    screen.print(
        Text(f"{hit.rank:>3}  {hit.score:.3f}  ", "cyan").append(heading(hit.paper), "bold")
    )
    if hit.passages:
        text = clean(" ".join(hit.passages[0].chunk.text.split()))
        cut = text if len(text) <= _SNIPPET else text[:_SNIPPET].rsplit(" ", 1)[0] + " …"
        screen.print(Text(f"            {cut}", "dim"))


def _sum_up(report: BatchReport) -> None:
    kept = f", {report.resumed} kept from before" if report.resumed else ""
    note(f"{report.done} lines done, {report.failed} failed{kept}")
    if report.failed and not report.done + report.resumed:
        raise typer.Exit(1)
