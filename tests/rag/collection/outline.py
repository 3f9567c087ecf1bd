"""A small collection in outline, and a day to ask on, for tests that need no store."""

import datetime as dt

from rag.collection import CollectionFacets

TODAY = dt.date(2026, 3, 12)
PAGES = tuple(f"00{number}_{letter * 8}.txt" for number, letter in enumerate("abcde"))
FACETS = CollectionFacets(
    papers=300,
    first_date=dt.date(2018, 2, 21),
    last_date=dt.date(2025, 10, 22),
    months={(2018, 2): 1, (2021, 3): 1, (2022, 3): 1, (2023, 8): 1, (2024, 7): 2, (2025, 7): 5},
    pages=PAGES,
    organisations=("NVIDIA",),
    titles=(
        "TÜLU 3: Pushing Frontiers in Open Language Model Post-Training",
        "Alignment faking in large language models",
        "Video PreTraining (VPT): Learning to Act by Watching Unlabeled Online Videos",
        "M$^3$ViT: Mixture-of-Experts Vision Transformer",
        "Orca: Progressive Learning from Complex Explanation Traces of GPT-4",
        "Orca 2: Teaching Small Language Models How to Reason",
        "Capabilities of GPT-4 on Medical Challenge Problems",
        "Cyclical Curriculum Learning",
    ),
    dated=83,
    counted=82,
    affiliated=1,
    author_counts=(2, 47),
)
