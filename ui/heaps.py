"""How the C library keeps the memory of a process with many threads."""

from __future__ import annotations

import ctypes
import os
import sys

_M_ARENA_MAX, _HEAPS = -8, 2  # mallopt(3)


def share_heaps() -> bool:
    """Has all threads share two heaps, where glibc would make up to eight a core; whether it could.

    What a thread frees in one heap is of no use to those with another: under a crowd the page's
    process grew by 76 kB an answer, and by 39 kB with two. ``MALLOC_ARENA_MAX`` goes before this.
    """
    if sys.platform != "linux" or "MALLOC_ARENA_MAX" in os.environ:
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, _HEAPS))
