"""What both figures share: plain SVG whose every mark can be chosen by mouse and keyboard. Pure.

All text of papers goes through ``typography.inert``; colours are classes of assets/collection.css;
there is no script. A figure's root is a group with a name and a description, not an image: an
image's parts are hidden from screen readers, and its links would be links to nowhere for them.
"""

from __future__ import annotations

from collections.abc import Iterable

from ui.typography import inert


def figure(name: str, size: tuple[int, int], title: str, about: str, parts: Iterable[str]) -> str:
    """An SVG element of a width and height, scaled to the page; ``name`` is its class and id."""
    width, height = size
    # One stop for the Tab key; the page's script moves it with the arrow keys.
    marks = "".join(parts).replace('tabindex="-1"', 'tabindex="0"', 1)
    return (
        f'<svg class="{name}" viewBox="0 0 {width} {height}" role="group"'
        f' aria-labelledby="{name}-title" aria-describedby="{name}-desc"'
        ' xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-title">{inert(title)}</title>'
        f'<desc id="{name}-desc">{inert(about)}</desc>{marks}</svg>'
    )


def chosen_by(attribute: str, value: str, label: str, mark: str) -> str:
    """A mark that acts like a button; the page's script reads ``data-{attribute}``.

    The label is shown by that script, at once: a ``<title>`` would come late, and a second time.
    """
    return (
        f'<a href="#" role="button" tabindex="-1" data-{attribute}="{inert(value)}"'
        f' aria-label="{inert(label)}">{mark}</a>'
    )


def written(text: str, x: float, y: float, kind: str) -> str:
    """A line of text that screen readers are told elsewhere."""
    place = f'x="{x:.1f}" y="{y:.1f}"'
    return f'<text class="{kind}" {place} aria-hidden="true">{inert(text)}</text>'
