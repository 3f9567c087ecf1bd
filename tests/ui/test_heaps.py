"""Threads share their heaps, as far as the C library has any."""

import os
import subprocess
import sys

import pytest

# Each thread takes memory, all at once; glibc gives each a heap of 64 MB of addresses.
_MAPPED = """
import re, sys, threading
from ui.heaps import share_heaps
print(share_heaps())
gate = threading.Barrier(12)
def take():
    gate.wait(); held = [bytes(4_000) for _ in range(200)]; gate.wait()
threads = [threading.Thread(target=take) for _ in range(11)]
for thread in threads: thread.start()
gate.wait()
lines = open("/proc/self/maps").read().splitlines()
spans = [(int(a, 16), int(b, 16)) for a, b in (line.split()[0].split("-") for line in lines)]
print(sum(a % 2**26 == 0 and b - a < 2**26 for a, b in spans))
gate.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is only there")
@pytest.mark.parametrize(("given", "able"), [(None, "True"), ("12", "False")])
def test_two_heaps_are_shared_unless_the_user_wants_otherwise(given, able):
    env = {k: v for k, v in os.environ.items() if k != "MALLOC_ARENA_MAX"}
    env |= {"MALLOC_ARENA_MAX": given} if given else {}
    ran = subprocess.run(
        [sys.executable, "-c", _MAPPED], env=env, check=True, capture_output=True, text=True
    )
    could, heaps = ran.stdout.split()
    assert could == able
    assert int(heaps) <= 2 if given is None else int(heaps) > 2
