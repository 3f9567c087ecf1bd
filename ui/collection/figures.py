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
    return (
        f'<svg class="{name}" viewBox="0 0 {width} {height}" role="group"'
        f' aria-labelledby="{name}-title" aria-describedby="{name}-desc"'
        ' xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-title">{inert(title)}</title>'
        f'<desc id="{name}-desc">{inert(about)}</desc>{"".join(parts)}</svg>'
    )


def chosen_by(attribute: str, value: str, label: str, mark: str) -> str:
    """A mark that acts like a button; the page's script reads ``data-{attribute}``."""
    told = inert(label)
    return (
        f'<a href="#" role="button" data-{attribute}="{inert(value)}" aria-label="{told}">'
        f"<title>{told}</title>{mark}</a>"
    )


def written(text: str, x: float, y: float, kind: str) -> str:
    """A line of text that screen readers are told elsewhere."""
    place = f'x="{x:.1f}" y="{y:.1f}"'
    return f'<text class="{kind}" {place} aria-hidden="true">{inert(text)}</text>'
