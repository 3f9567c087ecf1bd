"""The bundled embedder: all-MiniLM-L6-v2 as an int8 ONNX graph, run by onnxruntime on the CPU."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embedding import QuestionTokens, TokenStates, Vectors, unit
from index.pieces import Pieces, telling_pieces
from index.processors import usable
from index.products import product
from index.telemetry import switch_off
from index.text import FONT, well_formed

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

MAX_TOKENS = 512
SEPARATOR = 102
GRAPH = "minilm-int8.onnx"
GRAPH_SHA256 = "c6431b0cda119dac390cab82465ff0d6bfdc21e0c3719d5c636f59c479be3f77"


LATE = "late.npz"
LATE_SHA256 = "c511fe8ffcd93abdf4d728a5fdf7995c1b366395d887d414dbbdfa89fbe8a689"


@dataclass(frozen=True, slots=True, eq=False)
class _LateSpace:
    """Where word pieces are compared: (384,), (384, 128) and one rarity for each of the pieces.

    A state's length and what all states have in common tell nothing; the directions that are
    left out hold little of the differences. ``index/model/build_late.py`` makes these.
    """

    mean: Vectors
    projection: Vectors
    rarity: Vectors

    def project(self, states: Vectors) -> Vectors:
        """Shape (n, 384) to (n, 128), rows of length 1."""
        return unit(product(unit(states) - self.mean, self.projection))


class MiniLM:
    """Mean-pooled token states, 384 dimensions; texts are cut after 512 word pieces.

    Texts go through the model one by one. On a processor that is as fast as batches, since
    nothing is padded, and a text's vector doesn't depend on its company: activations are
    quantised by the range of all that runs together.
    """

    spec = "minilm"
    fingerprint = f"minilm-{GRAPH_SHA256[:12]}-mean-{MAX_TOKENS}-single"
    token_fingerprint = f"minilm-{GRAPH_SHA256[:12]}-late-{LATE_SHA256[:12]}"
    dimension = 384

    def __init__(self) -> None:
        self._loaded: tuple[Tokenizer, InferenceSession] | None = None
        self._late: _LateSpace | None = None
        self._loading = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384), each row of length 1."""
        pooled = np.zeros((len(texts), self.dimension), np.float32)
        for row, (_, states) in enumerate(self.states(texts)):
            pooled[row] = states.mean(axis=0)
        return unit(pooled)

    def embed_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenStates]]:
        """What ``embed`` gives, and the pieces of each text with vectors of 128 numbers."""
        space = self._late_space()
        pooled = np.zeros((len(texts), self.dimension), np.float32)
        tokens = []
        for row, (text, (encoding, states)) in enumerate(
            zip(texts, self.states(texts), strict=True)
        ):
            pooled[row] = states.mean(axis=0)
            pieces = pieces_of(text, encoding)
            tokens.append(TokenStates(pieces.starts, space.project(states[pieces.places])))
        return unit(pooled), tokens

    def question_tokens(self, text: str) -> QuestionTokens:
        """What ``embed`` gives, and the question's pieces, in one pass."""
        space = self._late_space()
        ((encoding, states),) = self.states([text])
        (vector,) = unit(states.mean(axis=0)[None])
        pieces = pieces_of(text, encoding)
        if not pieces.words:
            pieces = pieces_of(text, encoding, stopwords=True)
        ids = np.array(encoding.ids, np.intp)[pieces.places]
        vectors = space.project(states[pieces.places])
        return QuestionTokens(vector, vectors, space.rarity[ids], pieces.words)

    def states(self, texts: Sequence[str]) -> Iterator[tuple[Encoding, NDArray[np.float32]]]:
        """Each text's encoding, and a state of 384 numbers for each of its first 512 pieces."""
        if not texts:
            return
        tokenizer, session = self._parts()
        for encoding in tokenizer.encode_batch([well_formed(text) for text in texts]):
            tokens = np.array([_truncated(encoding.ids)], np.int32)
            feed = {
                "input_ids": tokens,
                "token_type_ids": np.zeros_like(tokens),
                "attention_mask": np.ones_like(tokens),
            }
            yield encoding, np.asarray(session.run(None, feed)[0])[0]

    def _parts(self) -> tuple[Tokenizer, InferenceSession]:
        """Loaded at first use: a process that only lists papers needs neither."""
        with self._loading:
            if self._loaded is None:
                self._loaded = _load()
            return self._loaded

    def _late_space(self) -> _LateSpace:
        with self._loading:
            if self._late is None:
                self._late = _load_late()
            return self._late


def _load() -> tuple[Tokenizer, InferenceSession]:
    switch_off()
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    options = SessionOptions()
    options.intra_op_num_threads = usable()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Workers that spin between two calls would take the processor from everything else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    with as_file(files("index.model")) as folder:
        tokenizer = _reading_fonts(Tokenizer.from_file(str(folder / "tokenizer.json")))
        session = InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
    return tokenizer, session


def _reading_fonts(tokenizer: Tokenizer) -> Tokenizer:
    r"""Reads ``\textbf{T}raining`` as "Training" (and not as "raining"), in its place in the text.

    No part of the fingerprint: it is the same space, and most texts hold none of this.
    """
    from tokenizers import Regex
    from tokenizers.normalizers import Replace, Sequence

    commands = Replace(Regex(rf"(?:\\|(?<![A-Za-z])){FONT}\{{"), "")
    braces = Replace(Regex(r"(?<=[A-Za-z])\}(?=[A-Za-z])"), "")
    tokenizer.normalizer = Sequence([commands, braces, tokenizer.normalizer])
    return tokenizer


def _load_late() -> _LateSpace:
    with files("index.model").joinpath(LATE).open("rb") as file, np.load(file) as arrays:
        names = "mean", "projection", "rarity"
        return _LateSpace(*(arrays[name].astype(np.float32) for name in names))


def pieces_of(text: str, encoding: Encoding, *, stopwords: bool = False) -> Pieces:
    """The pieces of a text that have a state worth keeping."""
    seen = MAX_TOKENS - 1  # what the model saw of a long text, but for the separator
    words, spans = encoding.word_ids[:seen], encoding.offsets[:seen]
    return telling_pieces(text, words, spans, stopwords=stopwords)


def _truncated(ids: list[int]) -> list[int]:
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], SEPARATOR]
