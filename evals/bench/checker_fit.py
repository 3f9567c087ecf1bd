"""Fit ``rag/grounding/weights.json``: examples, penalties by cross-validation, common words."""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.bench.regression import Fitted, Floats, fitted
from index.readers import read_all, sample_pages
from index.sentences import sentence_spans
from index.types import Paper
from rag.grounding import Checker, Pair
from rag.grounding.checker import Embed
from rag.grounding.features import NAMES, SIGNS
from rag.grounding.model import FEW, SUPPORTED, Model, parse_common
from rag.grounding.polarity import denied, hedge_free, opposite
from rag.grounding.words import STOP, words_of
from rag.linear import Features, Logistic

FOLDS = 5
PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0)
MADE, TURNED = 0.15, 0.3  # weights of examples that were made, and of claims turned round
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NAME = re.compile(r"\b(?:[A-Z][a-z]*[A-Z]\w*|[A-Z]{3,}\d*|[A-Za-z]+\d+)\b")
_ASIDE = re.compile(r"\s*\([^()]{0,200}\)")


@dataclass(frozen=True, slots=True)
class Case:
    """A claim beside an abstract. ``groups``: sentences that decide, where there are any."""

    claim: str
    title: str
    sentences: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    label: str
    split: str

    @property
    def whole(self) -> Pair:
        """The claim against the whole abstract."""
        return Pair(self.claim, self.sentences, self.title)


@dataclass(frozen=True, slots=True)
class Example:
    """A pair with how far it is supported (0 to 1), its weight, and the claim it comes from."""

    pair: Pair
    target: float
    weight: float
    group: str


def load(path: Path) -> list[Case]:
    """The cases of a file, in order."""
    with path.open(encoding="utf-8") as lines:
        return [_case(json.loads(line)) for line in lines]


def _case(row: dict[str, Any]) -> Case:
    title, _, abstract = row["context"].partition("\n")
    sentences = tuple(abstract[start:end] for start, end in sentence_spans(abstract))
    groups = tuple(tuple(group) for group in row["rationales"])
    return Case(row["claim"], title, sentences, groups, row["label3"], row["split"])


def of_abstracts(cases: Sequence[Case]) -> list[Example]:
    """Each claim beside its whole abstract; where that decides, the claim's opposite too."""
    found = [Example(c.whole, float(c.label == "SUPPORT"), 1.0, c.claim) for c in cases]
    return found + [_turned(example) for example, c in zip(found, cases, strict=True) if c.groups]


def of_quotes(cases: Sequence[Case], checker: Checker) -> list[Example]:
    """Each claim beside the few sentences that it would cite, its opposite where these decide,
    and sentences of the abstracts, shortened, then spoilt.
    """
    found: list[Example] = []
    names = sorted({name for case in cases for name in _NAME.findall(case.claim)})
    for case, other in zip(cases, [*cases[1:], cases[0]], strict=True):
        rng = random.Random(case.claim + case.title)
        pair = Pair(case.claim, _cited(case, checker, rng), case.title)
        found.append(Example(pair, float(case.label == "SUPPORT"), 1.0, case.claim))
        if case.groups:
            found.append(_turned(found[-1]))
        stray = _stray(case, other, rng)
        found += [Example(replace(pair, quotes=q), 0.0, MADE, case.claim) for q in stray]
        # One shortened sentence makes two or three spoilt ones, so it counts twice.
        made = _made(case, names, rng)
        found += [Example(p, t, MADE * (2 if t else 1), case.claim) for p, t in made]
    return found


def _turned(example: Example) -> Example:
    pair = replace(example.pair, claim=opposite(example.pair.claim))
    return Example(pair, 1 - example.target, TURNED, example.group)


def _cited(case: Case, checker: Checker, rng: random.Random) -> tuple[str, ...]:
    """One to three sentences: a group that decides, if there is one, and those nearest the claim.

    How many there are says nothing about the label.
    """
    size = rng.randint(1, FEW)
    group = rng.choice(case.groups)[:FEW] if case.groups else ()
    rows = [checker.row(Pair(case.claim, (sentence,))) for sentence in case.sentences]
    near = [row["best_cosine"] + row["coverage_one"] for row in rows]
    order = sorted(range(len(rows)), key=lambda i: -near[i])
    ranked = [case.sentences[i] for i in order if case.sentences[i] not in group]
    return (*group, *ranked[: max(0, size - len(group))])


def _stray(case: Case, other: Case, rng: random.Random) -> list[tuple[str, ...]]:
    """Sentences that don't bear the claim: of the same abstract, of two, of another."""
    decisive = {sentence for group in case.groups for sentence in group}
    rest = [sentence for sentence in case.sentences if sentence not in decisive]
    far = rng.choice(other.sentences)
    return [(rng.choice(rest), far), (far,)] if rest else [(far,)]


def _made(case: Case, names: Sequence[str], rng: random.Random) -> list[tuple[Pair, float]]:
    """One or two sentences said shorter, which they support; and each way of spoiling that."""
    chosen = rng.sample(case.sentences, min(len(case.sentences), rng.randint(1, 2)))
    if not all(30 <= len(sentence) <= 400 for sentence in chosen):
        return []
    said = ", and ".join(_shortened(sentence, rng).rstrip(".") for sentence in chosen) + "."
    made = [(said, 1.0), (opposite(said), 0.0), (denied(said), 0.0)]
    numbers = list(_NUMBER.finditer(said))
    if numbers:
        number = rng.choice(numbers)
        changed = str(round(float(number[0]) * rng.choice((0.5, 1.3, 2, 3)) + 1, 1)).removesuffix(
            ".0"
        )
        made.append((said[: number.start()] + changed + said[number.end() :], 0.0))
    found = list(_NAME.finditer(said))
    if found:
        name = rng.choice(found)
        made.append((said[: name.start()] + rng.choice(names) + said[name.end() :], 0.0))
    if hedge_free(said) != said:
        made.append((hedge_free(said), 0.0))
    return [(Pair(claim, tuple(chosen), case.title), target) for claim, target in made]


def _shortened(sentence: str, rng: random.Random) -> str:
    """Without asides in brackets and a few of the words that carry neither number nor name."""
    words = _ASIDE.sub("", sentence).split()
    kept = [w for w in words if not w.islower() or w in STOP or rng.random() < 0.85]
    return " ".join(kept)


def fit(rows: Sequence[Features], examples: Sequence[Example], penalty: float) -> Fitted:
    """Logistic regression without the features of the wrong sign."""
    x = np.array([[row[name] for name in NAMES] for row in rows], float)
    targets = np.array([example.target for example in examples])
    signs = [SIGNS[name] for name in NAMES]
    return fitted(NAMES, x, targets, penalty, weights=_weights(examples), signs=signs)


def _weights(examples: Sequence[Example]) -> Floats:
    """The examples' weights, those that are supported scaled to SUPPORTED of their sum."""
    weights = np.array([example.weight for example in examples])
    right = np.array([example.target > 0.5 for example in examples])
    share = weights[right].sum() / weights.sum()
    scaled: Floats = weights * np.where(right, SUPPORTED / share, (1 - SUPPORTED) / (1 - share))
    return scaled


def chosen(name: str, rows: Sequence[Features], examples: Sequence[Example]) -> Fitted:
    """Fitted with the penalty of least weighted log loss over folds of whole claims."""
    folds = np.array([random.Random(example.group).randrange(FOLDS) for example in examples])
    targets = np.array([example.target for example in examples])
    weights = _weights(examples)
    real, right = np.array([e.weight == 1 for e in examples]), targets > 0.5
    losses = {}
    for penalty in PENALTIES:
        p = np.zeros(len(rows))
        for fold in range(FOLDS):
            inside = [i for i, other in enumerate(folds) if other != fold]
            some = [examples[i] for i in inside]
            model = fit([rows[i] for i in inside], some, penalty).model()
            outside = (row for row, other in zip(rows, folds, strict=True) if other == fold)
            p[folds == fold] = [model.probability(row) for row in outside]
        loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
        losses[penalty] = float(np.average(loss, weights=weights))
        found, made = (balanced(right[m], p[m] >= SUPPORTED) for m in (real, ~real))
        print(
            f"{name}, penalty {penalty:g}: log loss {losses[penalty]:.4f}, balanced accuracy "
            f"{found:.3f}, on turned, stray and made examples {made:.3f}"
        )
    return fit(rows, examples, min(losses, key=lambda penalty: losses[penalty]))


def balanced(right: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """Mean of the two classes' recalls."""
    return float((said[right].mean() + (~said[~right]).mean()) / 2)


def common_words(corpus: Path) -> dict[str, str]:
    """Percent -> stems: log of how rare a word is, of papers in all, in the field where it is
    commoner (the corpus, or the sample). Stems over 70 percent are left out: they count as 1.
    """
    with corpus.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    sample = [item for item in read_all(sample_pages()) if isinstance(item, Paper)]
    fields = [
        _rarity(f"{row['title']} {row['text']}" for row in rows),
        _rarity(f"{paper.title} {paper.abstract}" for paper in sample),
    ]
    found: dict[str, list[str]] = {}
    for stem in sorted(set().union(*fields)):
        percent = 5 * round(20 * min(field.get(stem, 1.0) for field in fields))
        if percent <= 70 and stem.isalpha() and len(stem) > 1:
            found.setdefault(str(percent), []).append(stem)
    return {percent: " ".join(stems) for percent, stems in sorted(found.items())}


def _rarity(texts: Iterable[str]) -> dict[str, float]:
    count, total = Counter[str](), 1
    for text in texts:
        total += 1
        count.update({word.stem for word in words_of(text) if word.content})
    return {stem: math.log(total / (n + 1)) / math.log(total) for stem, n in count.items()}


def train(cases: Sequence[Case], corpus: Path, embed: Embed) -> dict[str, Any]:
    """What ``weights.json`` holds."""
    blank = Logistic(0.0, {})
    common = common_words(corpus)
    checker = Checker(embed, Model(blank, blank, parse_common(common)), kept=100_000)
    data: dict[str, Any] = {"features": list(NAMES)}
    for name, examples in ("few", of_quotes(cases, checker)), ("many", of_abstracts(cases)):
        rows = [checker.row(example.pair) for example in examples]
        model = chosen(name, rows, examples)
        columns = {"mean": model.mean, "scale": model.scale, "weights": model.weights}
        data[name] = {key: [round(float(v), 5) for v in column] for key, column in columns.items()}
        data[name]["bias"] = round(model.bias, 5)
    return data | {"common": common}
