"""Where evals are kept that nobody gave a place."""

from __future__ import annotations

from pathlib import Path

import platformdirs

CASES = "cases"
"""The folder, within that of the evals, of cases that nobody gave a place."""


def evals_folder() -> Path:
    """The user's folder of evals: a folder for each run, and one of drafted cases."""
    return Path(platformdirs.user_data_dir("paperchat", appauthor=False)) / "evals"
