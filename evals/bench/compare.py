"""paperchat beside the stock stack, in alternation on the same machine; medians and ratios.

    python -m evals.bench.compare --stock-python STOCK_VENV/bin/python --weights MODEL_FOLDER \\
        --cases CASES.jsonl

``MODEL_FOLDER`` holds all-MiniLM-L6-v2 as sentence-transformers reads it. Each round runs in
new processes over the sample's papers and the questions of a cases file.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from evals.cases import load_cases
from index.readers import read_all, sample_pages
from index.types import Paper

STOCK = Path(__file__).with_name("stock.py")


def _run(command: list[str]) -> dict[str, float]:
    """The JSON object that the command prints; it is told when it was launched."""
    surroundings = os.environ | {"BENCH_LAUNCHED": str(time.time())}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=surroundings)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _round(folder: Path, stock_python: str, weights: str) -> dict[str, dict[str, float]]:
    papers, questions = str(folder / "papers.jsonl"), str(folder / "questions.txt")
    with tempfile.TemporaryDirectory() as scratch:
        ours = [sys.executable, "-m", "evals.bench.ours"]
        stock = [stock_python, str(STOCK)]
        here, there = f"{scratch}/ours", f"{scratch}/stock"
        return {
            "ours ingest": _run([*ours, "ingest", here, papers]),
            "stock ingest": _run([*stock, "ingest", there, papers, weights]),
            "ours ask": _run([*ours, "ask", here, questions]),
            "stock ask": _run([*stock, "ask", there, questions, weights]),
        }


FIGURES = (
    ("ingest, papers a second", "ingest", "papers_per_second"),
    ("ingest, peak MB", "ingest", "peak_mb"),
    ("cold start to first retrieval, s", "ask", "first_s"),
    ("warm retrieval p50, ms", "ask", "p50_ms"),
    ("asking, peak MB", "ask", "peak_mb"),
)


def _table(rounds: list[dict[str, dict[str, float]]]) -> str:
    lines = ["| figure | paperchat | stock | ratio |", "|---|---|---|---|"]
    for label, verb, key in FIGURES:
        ours = statistics.median(r[f"ours {verb}"][key] for r in rounds)
        stock = statistics.median(r[f"stock {verb}"][key] for r in rounds)
        lines.append(f"| {label} | {ours:.2f} | {stock:.2f} | {ours / stock:.2f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="paperchat beside the stock stack")
    parser.add_argument("--stock-python", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        papers = {p.title: p for p in read_all(sample_pages()) if isinstance(p, Paper)}
        rows = [json.dumps({"title": p.title, "abstract": p.abstract}) for p in papers.values()]
        (folder / "papers.jsonl").write_text("\n".join(rows), "utf-8")
        questions = [" ".join(case.question.split()) for case in load_cases(arguments.cases)]
        (folder / "questions.txt").write_text("\n".join(questions), "utf-8")
        rounds = []
        for number in range(arguments.rounds):
            rounds.append(_round(folder, arguments.stock_python, arguments.weights))
            print(f"round {number + 1} of {arguments.rounds} done", file=sys.stderr)
    print(_table(rounds))


if __name__ == "__main__":
    main()
