"""The one gateway to language models: any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, cast

from index.errors import ModelError, ModelTimeout, Rejected, Unreachable
from index.openai_errors import asked_to_wait, is_worth_a_retry, translate
from index.redaction import redact
from rag.models import ChatRequest, Completion, Finish, Mode
from rag.models.deadlines import Deadlines, Reply, within
from rag.models.listed import NO_LIST, ids_in
from rag.models.parameters import refused_parameters
from rag.models.wire import Attempt, ByteStream, Closed, Delta
from rag.types import Usage

if TYPE_CHECKING:
    from openai import OpenAI

__all__ = ["Deadlines", "OpenAIChatModel", "model_ids"]

DEFAULT_BASE_URL = "https://api.openai.com/v1"
_REASONING_ROOM = 4_096  # tokens that OpenAI's models may think in before they write
_LONGEST_LIST = 4_000_000  # bytes of a list of models
_CHARACTERS_PER_TOKEN = 8  # a reply longer than this a token is no longer what was asked for


def model_ids(
    *, api_key: str | None = None, base_url: str | None = None, seconds: float = 5.0
) -> tuple[str, ...]:
    """The ids of the models that an endpoint lists, sorted; none where it has no such list.

    Asks once. Raises ModelError: Rejected for a wrong key, Unreachable where nobody answers,
    ModelTimeout after so many seconds in all.
    """
    import openai

    url = base_url or DEFAULT_BASE_URL
    client = openai.OpenAI(api_key=api_key or "none", base_url=url, max_retries=0, timeout=seconds)

    def read() -> bytes:
        body = b""
        with client.models.with_streaming_response.list() as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _LONGEST_LIST:
                    return b""
        return body

    place = f"The endpoint at {redact(url)}"
    try:
        return ids_in(within(seconds, read))
    except TimeoutError as error:
        raise ModelTimeout(f"{place} did not list its models within {seconds:.0f} s.") from error
    except Exception as error:
        if getattr(error, "status_code", None) in NO_LIST:
            return ()
        ours = translate(error, place, (api_key,))
        if ours is None:
            raise
        raise ours from error
    finally:
        client.close()


class OpenAIChatModel:
    """A ChatModel over an OpenAI-compatible endpoint.

    Retries rate limits, server failures and broken connections before the first text. After it,
    a failure ends the reply as "failed". Needs no key where ``base_url`` is given.
    """

    mode: Mode = "generative"
    plans = True

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        deadlines: Deadlines | None = None,
        retries: int = 2,
        backoff: float = 0.5,
    ) -> None:
        self.spec = f"openai:{model}"
        self._model = model
        self._key = api_key
        self._base_url = base_url
        self._deadlines = deadlines or Deadlines()
        self._retries = retries
        self._backoff = backoff
        self._refused: set[str] = set()  # optional parameters that the endpoint doesn't take
        self._client: OpenAI | None = None
        self._lock = threading.Lock()
        self._attempt = threading.local()

    def __repr__(self) -> str:
        return f"OpenAIChatModel({self._model!r}, base_url={redact(self._base_url or '')!r})"

    def close(self) -> None:
        """Lets go of the client."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def stream(self, request: ChatRequest) -> Iterator[str | Completion]:
        """See ChatModel."""
        started = time.monotonic()
        failures = 0
        left_out: frozenset[str] = frozenset()
        while True:
            reply = Reply(started, self._deadlines, left_out)
            try:
                yield from self._one_attempt(request, reply)
                return
            except Exception as error:
                if request.cancellation.cancelled:
                    yield reply.ended("failed", "cancelled")
                    return
                ours = self._ours(error)
                if ours is None:
                    raise
                if reply.characters:
                    yield reply.ended("failed", str(ours))
                    return
                if refused := refused_parameters(error, self._parameters(1, left_out)):
                    left_out |= refused
                    continue
                pause = self._pause(error, failures, started)
                if pause is None:
                    if ours is error:
                        raise
                    raise ours from error
            failures += 1
            request.cancellation.wait(pause)

    def _ours(self, error: Exception) -> ModelError | None:
        if isinstance(error, ModelError):
            return error
        return translate(error, self._place, (self._key,))

    @property
    def _place(self) -> str:
        where = f" at {redact(self._base_url)}" if self._base_url else ""
        return f"The model {self._model}{where}"

    def _pause(self, error: Exception, failures: int, started: float) -> float | None:
        """Seconds until the next attempt, or None where there shouldn't be one."""
        if failures >= self._retries or not is_worth_a_retry(error):
            return None
        seconds = asked_to_wait(error)
        if seconds is None:
            seconds = self._backoff * 2**failures * random.uniform(0.75, 1.25)
        left = started + self._deadlines.total - time.monotonic()
        return seconds if seconds < left else None

    def _parameters(self, max_tokens: int, left_out: frozenset[str]) -> dict[str, object]:
        """Everything of a call but its messages, without what is refused or left out on trial."""
        without = self._refused | left_out
        ours = not self._base_url
        modern, old = "max_completion_tokens", "max_tokens"
        names = [modern, old] if ours else [old, modern]
        limit = next((name for name in names if name not in without), None)
        chosen: dict[str, object] = {
            "model": self._model,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if not ours:
            chosen["temperature"] = 0
        if limit:
            chosen[limit] = max_tokens + (_REASONING_ROOM if limit == modern else 0)
        return {name: value for name, value in chosen.items() if name not in without}

    def _one_attempt(self, request: ChatRequest, reply: Reply) -> Iterator[str | Completion]:
        attempt = self._start(request, reply)
        try:
            with request.cancellation.calling(attempt.wake):
                yield from self._consume(attempt, request, reply)
        finally:
            attempt.hang_up()

    def _start(self, request: ChatRequest, reply: Reply) -> Attempt:
        from openai import Timeout

        create = cast("Any", self._connected().chat.completions.with_streaming_response.create)
        messages = [{"role": m.role, "content": m.content} for m in request.messages]
        parameters = self._parameters(request.max_tokens, reply.left_out)
        # The consumer keeps the deadlines and hangs up; the transport's come after, if all fails.
        last = reply.deadlines.total + 5.0

        def open_stream(attempt: Attempt) -> AbstractContextManager[ByteStream]:
            self._attempt.current = attempt  # for _on_request, which runs on this thread
            timeout = Timeout(last, connect=min(10.0, last))
            opened = create(messages=messages, timeout=timeout, **parameters)
            return cast("AbstractContextManager[ByteStream]", opened)

        reply.began = time.monotonic()  # importing the client took no time of the endpoint's
        return Attempt(open_stream)

    def _connected(self) -> OpenAI:
        """The client. Each call has a connection of its own, so that it can be hung up alone."""
        with self._lock:
            if self._client is None:
                import openai

                http = openai.DefaultHttpxClient(
                    event_hooks={"request": [self._on_request]}, headers={"connection": "close"}
                )
                self._client = openai.OpenAI(
                    api_key=self._key or "none",
                    base_url=self._base_url or DEFAULT_BASE_URL,
                    max_retries=0,
                    http_client=http,
                )
            return self._client

    def _on_request(self, request: Any) -> None:  # noqa: ANN401 - the transport's own request
        attempt: Attempt = self._attempt.current

        def trace(event: str, info: dict[str, Any]) -> None:
            if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
                attempt.connected(info["return_value"].get_extra_info("socket"))

        request.extensions["trace"] = trace

    def _consume(
        self, attempt: Attempt, request: ChatRequest, reply: Reply
    ) -> Iterator[str | Completion]:
        longest = request.max_tokens * _CHARACTERS_PER_TOKEN
        while True:
            item = self._next(attempt, reply)
            if request.cancellation.cancelled:
                yield reply.ended("failed", "cancelled")
                return
            if isinstance(item, Exception):
                raise item
            if isinstance(item, Closed):
                yield self._completion(item, reply)
                return
            if item is None:
                continue
            self._note(item, reply)
            if text := item.text or item.refusal:
                reply.characters += len(text)
                yield text[: len(text) - max(0, reply.characters - longest)]
            if reply.characters > longest:
                yield reply.ended("truncated", "the reply was longer than asked for")
                return

    def _next(self, attempt: Attempt, reply: Reply) -> Delta | Closed | Exception | None:
        try:
            return attempt.items.get(timeout=max(0.0, reply.patience()))
        except queue.Empty as error:
            what = "stopped in the middle of its reply" if reply.characters else "sent no text"
            seconds = time.monotonic() - (reply.last if reply.characters else reply.began)
            message = f"{self._place} {what} for {seconds:.0f} s; try again or raise the timeout."
            raise ModelTimeout(message) from error

    def _note(self, item: Delta, reply: Reply) -> None:
        reply.last = time.monotonic()
        self._refused.update(reply.left_out)  # without these it answers: remember
        reply.finish_reason = item.finish_reason or reply.finish_reason
        if item.usage:
            reply.usage = Usage(*item.usage)
        reply.cost = reply.cost if item.cost is None else item.cost

    def _completion(self, closed: Closed, reply: Reply) -> Completion:
        """How a stream ended that ended without an exception."""
        if not closed.events:
            kind = closed.content_type or "nothing"
            message = (
                f"{self._place} answered with {kind}, not with a chat completion; "
                "check OPENAI_BASE_URL (it usually ends in /v1)."
            )
            if closed.content_type != "text/event-stream":
                raise Rejected(message)
        if not reply.characters:
            if not closed.done and not reply.finish_reason:
                raise Unreachable(f"{self._place} hung up without a reply; try again.")
            return reply.ended("empty", "the reply holds no text")
        finish, detail = _FINISHES.get(reply.finish_reason, ("complete", ""))
        if not reply.finish_reason and not closed.done:
            finish, detail = "truncated", "the connection ended before the reply did"
        return reply.ended(finish, detail)


_FINISHES: dict[str, tuple[Finish, str]] = {
    "length": ("truncated", "the reply reached the limit of tokens"),
    "content_filter": ("truncated", "the endpoint filtered the reply"),
}
