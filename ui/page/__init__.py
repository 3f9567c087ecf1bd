"""The page in Gradio's blocks. Importing it imports Gradio, which takes seconds.

So ``ui.web.build_page`` imports this where it is needed, and nothing else does.
"""

from ui.page.layout import build
from ui.page.theme import mount

__all__ = ["build", "mount"]
