"""What an answer's stages took."""

import time

from rag.clock import Clock


def test_a_stage_that_comes_twice_is_added_up_and_pauses_belong_to_none():
    clock = Clock()
    for stage in ("plan", "retrieve", "plan", None, "check"):
        time.sleep(0.01)
        clock.lap(stage)
    clock.first_token = clock.started + 0.015
    timings = clock.timings()
    assert timings.plan >= 20
    assert timings.retrieve >= 10
    assert timings.generate == 0
    assert abs(timings.first_token - 15) < 1e-6
    parts = timings.plan + timings.retrieve + timings.check
    assert parts + 10 <= timings.total


def test_before_anything_has_come_there_is_only_the_total():
    timings = Clock().timings()
    assert (timings.plan, timings.first_token) == (0.0, 0.0)
    assert timings.total > 0
