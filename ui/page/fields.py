"""The filter fields: conditions that hold for the next question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from index.types import Filters
from ui import sources
from ui.view import PageInfo
from ui.web import read_filters

Field = str | list[str] | None
"""What Gradio says that stands in a field."""


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in the fields, in their order on the page."""

    since: str = ""
    until: str = ""
    least: str = ""
    most: str = ""
    words: str = ""
    pages: Sequence[str] = ()

    @classmethod
    def of(cls, fields: Sequence[Field]) -> Given:
        """The fields' values, in order."""
        *texts, pages = fields
        since, until, least, most, words = (text if isinstance(text, str) else "" for text in texts)
        return cls(since, until, least, most, words, pages if isinstance(pages, list) else ())


def filter_fields(info: PageInfo) -> tuple[gr.Accordion, list[gr.components.Component]]:
    """The fields, folded, in the order of ``Given``."""
    with gr.Accordion("Filters", open=False, elem_id="pc-filters") as folded, gr.Row():
        return folded, [
            gr.Textbox(label="From", placeholder="2024-09", max_length=10, value="", min_width=90),
            gr.Textbox(label="Until", placeholder="2025", max_length=10, value="", min_width=90),
            gr.Textbox(
                label="Authors, from", placeholder="1", max_length=6, value="", min_width=90
            ),
            gr.Textbox(label="Authors, to", placeholder="20", max_length=6, value="", min_width=90),
            gr.Textbox(
                label="Words in title or abstract",
                placeholder="reward, safety",
                max_length=200,
                value="",
            ),
            gr.Dropdown(
                label="Pages",
                choices=page_choices(info),
                multiselect=True,
                value=[],
                min_width=120,
                visible=bool(info.pages),
            ),
        ]


def page_choices(info: PageInfo) -> list[tuple[str, str]]:
    """What can be chosen of the pages: a short name for each, and the name."""
    return [(sources.short_page(page), page) for page in info.pages]


def read(given: Given) -> Filters:
    """The fields as conditions. Raises ConfigError for what is no date, number or range."""
    return read_filters(given.since, given.until, given.words, given.pages, given.least, given.most)


def shown_filters(filters: Filters | None) -> tuple[Any, ...]:
    """The fields' values for these conditions, in order; None leaves them as they are."""
    if filters is None:
        return (gr.skip(),) * 6
    return (
        filters.since.isoformat() if filters.since else "",
        filters.until.isoformat() if filters.until else "",
        str(filters.min_authors) if filters.min_authors is not None else "",
        str(filters.max_authors) if filters.max_authors is not None else "",
        ", ".join(filters.words) + ("," if len(filters.words) == 1 else ""),
        list(filters.pages),
    )
