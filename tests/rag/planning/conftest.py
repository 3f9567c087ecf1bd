"""A small store of made-up papers, and the answers that a conversation about them has had."""

import pytest

from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from index.types import Paper

PAPERS = [
    Paper(
        "fold",
        "FoldBot: Teaching Household Robots to Fold Laundry",
        "We teach household robots to fold laundry from 40 hours of demonstrations. FoldBot needs "
        "one camera and folds nine of ten towels. We release the demonstrations.",
    ),
    Paper(
        "iron",
        "Learning to Iron Shirts from Watching",
        "A robot arm learns to iron shirts from videos of people. It scorches fewer shirts than "
        "a scripted arm, and it needs no labels.",
    ),
    Paper(
        "spell",
        "Spellcraft: Tokenizers for Languages with Rich Morphology",
        "Spellcraft builds tokenizers for Finnish, Turkish and Hungarian. Sequences get 31% "
        "shorter, and translation improves by 2.1 BLEU.",
    ),
    Paper(
        "spell2",
        "Spellcraft 2: Byte-Level Tokenizers without a Vocabulary",
        "We drop the vocabulary altogether. The byte-level model matches subword tokenizers at "
        "twice the speed of earlier byte models.",
    ),
    Paper(
        "prune",
        "Throwing Examples Away: Data Pruning for Image Classifiers",
        "Half of the training images of a classifier can be thrown away early in training when "
        "examples are ranked by the norm of their gradient.",
    ),
    Paper(
        "prunetext",
        "Influential Sentences: Data Pruning for Text Classifiers",
        "We rank training sentences by variance of gradients. Half of a text classification "
        "set can be thrown away without a loss on held-out data.",
    ),
    Paper(
        "whale",
        "Whales Sing in Dialects: Clustering Marine Recordings",
        "Recordings of humpback whales from six oceans are clustered by song. Dialects spread "
        "eastwards within two years.",
    ),
    Paper(
        "latex",
        "M$^3$Former: Multi-Scale Memory for Long Videos",
        "M$^3$Former keeps a memory of long videos at three scales. It answers questions on "
        "videos of two hours, and beats ClipSum by four points.",
    ),
]
BY_ID = {paper.id: paper for paper in PAPERS}


@pytest.fixture(scope="session")
def papers(tmp_path_factory):
    place = tmp_path_factory.mktemp("planning")
    with PaperIndex.open(place, embedder=HashEmbedder()) as opened:
        opened.add(PAPERS)
        yield opened


def title(paper_id):
    return BY_ID[paper_id].title
