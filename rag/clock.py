"""How long an answer took, stage by stage."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from rag.types import Timings

Stage = Literal["plan", "retrieve", "generate", "check"]


@dataclass(slots=True)
class Clock:
    """Starts with the question; a stage may come several times."""

    started: float = field(default_factory=time.perf_counter)
    first_token: float | None = None  # when it came
    _taken: dict[Stage, float] = field(default_factory=dict)
    _last: float = field(init=False)

    def __post_init__(self) -> None:
        self._last = self.started

    def lap(self, stage: Stage | None = None) -> None:
        """What has passed since the last lap belongs to this stage; without one, to none."""
        now = time.perf_counter()
        if stage is not None:
            self._taken[stage] = self._taken.get(stage, 0.0) + now - self._last
        self._last = now

    def timings(self) -> Timings:
        """Milliseconds until now."""
        stages = {stage: seconds * 1000 for stage, seconds in self._taken.items()}
        first = 0.0 if self.first_token is None else (self.first_token - self.started) * 1000
        total = (time.perf_counter() - self.started) * 1000
        return Timings(**stages, first_token=first, total=total)
