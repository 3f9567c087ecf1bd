"""A file of drafted cases, two honest ones and a hostile one, as the page finds it."""

from __future__ import annotations

import json
from pathlib import Path

HOSTILE = "<img src=x onerror=alert(1)></textarea><script>alert(2)</script>"
ROWS = (
    {
        "id": "draft-1",
        "type": "numeric",
        "question": "How often does the alarm ring without cause?",
        "gold_titles": ["Jamming detection with two thresholds"],
        "gold_quotes": ["It finds 96.4% of all disturbances, with one false alarm in 1,200 hours."],
        "answer_points": ["One false alarm in 1,200 hours"],
        "must_contain": ["1,200"],
        "reviewed": False,
        "note": "drafted by openai:m, prompts 0123456789ab",
        "hue": "kept",
    },
    {
        "id": "draft-2",
        "type": "unanswerable_near",
        "question": "What does the detector weigh?",
        "answerable": False,
        "acceptable_titles": ["Jamming detection with two thresholds"],
        "answer_points": ["No weight is told"],
        "reviewed": False,
    },
    {
        "id": HOSTILE,
        "type": HOSTILE,
        "question": f"Is it {HOSTILE}?",
        "gold_titles": [HOSTILE],
        "gold_quotes": [HOSTILE],
        "answer_points": [HOSTILE],
        "must_contain": [HOSTILE],
        "reviewed": False,
        "note": HOSTILE,
        "why": HOSTILE,
    },
    {"id": "mine", "question": "Mine?", "gold_titles": ["Mine"]},
)


def write(root: Path, name: str = "drafts-20260301T090000.jsonl") -> Path:
    """The file, in the folder of cases of a folder of runs."""
    path = root / "cases" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    return path
