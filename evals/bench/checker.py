"""How well claims are checked: balanced accuracy on SciFact's pairs, and milliseconds a claim.

    python -m evals.bench.checker PAIRS.jsonl [--fit --corpus CORPUS.jsonl]

``PAIRS.jsonl`` has one claim beside one abstract a line: claim, context (title, newline,
abstract), label3 (SUPPORT, CONTRADICT or NEI), rationales (groups of sentences that decide) and
split. ``--fit`` fits ``rag/grounding/weights.json`` on the train half, with the penalty that
cross-validation within that half chooses; ``CORPUS.jsonl`` (title and text a line) beside the
sample papers says which words are common. The dev half is for the report alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.bench.checker_fit import Case, balanced, load, train
from evals.bootstrap import RESAMPLES
from index.embedding import load_embedder
from rag.grounding import Checker, Pair, verdict
from rag.grounding.checker import Embed
from rag.grounding.model import SUPPORTED, WEIGHTS

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]{4,}")


def words_in_common(claim: str, quotes: Sequence[str]) -> float:
    """Share of the claim's longer words that the quotes hold; at most 0.3 if a number differs."""
    words = _words(claim)
    if not words or not quotes:
        return 0.0
    quoted = _words(" ".join(quotes))
    share = len(words & quoted) / len(words)
    numbers = {word for word in words if word[0].isdigit()}
    return share if numbers <= quoted else min(share, 0.3)


def _words(text: str) -> set[str]:
    return {word.replace(",", "") for word in _WORD.findall(text.lower())}


def interval(right: NDArray[np.bool_], said: NDArray[np.bool_]) -> tuple[float, float]:
    """95% percentile bootstrap of the balanced accuracy, each class resampled by itself."""
    rng = np.random.default_rng(0)
    hits, passes = said[right].astype(float), (~said[~right]).astype(float)
    means = [
        (rng.choice(hits, len(hits)).mean() + rng.choice(passes, len(passes)).mean()) / 2
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def report(cases: Sequence[Case], checker: Checker) -> None:
    """Prints what the dev half says, beside the share of words in common."""
    right = np.array([case.label == "SUPPORT" for case in cases])
    supports = checker.check_many([case.whole for case in cases])
    scores = np.array([support.score for support in supports])
    overlap = np.array([words_in_common(case.claim, case.whole.quotes) for case in cases])
    print(f"{len(cases)} claims beside whole abstracts, {right.sum()} supported")
    print("| | balanced accuracy | 95% interval |\n|---|---|---|")
    best = max(np.unique(overlap), key=lambda t: balanced(right, overlap >= t))
    rows = {"words in common, best threshold": overlap >= best, "checker": scores >= SUPPORTED}
    for name, said in rows.items():
        low, high = interval(right, said)
        print(f"| {name} | {balanced(right, said):.3f} | {low:.3f}-{high:.3f} |")
    verdicts = np.array([verdict(support) for support in supports])
    for name in ("supported", "weak", "unsupported"):
        here = verdicts == name
        print(f"{name}: {here.sum()}, of these supported {right[here].mean():.2f}")
    quoted = [case for case in cases if case.groups]
    few = [Pair(case.claim, case.groups[0], case.title) for case in quoted]
    said = np.array([s.score >= SUPPORTED for s in checker.check_many(few)])
    told = np.array([case.label == "SUPPORT" for case in quoted])
    low, high = interval(told, said)
    print(
        f"{len(few)} claims beside sentences that decide, supporting or contradicting: "
        f"{balanced(told, said):.3f} ({low:.3f}-{high:.3f})"
    )


def timing(cases: Sequence[Case], embed: Embed) -> None:
    """Prints milliseconds a claim, median and 95th percentile, on one core."""
    for name, pairs in (
        ("three quotes", [Pair(c.claim, c.sentences[:3], c.title) for c in cases]),
        ("a whole abstract", [case.whole for case in cases]),
    ):
        for kept in (True, False):
            checker, wall, busy = Checker(embed), [], []
            for pair in pairs:
                if kept:
                    checker.row(Pair("Another claim.", pair.quotes))
                start, cpu = time.perf_counter(), time.process_time()
                checker.check(pair.claim, pair.quotes, title=pair.title)
                wall.append(1000 * (time.perf_counter() - start))
                busy.append(1000 * (time.process_time() - cpu))
            print(
                f"{name}, {'known' if kept else 'new'}: {np.median(wall):.1f} ms "
                f"(p95 {np.percentile(wall, 95):.1f}), of processor {np.median(busy):.1f} ms"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description="how well claims are checked")
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--fit", action="store_true", help="fit the weights anew")
    parser.add_argument("--corpus", type=Path, help="title and text a line, with --fit")
    arguments = parser.parse_args()
    if arguments.fit and not arguments.corpus:
        parser.error("--fit needs --corpus")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    embed = load_embedder().embed
    cases = load(arguments.pairs)
    if arguments.fit:
        data = train([case for case in cases if case.split == "train"], arguments.corpus, embed)
        text = json.dumps(data, ensure_ascii=False, indent=1)
        Path(str(files("rag.grounding") / WEIGHTS)).write_text(text + "\n", encoding="utf-8")
    dev = [case for case in cases if case.split == "dev"]
    report(dev, Checker(embed))
    timing(dev[:100], embed)


if __name__ == "__main__":
    main()
