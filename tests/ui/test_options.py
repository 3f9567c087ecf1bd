"""The common options: given before the verb or after it, and what they become."""

import pytest
from typer.testing import CliRunner

from ui.cli import app
from ui.options import Options


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in ("LENGTH", "STRICTNESS", "MODEL", "STORE"):
        monkeypatch.delenv(f"PAPERCHAT_{name}", raising=False)


def test_how_long_answers_are():
    assert Options().settings().length == "normal"
    assert Options(length="short").settings().length == "short"
    both = Options(length="long").over(Options(length="short"))
    assert both.settings().length == "long"
    assert Options().over(Options(length="short")).settings().length == "short"
    assert Options(length="long").arguments() == ["--length", "long"]


def test_how_sure_answers_have_to_be():
    assert Options().settings().strictness == "normal"
    assert Options(strictness="strict").settings().strictness == "strict"
    assert Options(strictness="lenient").arguments() == ["--strictness", "lenient"]


@pytest.mark.parametrize("option", ["--length", "--strictness"])
def test_a_word_that_means_nothing_is_a_usage_error(option):
    result = CliRunner().invoke(app, ["ask", "Why?", option, "tiny"])
    assert result.exit_code == 2
    assert "normal" in result.output
