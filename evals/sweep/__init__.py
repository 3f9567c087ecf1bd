"""Sweeps: every combination of a grid's settings, run over the same cases and put side by side."""
