import pytest

from index.errors import ConfigError
from index.thesaurus import LONGEST, Thesaurus, bundled, parse


def test_lines_become_phrases_with_their_terms() -> None:
    text = "# a comment\nmake up | invent -> hallucination, fabrication  # why\n\n"
    terms = ("hallucination", "fabrication")
    assert parse(text) == {"make up": terms, "invent": terms}


@pytest.mark.parametrize("line", ["no arrow", "-> term", "phrase ->"])
def test_a_line_that_is_no_group_is_named(line: str) -> None:
    with pytest.raises(ConfigError, match="txt:2"):
        parse(f"a -> b\n{line}")


def test_longer_phrases_come_first_and_terms_never_repeat_the_phrase() -> None:
    groups = {"make up": ("hallucination", "make up"), "make": ("create",)}
    found = Thesaurus(groups, str.split).expansions(["they", "make", "up", "facts"])
    assert list(found) == [("make", "up"), ("make",)]
    assert found["make", "up"] == (("hallucination",),)


def test_the_bundled_thesaurus_is_well_formed() -> None:
    groups = bundled()
    assert len(groups) > 1000
    assert all(len(phrase.split()) <= LONGEST for phrase in groups)
    assert all(phrase == phrase.lower() for phrase in groups)
