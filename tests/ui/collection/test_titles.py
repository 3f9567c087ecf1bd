"""Titles in plain text."""

from __future__ import annotations

import pytest

from ui.collection.titles import readable


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("M$^3$ViT: Mixture-of-Experts", "M³ViT: Mixture-of-Experts"),
        ("Met^2Net and H$_2$O at x^{n+1}", "Met²Net and H₂O at xⁿ⁺¹"),
        ("A$^\\ast$ Search \\textit{fast}", "A^∗ Search fast"),
        ("3.2\\% better & <b>bold</b>", "3.2% better & <b>bold</b>"),
        ("<sup>1</sup> &amp; &lt;img&gt;", "<sup>1</sup> &amp; &lt;img&gt;"),
        (" two\n lines\u202e\x00 ", "two lines"),
        ("", ""),
    ],
)
def test_mathematics_is_made_readable_and_markup_stays_text(title: str, shown: str) -> None:
    assert readable(title) == shown
