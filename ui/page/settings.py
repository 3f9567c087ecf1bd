"""The Settings tab: what a reader sets for this visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from index.errors import PaperchatError
from rag.manner import Length, Strictness, Unsupported
from rag.settings import EXTRACTIVE
from ui import render
from ui.page.events import NOW, QUIET
from ui.site import Reader, Site, Start
from ui.standing import in_force, named, problem, used, waiting, wanted_by

_LATEST: dict[str, Any] = {**NOW, "trigger_mode": "always_last"}
_LENGTHS: tuple[tuple[str, Length], ...] = (
    ("Short", "short"),
    ("Normal", "normal"),
    ("Long", "long"),
)
_STRICTNESSES: tuple[tuple[str, Strictness], ...] = (
    ("Lenient", "lenient"),
    ("Normal", "normal"),
    ("Strict", "strict"),
)
_UNSUPPORTED: tuple[tuple[str, Unsupported], ...] = (
    ("Leave it out", "withhold"),
    ("Show it, marked", "show"),
)
_QUIETLY = gr.InputHTMLAttributes(
    autocapitalize="off", autocorrect="off", spellcheck=False, autocomplete="off"
)

Change = tuple[Any, ...]
"""The reader, the key's field, what is in force and the page's title line."""


@dataclass(frozen=True, slots=True)
class SettingsTab:
    """The tab's parts."""

    tab: gr.Tab
    model: gr.Dropdown
    address: gr.Textbox
    key: gr.Textbox
    length: gr.Radio
    strictness: gr.Radio
    unsupported: gr.Radio
    quotes: gr.Button
    find: gr.Button
    found: gr.HTML
    reset: gr.Button
    state: gr.HTML
    spent: gr.HTML
    chooser: Chooser

    @property
    def fields(self) -> list[gr.components.Component]:
        """What a reader fills in, in the order of ``Fields.of``."""
        manner = [self.length, self.strictness, self.unsupported]
        return [self.model, self.address, self.key, *manner]

    def changed(self, reader: gr.State, header: gr.HTML) -> list[gr.components.Component]:
        """What a change changes, in the order of ``Change``."""
        return [reader, self.key, self.state, header]

    def to_quotes(self, reader: gr.State, header: gr.HTML) -> dict[str, Any]:
        """What ``Chooser.quotes`` takes and gives, for an event that leads to it."""
        return {"inputs": [reader], "outputs": [self.model, *self.changed(reader, header)]}


def settings_tab(site: Site, start: Start) -> SettingsTab:
    """Lays the tab out, inside the Tabs that are being built."""
    chooser = Chooser(site, start)
    with gr.Tab("Settings", id="settings") as tab, gr.Column(elem_id="pc-settings"):
        state = gr.HTML(in_force(Reader(), start), elem_id="pc-state", js_on_load=None)
        with gr.Column(elem_classes="pc-set"):
            with gr.Row():
                model = _model(start)
                quotes = gr.Button("Quotes only", size="sm", min_width=120, elem_id="pc-quotes")
            with gr.Row(visible=not start.offline):
                address, key = _endpoint(start)
                find = gr.Button("Find models", size="sm", min_width=120, elem_id="pc-models")
            found = gr.HTML("", elem_id="pc-models-found", js_on_load=None)
        with gr.Column(elem_classes="pc-set"):
            manner = _manner(start)
        with gr.Row(elem_id="pc-set-foot"):
            spent = gr.HTML(used(()), elem_id="pc-spent", js_on_load=None)
            reset = gr.Button("Forget all changes and the key", size="sm", elem_id="pc-reset")
    fields = model, address, key, *manner
    return SettingsTab(tab, *fields, quotes, find, found, reset, state, spent, chooser)


def _choices(start: Start, found: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The models to choose from, by what they are called and their specs."""
    choices = {EXTRACTIVE: "Quotes only"} | {f"openai:{name}": name for name in found}
    name = choices.get(start.model, named(start.model))
    choices[start.model] = f"{name} (as started)"
    return [(name, spec) for spec, name in choices.items()]


def _model(start: Start) -> gr.Dropdown:
    offline = (
        "This page was started with --offline, so it opens no connection, and a language model on "
        "a network can't be chosen. Start it without --offline to choose one."
    )
    online = (
        "A language model writes the answers; with quotes only, they are the papers' own "
        "sentences. Choose one, or type a model's name."
    )
    return gr.Dropdown(
        choices=_choices(start),
        value=start.model,
        allow_custom_value=not start.offline,
        label="Model",
        info=offline if start.offline else online,
        elem_id="pc-model",
    )


def _endpoint(start: Start) -> tuple[gr.Textbox, gr.Textbox]:
    address = gr.Textbox(
        label="Address",
        info="An OpenAI-compatible endpoint. Questions and the abstracts found for them go there.",
        placeholder=start.address,
        html_attributes=_QUIETLY,
        elem_id="pc-address",
    )
    key = gr.Textbox(
        type="password",
        label="Key",
        info="Sent to that address alone, kept in memory for this visit, and never written down.",
        placeholder=_key_hint(Reader(), start),
        html_attributes=_QUIETLY,
        elem_id="pc-key",
    )
    return address, key


def _key_hint(reader: Reader, start: Start) -> str:
    if reader.key:
        return "Kept for this visit"
    return "The one that the page was started with" if start.has_key else "None"


def _manner(start: Start) -> tuple[gr.Radio, gr.Radio, gr.Radio]:
    length = gr.Radio(
        _LENGTHS,
        value=start.length,
        label="Answer length",
        info="Short is a sentence or two, normal up to ten, long up to twenty.",
        elem_id="pc-length",
    )
    strictness = gr.Radio(
        _STRICTNESSES,
        value=start.strictness,
        label="Strictness of quotes",
        info="How sure quotes have to be: strict refuses more of what the papers don't answer, and "
        "also more of what they do.",
        elem_id="pc-strictness",
    )
    unsupported = gr.Radio(
        _UNSUPPORTED,
        value=start.unsupported,
        label="Unsupported claims",
        info="What becomes of a language model's sentence that its citations don't support.",
        elem_id="pc-unsupported",
    )
    return length, strictness, unsupported


def wire_settings(tab: SettingsTab, reader: gr.State, header: gr.HTML) -> None:
    """Events of the tab."""
    chooser, changed = tab.chooser, tab.changed(reader, header)
    takes = [
        tab.model.input, tab.length.input, tab.strictness.input, tab.unsupported.input,
        tab.address.blur, tab.address.submit, tab.key.blur, tab.key.submit,
    ]  # fmt: skip
    gr.on(takes, chooser.take, [reader, *tab.fields], changed, **_LATEST)
    tab.quotes.click(chooser.quotes, **tab.to_quotes(reader, header), **NOW)
    tab.reset.click(chooser.reset, [reader], [*tab.fields, tab.found, *changed], **NOW)
    tab.find.click(chooser.find, [reader, *tab.fields], [tab.model, tab.found], **QUIET)
    tab.tab.select(lambda reader: used(reader.spent), [reader], [tab.spent], **NOW)


class Chooser:
    """What happens on the tab's events. Holds nothing of any one visitor."""

    def __init__(self, site: Site, start: Start) -> None:
        self._site = site
        self._start = start

    def take(self, reader: Reader, *fields: Any) -> Change:  # noqa: ANN401 - what Gradio says
        """What was filled in is in force from the next question on, or it is told why not."""
        try:
            wanted = wanted_by(reader, self._start, fields)
            self._site.asker(wanted)
        except PaperchatError as error:
            told = in_force(reader, self._start) + problem(f"Not changed. {error}")
            return gr.skip(), gr.skip(), told, gr.skip()
        return self._changed(wanted, emptied=bool(fields[2]))

    def quotes(self, reader: Reader) -> Change:
        """No language model from now on; the rest stays."""
        wanted = replace(reader, model="" if self._start.model == EXTRACTIVE else EXTRACTIVE)
        return EXTRACTIVE, *self._changed(wanted)

    def reset(self, reader: Reader) -> Change:
        """As the page was started, without the key."""
        start, anew = self._start, Reader(spent=reader.spent)
        manner = start.length, start.strictness, start.unsupported
        return start.model, "", gr.skip(), *manner, "", *self._changed(anew, emptied=True)

    def find(self, reader: Reader, *fields: Any) -> Iterator[Change]:  # noqa: ANN401
        """The models that the endpoint lists, to choose from."""
        yield gr.skip(), waiting("Asking for the list of models …")
        try:
            wanted = wanted_by(reader, self._start, (EXTRACTIVE, *fields[1:]))
            found = tuple(self._site.models(wanted)) if self._site.models else ()
        except PaperchatError as error:
            yield gr.skip(), problem(f"{error} Quotes only needs none of this.")
            return
        if not found:
            yield gr.skip(), problem("This endpoint has no list of models. Type a name instead.")
            return
        count = "1 model" if len(found) == 1 else f"{len(found):,} models"
        told = waiting(f"{count} found. Choose one under Model.")
        yield gr.Dropdown(choices=_choices(self._start, found)), told

    def header(self, reader: Reader) -> str:
        """The page's title line for this reader."""
        return render.header(self._site.seen_by(reader))

    def _changed(self, reader: Reader, *, emptied: bool = False) -> Change:
        """The key's field is left alone where nothing of it was taken: one may be typing there."""
        hint = _key_hint(reader, self._start)
        key = gr.Textbox(value="", placeholder=hint) if emptied else gr.skip()
        return reader, key, in_force(reader, self._start), self.header(reader)
