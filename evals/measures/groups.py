"""The groups that reports show measures in, in this order."""

from __future__ import annotations

RETRIEVAL = "retrieval"
CITATIONS = "citations"
ANSWERS = "answers"
REFUSALS = "refusals"
COSTS = "time and cost"
JUDGED = "judged"
OTHERS = "others"
"""Those of another release, of which nothing more is known."""

GROUPS = (RETRIEVAL, CITATIONS, ANSWERS, REFUSALS, JUDGED, COSTS, OTHERS)
