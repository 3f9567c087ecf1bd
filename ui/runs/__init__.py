"""Eval runs as they lie on disk, for the Evals tab: read, compared and drawn. No Gradio here."""
