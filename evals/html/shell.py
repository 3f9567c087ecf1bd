"""What every page has around it: a policy that lets nothing run or load but what is inside."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from evals.html.markup import inert


def shell(title: str, body: str, *, style: str, script: str = "") -> str:
    """A whole HTML document. ``title`` may be any text; ``body`` is markup.

    A browser that opens it runs nothing but the script, which is named by its hash, and asks no
    host for anything.
    """
    allowed = f"script-src {_hash(script)}; " if script else ""
    policy = (
        f"default-src 'none'; {allowed}style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    running = f"<script>{script}</script>" if script else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{inert(title)}</title>\n<style>{style}</style></head>\n"
        f"<body>{body}\n{running}</body></html>\n"
    )


def own_text(package: str, name: str) -> str:
    """A style or script that comes with a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
