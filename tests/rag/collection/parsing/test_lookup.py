"""What is recorded of a paper that the question names."""

import pytest

from tests.rag.collection.parsing.reading import lookup, read

LOOKUPS = {
    "How many authors does TÜLU 3 have?": lookup(0, "n_authors"),
    "how many authors does tulu 3 have": lookup(0, "n_authors"),
    "When did TÜLU 3 come out?": lookup(0, "date"),
    "Which pages is TÜLU 3 on?": lookup(0, "pages"),
    "When was the alignment faking paper published?": lookup(1, "date"),
    "When was 'Cyclical Curriculum Learning' published?": lookup(7, "date"),
    "When was Orca 2 released?": lookup(5, "date"),
    "How many people wrote VPT?": lookup(2, "n_authors"),
    "When did M3ViT appear?": lookup(3, "date"),
    "Who wrote Orca 2?": lookup(5, "authors", "n_authors", "organisation"),
}


@pytest.mark.parametrize(("question", "expected"), LOOKUPS.items())
def test_it_is_understood(question, expected):
    assert read(question) == expected
