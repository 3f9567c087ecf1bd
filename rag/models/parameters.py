"""Which optional parameters of a call an endpoint's error says that it doesn't take. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.openai_errors import is_too_long

_NOT_TAKEN = (
    r"(?:un(?:supported|recogni[sz]ed|known|expected)|not (?:support(?:ed)?|recogni[sz]ed|"
    r"permitted|allowed)|n['’]t support\w*|invalid (?:parameter|argument|field))"
)
_NEAR = "[^.;]{0,60}"  # between a parameter's name and the words that refuse it
_ALWAYS_TAKEN = {"model", "messages", "stream"}
_REFUSED_MOST = {"stream_options", "temperature"}


def refused_parameters(error: Exception, sent: Iterable[str]) -> frozenset[str]:
    """Those of the parameters ``sent`` that are worth leaving out after this error.

    Those that it refuses by name; where it names none, those that servers refuse most.
    """
    if getattr(error, "status_code", None) not in (400, 422) or is_too_long(error):
        return frozenset()
    optional = frozenset(sent) - _ALWAYS_TAKEN
    said = str(error)
    named = frozenset(name for name in optional if re.search(rf"\b{name}\b", said))
    if named:
        return frozenset(name for name in named if _is_refused(name, said))
    return optional & _REFUSED_MOST


def _is_refused(parameter: str, said: str) -> bool:
    """Whether words that refuse stand near the parameter's name."""
    name = rf"\b{parameter}\b"
    near = rf"{_NOT_TAKEN}{_NEAR}{name}|{name}{_NEAR}{_NOT_TAKEN}"
    return re.search(near, said, re.IGNORECASE) is not None
