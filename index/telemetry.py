"""Keeps the libraries that we use from phoning home. Called before each of them is imported."""

from __future__ import annotations

import os

_OFF = {
    # onnxruntime 1.31 keeps a device id and sends events to its maker unless this is set first.
    "ORT_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",  # Chroma
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def switch_off() -> None:
    """Sets the environment variables that onnxruntime, Chroma, Gradio and others read."""
    os.environ.update(_OFF)
