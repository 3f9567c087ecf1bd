"""The list of models that an endpoint sends, read with care. Pure."""

from __future__ import annotations

import json

NO_LIST = frozenset({404, 405, 501})
"""What endpoints answer that serve a model and no list of models."""

_LONGEST = 200  # characters of an id


def ids_in(body: bytes) -> tuple[str, ...]:
    """The ids in ``{"data": [{"id": ...}]}``, each once, sorted; none in anything else."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    listed = said.get("data") if isinstance(said, dict) else None
    models = listed if isinstance(listed, list) else []
    ids = (model.get("id") for model in models if isinstance(model, dict))
    return tuple(sorted({found for found in ids if isinstance(found, str) and _is_id(found)}))


def _is_id(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isprintable()
