"""The site over a real store: who answers whom, and what there is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache

from evals.places import evals_folder
from index.errors import ConfigError, ModelError, PaperchatError
from index.redaction import redact, scrub
from index.store import PaperIndex
from index.types import Filters
from rag.assistant import Assistant
from rag.costs import Spent
from rag.models.openai import DEFAULT_BASE_URL
from rag.settings import EXTRACTIVE, Settings
from rag.types import Event, Finished, Turn
from rag.wiring import available_models, build_assistant, chat_model, check_settings
from ui.conversations.store import ConversationStore
from ui.site import INSTEAD, Asker, Reader, Site, Start
from ui.view import PageInfo

MOST_KEPT = 16
"""Assistants besides the one that the page was started with."""

OFFLINE = (
    "This page was started with --offline, so it opens no connection, and no language model on a "
    "network can be chosen. Start it without --offline to choose one."
)
# What the command line calls things, as they are called on the page.
_ON_THE_PAGE = (
    ("check --model and OPENAI_BASE_URL", "check its name and the address on the Settings tab"),
    ("check OPENAI_BASE_URL and that it runs", "check that it runs, and the address"),
    ("OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint of your own", "a key, or an address"),
    ("check OPENAI_API_KEY", "check the key on the Settings tab"),
    ("check OPENAI_BASE_URL", "check the address on the Settings tab"),
    (f"use --model {EXTRACTIVE}", "there is quotes only"),
    ("OPENAI_API_KEY", "the key"),
    ("OPENAI_BASE_URL", "the address"),
    ("the model openai:", "the model "),
)


SHARED = (
    "This page is shared, so its endpoint stays the one that it was started with: another address "
    "would be asked from the machine that serves the page."
)


def site_over(assistant: Assistant, index: PaperIndex, *, shared: bool = False) -> Site:
    """The site of this assistant, which answers whoever has set nothing else.

    On a page that is ``shared``, readers can't name addresses for it to ask.
    """

    @lru_cache(maxsize=1)
    def outline(revision: int) -> PageInfo:
        held, model = index.info(), assistant.model
        return PageInfo(
            papers=held.papers,
            model=model.spec,
            mode=model.mode,
            pages=tuple(held.pages),
            first=held.first_date,
            last=held.last_date,
        )

    assistants = Assistants(assistant, index, shared=shared)
    return Site(
        asker=assistants.asker,
        info=lambda: outline(index.revision),
        conversations=ConversationStore.open(),
        runs=evals_folder(),
        library=index,
        models=assistants.models,
        start=assistants.start(),
    )


def settings_of(reader: Reader, base: Settings) -> Settings:
    """The page's settings with the reader's in their place.

    The page's own key never goes to an address that a reader named. Raises ConfigError for a model
    that readers can't choose, for a network model offline, and for a word that means nothing.
    """
    ours = replace(
        base,
        length=reader.length or base.length,
        strictness=reader.strictness or base.strictness,
        unsupported=reader.unsupported or base.unsupported,
    )
    model = reader.model or base.model
    if model.startswith("openai:"):
        return replace(_endpoint(reader, ours), model=model)
    if model == base.model:
        return ours
    if model == EXTRACTIVE:
        return replace(ours, model=EXTRACTIVE, judge=None)
    raise ConfigError(f"{redact(model)!r} is not a model that can be chosen here")


def _endpoint(reader: Reader, base: Settings) -> Settings:
    """The settings with the reader's address and key."""
    if base.offline:
        raise ConfigError(OFFLINE)
    elsewhere = reader.base_url not in ("", base.base_url or DEFAULT_BASE_URL)
    own = None if elsewhere else base.api_key
    # Prices are those of the page's own model, and its judge may not be known elsewhere.
    same = reader.model in ("", base.model) and not elsewhere
    return replace(
        base,
        base_url=reader.base_url if elsewhere else base.base_url,
        api_key=reader.key or own,
        prices=base.prices if same else None,
        judge=None if elsewhere else base.judge,
    )


def _in_page_words(error: PaperchatError) -> str:
    """The error as a reader of the page can act on it, as a sentence."""
    text = _reworded(str(error).strip())
    text = text if text.endswith((".", "!", "?")) else f"{text}."
    return f"{text[:1].upper()}{text[1:]}"


def _reworded(text: str) -> str:
    for ours, theirs in _ON_THE_PAGE:
        text = text.replace(ours, theirs)
    return text


@dataclass(slots=True, eq=False)
class _Lent:
    """An assistant, and how many are being answered by it."""

    assistant: Assistant
    answering: int = 0
    let_go: bool = False


class Assistants:
    """Assistants over one index, one for each settings in use. Safe to use from several threads.

    The one that the page was started with stays its owner's to close. Of the others, the ones used
    last are kept; one that falls out is closed once it answers nobody any more.
    """

    def __init__(
        self,
        started: Assistant,
        index: PaperIndex,
        *,
        keep: int = MOST_KEPT,
        shared: bool = False,
    ) -> None:
        given = started.settings
        self._shared = shared
        self._started = started
        self._index = index
        self._keep = keep
        self._base = replace(given, unsupported="withhold" if given.withheld else "show")
        self._lent: OrderedDict[Settings, _Lent] = OrderedDict()
        self._lock = threading.Lock()

    def start(self) -> Start:
        """What the page was started with, without its key."""
        base = self._base
        return Start(
            model=self._started.model.spec,
            address=redact(base.base_url or DEFAULT_BASE_URL),
            has_key=bool(base.api_key),
            offline=base.offline,
            length=base.length,
            strictness=base.strictness,
            unsupported=base.unsupported or "withhold",
        )

    def asker(self, reader: Reader) -> Asker:
        """What answers this reader. Raises ConfigError for settings that can't work."""
        try:
            self._check_address(reader)
            settings = settings_of(reader, self._base)
            if settings != self._base:
                check_settings(settings)
                chat_model(settings)
            if (reader.base_url or reader.key) and not self._base.offline:
                check_settings(_endpoint(reader, self._base))  # quotes only or not, told at once
        except ConfigError as error:
            raise ConfigError(_in_page_words(error)) from error
        return _Asking(self, settings, reader.spent)

    def models(self, reader: Reader) -> Sequence[str]:
        """The models of the reader's endpoint; none where it has no list of them.

        Raises ConfigError offline and where there is no endpoint, ModelError where it doesn't
        answer as it should.
        """
        self._check_address(reader)
        settings = _endpoint(reader, self._base)
        if not (settings.base_url or settings.api_key):
            raise ConfigError("There is no endpoint to ask yet: fill in its address, or a key.")
        try:
            found = available_models(settings)
        except ConfigError as error:
            raise ConfigError(_in_page_words(error)) from error
        except ModelError as error:
            raise ModelError(_in_page_words(error)) from error
        key = settings.api_key  # an endpoint could say it back as a name
        return tuple(name for name in found if not key or key not in name)

    def _check_address(self, reader: Reader) -> None:
        if self._shared and reader.base_url not in ("", self._base.base_url or DEFAULT_BASE_URL):
            raise ConfigError(SHARED)

    @contextmanager
    def lend(self, settings: Settings) -> Iterator[Assistant]:
        """The assistant with these settings; not closed before it is given back."""
        if settings == self._base:
            yield self._started
            return
        lent = self._take(settings)
        try:
            yield lent.assistant
        finally:
            self._give_back(lent)

    def _take(self, settings: Settings) -> _Lent:
        idle = []
        with self._lock:
            lent = self._lent.get(settings)
            if lent is None:
                lent = _Lent(build_assistant(settings, index=self._index))
                self._lent[settings] = lent
            self._lent.move_to_end(settings)
            lent.answering += 1
            while len(self._lent) > self._keep:
                _, oldest = self._lent.popitem(last=False)
                oldest.let_go = True
                if not oldest.answering:
                    idle.append(oldest)
        for unused in idle:
            unused.assistant.close()
        return lent

    def _give_back(self, lent: _Lent) -> None:
        with self._lock:
            lent.answering -= 1
            over = lent.let_go and not lent.answering
        if over:
            lent.assistant.close()


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks the assistant with these settings, and notes what that took."""

    assistants: Assistants
    settings: Settings
    spent: list[Spent]

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn],
        filters: Filters | None,
        understood: bool = True,
    ) -> Iterator[Event]:
        """The events of an answer; closing it hangs up on the model."""
        try:
            with self.assistants.lend(self.settings) as assistant:
                events = assistant.stream(
                    question, history=history, filters=filters, understood=understood
                )
                with closing(events):
                    for event in events:
                        yield self._heard(event)
        except ModelError as error:
            instead = "" if self.settings.model == EXTRACTIVE else f" {INSTEAD}"
            raise ModelError(f"{_in_page_words(error)}{instead}") from error
        except Exception as error:
            scrub(error, (self.settings.api_key,))
            raise

    def _heard(self, event: Event) -> Event:
        """The event as the reader gets it; of an answer, what it took is noted."""
        if not isinstance(event, Finished):
            return event
        answer = event.answer
        if answer.usage.prompt_tokens or answer.usage.completion_tokens or answer.cost_usd:
            self.spent.append(Spent(answer.usage, answer.cost_usd))
        return Finished(replace(answer, notices=tuple(map(_reworded, answer.notices))))
