"""Many conversations with the page at once, over an endpoint that streams slowly.

    python -m evals.bench.page_load --store STORE [--visitors 50] [--minutes 2] [--rate 50]
        [--words 150] [--pause 10]

Starts an endpoint on loopback that streams ``--rate`` tokens a second to each caller, the page
over STORE, and visitors who speak Gradio's protocol as its own page does: each asks, sees an answer
of ``--words`` to its end, reads for ``--pause`` seconds in the mean (exponentially distributed),
and asks again. Reports how long evidence and first token took, whether every answer came whole and
to whom it belongs, and the memory of the page's process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
import psutil
import uvicorn
from gradio_client.utils import apply_diff
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

_KEY = re.compile(r"^\[([a-z0-9]{4})\]", re.MULTILINE)
_NAME = re.compile(r"visitor-\d+-\d+")
_A_SENTENCE = 20  # words
_LETTERS = str.maketrans("0123456789", "abcdefghij")
QUESTIONS = (
    "What changes inside a language model during post-training",
    "Why must calibrated language models hallucinate",
    "How can a model learn new tasks without forgetting the old ones",
    "Can safety training remove a backdoor from a deceptive model",
)


def reply_to(prompt: str, words: int) -> str:
    """An answer that names who asked, in counted words."""
    name, key = _NAME.findall(prompt)[-1], _KEY.findall(prompt)[0]
    said = [f"For {name}:", *counted(words)]
    sentences = (said[i : i + _A_SENTENCE] for i in range(0, len(said), _A_SENTENCE))
    return " ".join(f"{' '.join(sentence).capitalize()} [{key}]." for sentence in sentences)


def counted(words: int) -> list[str]:
    """Words that tell their place, without digits, which would make keys of sentences of some."""
    return [f"word{str(n).translate(_LETTERS)}" for n in range(words)]


def endpoint(rate: float, words: int) -> Starlette:
    """Chat completions of so many words, ``rate`` words a second to each caller."""

    async def complete(request: Request) -> StreamingResponse:
        asked = (await request.json())["messages"]
        plans = "SEARCH" in asked[0]["content"]
        text = "PAPERS: one" if plans else reply_to(asked[-1]["content"], words)

        async def stream() -> AsyncIterator[str]:
            for word in re.findall(r"\s*\S+", text):
                yield _chunk({"content": word}, None)
                await asyncio.sleep(1 / rate)
            yield _chunk({}, "stop") + "data: [DONE]\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    return Starlette(routes=[Route("/v1/chat/completions", complete, methods=["POST"])])


def _chunk(delta: dict[str, str], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]})}\n\n"


@dataclass(slots=True)
class Seen:
    """What one answer took, in seconds from the question; ``fault`` is what was wrong with it."""

    evidence: float = np.nan
    first: float = np.nan
    total: float = np.nan
    fault: str = ""


@dataclass(slots=True)
class Visitor:
    """One open page."""

    number: int
    client: httpx.AsyncClient
    submit: int
    fields: list[Any]
    words: int
    pause: float
    seen: list[Seen] = field(default_factory=list)

    async def stay(self, until: float) -> None:
        """Asks one question after the other."""
        session, asked = f"s{self.number:04}{random.randrange(10**6)}", 0
        await asyncio.sleep(random.random() * (2 + self.pause))
        while time.monotonic() < until:
            asked += 1
            name = f"visitor-{self.number}-{asked}"
            text = f"{QUESTIONS[asked % len(QUESTIONS)]}, asks {name}?"
            try:
                self.seen.append(await self._ask(session, name, text))
            except (httpx.HTTPError, KeyError, ValueError) as error:
                self.seen.append(Seen(fault=f"{type(error).__name__}: {error}"))
            if self.pause:
                await asyncio.sleep(random.expovariate(1 / self.pause))

    async def _ask(self, session: str, name: str, text: str) -> Seen:
        began, seen = time.monotonic(), Seen()
        shown: list[Any] = []
        data = [None, None, text, *self.fields]
        body = {"data": data, "fn_index": self.submit, "session_hash": session}
        joined = await self.client.post("/gradio_api/queue/join", json=body)
        joined.raise_for_status()
        path = f"/gradio_api/queue/data?session_hash={session}"
        async with self.client.stream("GET", path) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                kind = message["msg"]
                if kind in ("process_generating", "process_completed"):
                    shown = _applied(shown, message["output"].get("data"))
                    self._look(seen, shown, name, time.monotonic() - began)
                if kind == "process_completed":
                    seen.fault = "" if message["success"] else str(message["output"])[:200]
                    break
        seen.total = time.monotonic() - began
        seen.fault = seen.fault or _fault(shown, name, self.words)
        return seen

    def _look(self, seen: Seen, shown: list[Any], name: str, now: float) -> None:
        if len(shown) < 3 or not isinstance(shown[2], str):
            return
        if np.isnan(seen.evidence) and "pc-card" in shown[2] and name in shown[2]:
            seen.evidence = now
        if np.isnan(seen.first) and name in _last(shown).lower():
            seen.first = now


def _applied(shown: list[Any], data: list[Any] | None) -> list[Any]:
    """What a page shows after a message: values the first time, changes after that."""
    if data is None:
        return shown
    if not shown:
        return list(data)
    return [
        apply_diff(old, new) if isinstance(new, list) and _is_diff(new) else new
        for old, new in zip(shown, data, strict=True)
    ]


def _is_diff(value: list[Any]) -> bool:
    return all(isinstance(op, list) and len(op) == 3 and isinstance(op[1], list) for op in value)


def _last(shown: list[Any]) -> str:
    """The latest answer's markup."""
    return json.dumps(shown[1][-1]) if shown[1] else ""


def _fault(shown: list[Any], name: str, words: int) -> str:
    answer = re.sub(r"&#45;", "-", re.sub("<[^>]*>", "", _last(shown)))
    if name not in answer.lower():
        return f"{name} got an answer that isn't its own"
    said = re.findall(r"\bword[a-j]+\b", answer.lower())
    return "" if said == counted(words) else f"{len(said)} of {words} words"


async def visit(
    address: str, page: psutil.Process, *, visitors: int, minutes: float, words: int, pause: float
) -> list[Seen]:
    """All visitors at once; prints the page's memory as it goes."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        config = (await client.get("/config")).json()
        submit, fields = _submit(config)
        crowd = [Visitor(n, client, submit, fields, words, pause) for n in range(visitors)]
        until = time.monotonic() + minutes * 60
        watching = asyncio.create_task(_watch(page))
        await asyncio.gather(*(visitor.stay(until) for visitor in crowd))
        watching.cancel()
    return [seen for visitor in crowd for seen in visitor.seen]


async def _watch(page: psutil.Process) -> None:
    while True:
        print(f"  {page.memory_info().rss / 2**20:.0f} MB", flush=True)
        await asyncio.sleep(30)


def _submit(config: dict[str, Any]) -> tuple[int, list[Any]]:
    """The number of the event that asks, and what stands in the fields beside the question."""
    (box,) = [c["id"] for c in config["components"] if c["props"].get("elem_id") == "pc-box"]
    for event in config["dependencies"]:
        if [box, "submit"] in event["targets"]:
            known = {c["id"]: c["props"].get("value") for c in config["components"]}
            return event["id"], [known[i] for i in event["inputs"][3:]]
    raise LookupError("the page has no box to ask in")


@contextmanager
def running(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process, ended at the end."""
    process = subprocess.Popen(command, text=True, env={**os.environ, **environment})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _await(address: str) -> None:
    for _ in range(300):
        try:
            httpx.get(address, timeout=5)
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"nothing answers at {address}")


def report(seen: list[Seen]) -> None:
    """Prints counts and quantiles."""
    faults = [one.fault for one in seen if one.fault]
    print(f"{len(seen)} answers, {len(faults)} with a fault")
    for fault in sorted(set(faults))[:10]:
        print(f"  {faults.count(fault)} x {fault}")
    for name in ("evidence", "first", "total"):
        values = np.array([getattr(one, name) for one in seen])
        p50, p95 = np.nanquantile(values, (0.5, 0.95))
        print(f"{name:9} median {p50:6.3f} s, p95 {p95:6.3f} s, max {np.nanmax(values):6.3f} s")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--store", required=True)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--words", type=int, default=150)
    parser.add_argument("--pause", type=float, default=10.0)
    parser.add_argument("--serve", type=int, default=None, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve is not None:
        uvicorn.run(
            endpoint(arguments.rate, arguments.words), port=arguments.serve, log_level="warning"
        )
        return
    models, pages = _free_port(), _free_port()
    python = [sys.executable, "-m"]
    serve = ["evals.bench.page_load", "--store", "", "--rate", str(arguments.rate)]
    serve += ["--words", str(arguments.words)]
    chat = ["ui.cli", "--store", arguments.store, "--model", "openai:load", "chat", "--no-browser"]
    with tempfile.TemporaryDirectory() as home:
        settings = {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{models}/v1",
            "OPENAI_API_KEY": "none",
            "PAPERCHAT_UNSUPPORTED": "show",
            "XDG_DATA_HOME": home,
            "XDG_CACHE_HOME": home,
        }
        with (
            running(*python, *serve, "--serve", str(models)),
            running(*python, *chat, "--port", str(pages), **settings) as page,
        ):
            address = f"http://127.0.0.1:{pages}"
            _await(address)
            process = psutil.Process(page.pid)
            print(f"{arguments.visitors} visitors, {arguments.minutes:g} minutes", flush=True)
            crowd = visit(
                address,
                process,
                visitors=arguments.visitors,
                minutes=arguments.minutes,
                words=arguments.words,
                pause=arguments.pause,
            )
            report(asyncio.run(crowd))
            print(f"at the end {process.memory_info().rss / 2**20:.0f} MB")


if __name__ == "__main__":
    main()
