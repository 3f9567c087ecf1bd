"""The bundled embedder: all-MiniLM-L6-v2 as an int8 ONNX graph, run by onnxruntime on the CPU."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np

from index.embedding import Vectors, unit
from index.telemetry import switch_off

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MAX_TOKENS = 512
SEPARATOR = 102
GRAPH = "minilm-int8.onnx"
GRAPH_SHA256 = "c6431b0cda119dac390cab82465ff0d6bfdc21e0c3719d5c636f59c479be3f77"


class MiniLM:
    """Mean-pooled token states, 384 dimensions; texts are cut after 512 word pieces.

    Texts go through the model one by one. On a processor that is as fast as batches, since
    nothing is padded, and a text's vector doesn't depend on its company: activations are
    quantised by the range of all that runs together.
    """

    spec = "minilm"
    fingerprint = f"minilm-{GRAPH_SHA256[:12]}-mean-{MAX_TOKENS}-single"
    dimension = 384

    def __init__(self) -> None:
        self._loaded: tuple[Tokenizer, InferenceSession] | None = None
        self._loading = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384), each row of length 1."""
        pooled = np.zeros((len(texts), self.dimension), np.float32)
        if not texts:
            return pooled
        tokenizer, session = self._parts()
        for row, encoding in enumerate(tokenizer.encode_batch(list(texts))):
            tokens = np.array([_truncated(encoding.ids)], np.int32)
            feed = {
                "input_ids": tokens,
                "token_type_ids": np.zeros_like(tokens),
                "attention_mask": np.ones_like(tokens),
            }
            pooled[row] = np.asarray(session.run(None, feed)[0])[0].mean(axis=0)
        return unit(pooled)

    def _parts(self) -> tuple[Tokenizer, InferenceSession]:
        """Loaded at first use: a process that only lists papers needs neither."""
        with self._loading:
            if self._loaded is None:
                self._loaded = _load()
            return self._loaded


def _load() -> tuple[Tokenizer, InferenceSession]:
    switch_off()
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    options = SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0)) if _has_affinity() else 0
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Workers that spin between two calls would take the processor from everything else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    with as_file(files("index.model")) as folder:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
    return tokenizer, session


def _has_affinity() -> bool:
    return hasattr(os, "sched_getaffinity")


def _truncated(ids: list[int]) -> list[int]:
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], SEPARATOR]
