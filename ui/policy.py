"""Which scripts a page may run: its own files, and the inline ones that the server itself wrote."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable

_INLINE = re.compile(
    r"<script(?P<attributes>[^>]*)>(?P<text>[^<]*(?:<(?!/script>)[^<]*)*)</script>"
)
_DATA = re.compile(r"\s*window\.(\w+)\s*=\s*(.*\S)\s*;\s*", re.DOTALL)

# Gradio's templates need eval; scripts, images, fonts and connections of other hosts stay out.
_OTHERS = (
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)


class Policy:
    """The content security policy of each answer.

    An inline script is allowed, by its hash, where it is one of those that the server sent when it
    started, or gives a JSON value to a name of the window. What a request brings into the page
    is no such script. The page's own address may stand in them: it is another one by each name
    that the server is reached by.
    """

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()

    def learn(self, page: str) -> None:
        """Knows the inline scripts of this page from now on."""
        self._known = frozenset(_without_address(_inline(page)))

    def of(self, page: str = "") -> bytes:
        """The header's value for this page; without one no inline script is allowed."""
        scripts = list(_inline(page))
        plain = _without_address(scripts)
        allowed = [
            _hash(script)
            for script, shape in zip(scripts, plain, strict=True)
            if shape in self._known or _data(script) is not None
        ]
        sources = " ".join(["'self'", "'unsafe-eval'", *allowed])
        return "; ".join([*_OTHERS, f"script-src {sources}"]).encode()


def _inline(page: str) -> Iterable[str]:
    for found in _INLINE.finditer(page):
        if "src=" not in found["attributes"]:
            yield found["text"]


def _data(script: str) -> tuple[str, object] | None:
    """Name and value, where the script does nothing but give a name of the window a JSON value."""
    found = _DATA.fullmatch(script)
    if found is None:
        return None
    try:
        return found[1], json.loads(found[2])
    except ValueError:
        return None


def _without_address(scripts: Iterable[str]) -> list[str]:
    """The scripts with the page's address, which Gradio writes as "root", taken out."""
    scripts = list(scripts)
    values = dict(found for script in scripts if (found := _data(script)) is not None)
    config = values.get("gradio_config")
    root = config.get("root") if isinstance(config, dict) else None
    if not isinstance(root, str) or not root:
        return scripts
    return [script.replace(json.dumps(root), '""') for script in scripts]


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
