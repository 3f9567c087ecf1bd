"""The verbs of ``python -m evals``: a small file each, or two that belong together."""
