"""The processors that this process may use, and taking turns at them."""

from __future__ import annotations

import os
import threading


def usable() -> int:
    """How many processors this process may use; all there are where the system can't tell."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


a_turn = threading.BoundedSemaphore(2 * usable())
"""Held while a question is searched for or checked; first come, first served.

Threads that outnumber the processors take the interpreter from each other: 24 questions at once
cost 76 ms of processor time each, and 59 ms in turns. There are more turns than processors because
some wait, for a vector store or an embedder elsewhere. Not to be taken twice by one thread, nor
held while a language model writes.
"""
