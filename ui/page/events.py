"""How the page's events are wired."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""What takes its time: without Gradio's own progress over the page, and not as an API."""

NOW: dict[str, Any] = {**QUIET, "queue": False}
"""What is quick: past the queue, too."""
