"""Fit where word pieces are compared, on abstracts of another field than the sample's.

    python -m index.model.build_late CORPUS.jsonl [--out index/model/late.npz]

``CORPUS.jsonl`` is SciFact's in BEIR's form (5,183 abstracts; "title" and "text" a line). Written
are, for the bundled model's states scaled to length 1: their mean; their first 128 principal
components, as columns; and for every word piece its rarity, ``ln(1 + (N - n + .5) / (n + .5))``
for ``n`` of ``N`` abstracts that hold it (Robertson and Sparck Jones's weight as BM25 uses it).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.embedding import unit
from index.minilm import LATE, MiniLM, pieces_of

WIDTH = 128
EVERY = 8  # abstracts whose states are looked at: one in so many


def principal_components(states: NDArray[np.float32]) -> tuple[NDArray[np.float64], ...]:
    """(mean, components as columns), the components of most variance first."""
    mean = states.mean(axis=0, dtype=np.float64)
    _, vectors = np.linalg.eigh(np.cov(states.T))
    components = vectors[:, ::-1][:, :WIDTH]
    # Either direction will do: take the one whose largest number is positive.
    largest = components[np.abs(components).argmax(axis=0), np.arange(WIDTH)]
    return mean, components * np.sign(largest)


def rarity(ids: Sequence[Sequence[int]], vocabulary: int) -> NDArray[np.float64]:
    """One for each of the vocabulary's pieces; ``ids``: the pieces of each abstract."""
    held = Counter(piece for abstract in ids for piece in set(abstract))
    counts = np.array([held[piece] for piece in range(vocabulary)])
    weights: NDArray[np.float64] = np.log1p((len(ids) - counts + 0.5) / (counts + 0.5))
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name(LATE))
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.corpus.read_text("utf-8").splitlines()]
    texts = [f"{row['title']}. {row['text']}" for row in rows]
    model = MiniLM()
    looked_at = texts[::EVERY]
    states = [
        unit(found[pieces_of(text, encoding).places])
        for text, (encoding, found) in zip(looked_at, model.states(looked_at), strict=True)
    ]
    mean, components = principal_components(np.concatenate(states))
    tokenizer = Tokenizer.from_file(str(Path(__file__).with_name("tokenizer.json")))
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    weights = rarity(ids, tokenizer.get_vocab_size())
    np.savez_compressed(
        arguments.out,
        mean=mean.astype(np.float32),
        projection=components.astype(np.float16),
        rarity=weights.astype(np.float16),
    )
    digest = hashlib.sha256(arguments.out.read_bytes()).hexdigest()
    sys.stdout.write(f"{arguments.out.name}: {len(looked_at)} abstracts, SHA-256 {digest}\n")


if __name__ == "__main__":
    main()
