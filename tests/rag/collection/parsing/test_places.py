"""Conditions on pages, titles and what is known; the collection as a whole."""

import pytest

from tests.rag.collection.outline import PAGES
from tests.rag.collection.parsing.reading import having, read

PLACES = {
    "Which papers turn up on every one of the five saved pages?": having(all_pages=list(PAGES)),
    "papers on all five pages": having(all_pages=list(PAGES)),
    "Which papers appear on exactly three pages?": having(min_pages=3, max_pages=3),
    "Which papers are listed on at least four of the five pages?": having(min_pages=4),
    "Which papers show up more than once?": having(min_pages=2),
    "papers on more than one page": having(min_pages=2),
    "How many papers appear on only one page?": having("count", min_pages=1, max_pages=1),
    "Which papers are on both page 002 and 004?": having(all_pages=[PAGES[2], PAGES[4]]),
    "Which papers are on page 002 and on page 004?": having(all_pages=[PAGES[2], PAGES[4]]),
    "List the papers on page 3": {"kind": "list", "filters": {"pages": [PAGES[3]]}},
    "papers on page 001 or 003": {"kind": "list", "filters": {"pages": [PAGES[1], PAGES[3]]}},
    "Which papers are only on page 003?": having(all_pages=[PAGES[3]], only_pages=[PAGES[3]]),
    "papers that are on page 004 but not on page 002": {
        "kind": "list",
        "filters": {"pages": [PAGES[4]]},
        "conditions": {"not_pages": [PAGES[2]]},
    },
    "Which papers are on pages 000 and 003 but not 001?": having(
        all_pages=[PAGES[0], PAGES[3]], not_pages=[PAGES[1]]
    ),
    "Which papers can be found on all of the pages except page 002?": having(
        all_pages=[PAGES[0], PAGES[1], PAGES[3], PAGES[4]], not_pages=[PAGES[2]]
    ),
    "Which papers are on page 002 but have no date?": {
        "kind": "list",
        "filters": {"pages": [PAGES[2]]},
        "conditions": {"dated": False},
    },
    "How many papers does page 002 hold?": {"kind": "count", "filters": {"pages": [PAGES[2]]}},
    "How many papers are on page 002?": {"kind": "count", "filters": {"pages": [PAGES[2]]}},
    "What is on page 9?": {"kind": "list", "filters": {"pages": ["9"]}},
    "papers on page 9": {"kind": "list", "filters": {"pages": ["9"]}},
}

KNOWN = {
    "Which papers are without a date?": having(dated=False),
    "undated papers": having(dated=False),
    "How many papers have no date?": having("count", dated=False),
    "how many papers have a date": having("count", dated=True),
    "Which papers lack an author count?": having(counted=False),
    "How many papers are there in all?": {"kind": "count"},
    "How many papers are in this collection?": {"kind": "count"},
    "How big is the collection?": {"kind": "count"},
    "List all papers": {"kind": "list"},
    "papers from NVIDIA": having(by="NVIDIA"),
    "Which papers are by Google DeepMind?": having(by="Google DeepMind"),
    "nvidia papers": having(by="NVIDIA"),
    "Which titles contain 'Mamba'?": having(title_has=["Mamba"]),
    'papers with the word "curriculum" in the title': having(title_has=["curriculum"]),
    "Which papers have titles that are questions?": having(title_ends="?"),
    "papers whose title starts with 'Towards'": having(title_starts="Towards"),
    "How many papers mention LoRA?": having("count", mentions=["LoRA"]),
    "How many papers mention Llama?": having("count", mentions=["Llama"]),
    "Which papers mention Stable Diffusion?": having(mentions=["Stable Diffusion"]),
    "Which papers mention the word 'hyperbolic'?": having(mentions=["hyperbolic"]),
}


@pytest.mark.parametrize(("question", "expected"), (PLACES | KNOWN).items())
def test_it_is_understood(question, expected):
    assert read(question) == expected
