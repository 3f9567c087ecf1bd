"""A benchmark small enough to be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path

PAPERS = [
    {"_id": "owls", "title": "Owls", "text": "Owls hunt mice at night."},
    {"_id": "mice", "title": "Mice", "text": "Mice hide from cats by day."},
    {"_id": "jam", "title": "Jam", "text": "Jam is boiled from fruit and sugar."},
    {"_id": "rust", "title": "Rust", "text": "Iron rusts where water meets oxygen."},
]
QUERIES = [
    {"_id": "q1", "text": "Which birds hunt at night: owls?"},
    {"_id": "q2", "text": "Why does iron rust in water?"},
    {"_id": "q3", "text": "Nobody has judged this."},
]
QRELS = [("q1", "owls", 1), ("q2", "rust", 2), ("q2", "jam", 0)]


def write(folder: Path, papers=PAPERS, queries=QUERIES, qrels=QRELS) -> Path:
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    for name, rows in (("corpus", papers), ("queries", queries)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    lines = "".join("\t".join(map(str, row)) + "\n" for row in qrels)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + lines)
    return folder
