"""Claims beside quotes: the checker on pairs written by hand, and its contract."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from index.embedding import load_embedder
from rag.grounding import Checker, Pair, verbatim, verdict

CACHE = (
    "TinyCache evicts the keys that attention has not touched for 64 steps, which cuts the memory "
    "of the cache by 40% at equal accuracy on LongEval."
)
ROBOT = "On 120 household tasks the arm succeeds in 81.7% of the attempts, 12 points above PickNet."
TOXIC = "Filtering toxic pages out of the training data lowers the toxicity of generated text."
HARMS = "It also reduces accuracy on every benchmark of reading comprehension that we tried."
LATENCY = "A single query takes 35 ms on one CPU core, against 2 seconds for the cross-encoder."
SIGN = "GestureNet translates German sign language into text and was trained on weather forecasts."
HEDGE = "Longer prompts may improve the calibration of small models, but the evidence is thin."
NULL = "We find no significant correlation between the size of a vocabulary and transfer quality."
LABELS = "Large language models can replace crowd workers when labels are cheap to verify."
MERGE = (
    "Our dataset holds 9,000 lecture slides from 10 speakers.",
    "Every slide is aligned with the speech that goes with it.",
)

SUPPORTED = [
    ("paraphrase", "TinyCache reduces cache memory by 40% without losing accuracy.", [CACHE]),
    ("shorter", "TinyCache evicts keys that attention has not touched for 64 steps.", [CACHE]),
    ("rounded", "The arm succeeds in 82% of the attempts on household tasks.", [ROBOT]),
    (
        "merged",
        "Filtering toxic pages lowers toxicity but reduces accuracy on benchmarks of reading "
        "comprehension.",
        [TOXIC, HARMS],
    ),
    ("two sentences", "The dataset has 9000 lecture slides, each aligned with speech.", [*MERGE]),
    ("unit kept", "One query takes 35 ms on a CPU core.", [LATENCY]),
    ("name kept", "GestureNet translates German sign language into text.", [SIGN]),
    ("hedge kept", "Longer prompts may improve the calibration of small models.", [HEDGE]),
    (
        "negation kept",
        "There is no significant correlation between vocabulary size and transfer quality.",
        [NULL],
    ),
    (
        "passive",
        "Crowd workers can be replaced by large language models when labels are cheap to verify.",
        [LABELS],
    ),
]
# (what is wrong, the sound claim's place above, the spoilt claim)
SPOILT = [
    ("number", 0, "TinyCache reduces cache memory by 60% without losing accuracy."),
    ("number", 1, "TinyCache evicts keys that attention has not touched for 640 steps."),
    ("number", 2, "The arm succeeds in 92% of the attempts on household tasks."),
    ("number", 4, "The dataset has 90,000 lecture slides, each aligned with speech."),
    ("unit", 5, "One query takes 35 seconds on a CPU core."),
    ("name", 0, "FlashCache reduces cache memory by 40% without losing accuracy."),
    ("name", 6, "GestureNet translates Japanese sign language into text."),
    ("name", 6, "SignFormer translates German sign language into text."),
    ("direction", 0, "TinyCache increases cache memory by 40% without losing accuracy."),
    ("direction", 3, "Filtering toxic pages raises toxicity but improves accuracy on benchmarks of "
     "reading comprehension."),
    ("negation", 9, "Crowd workers cannot be replaced by large language models when labels are "
     "cheap to verify."),
    ("negation", 8, "There is a significant correlation between vocabulary size and transfer "
     "quality."),
    ("negation", 6, "GestureNet does not translate German sign language into text."),
    ("hedge", 7, "Longer prompts improve the calibration of small models."),
    ("another subject", 2, "Students learn more when lectures are recorded."),
    ("more than is said", 5, "One query takes 35 ms on a phone and drains no battery at all."),
]  # fmt: skip


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(load_embedder().embed)


@pytest.mark.parametrize(("kind", "claim", "quotes"), SUPPORTED)
def test_what_the_quotes_say_is_not_called_unsupported(checker, kind, claim, quotes) -> None:
    assert verdict(checker.check(claim, quotes)) != "unsupported", kind


def test_most_of_what_the_quotes_say_is_supported(checker) -> None:
    supports = checker.check_many([Pair(claim, tuple(quotes)) for _, claim, quotes in SUPPORTED])
    assert sum(verdict(support) == "supported" for support in supports) >= 9


@pytest.mark.parametrize(("kind", "place", "claim"), SPOILT)
def test_a_spoilt_claim_scores_clearly_less(checker, kind, place, claim) -> None:
    _, sound, quotes = SUPPORTED[place]
    before, after = checker.check(sound, quotes), checker.check(claim, quotes)
    assert after.score <= before.score - 0.12, kind
    assert kind == "hedge" or verdict(after) != "supported", (kind, after)


@pytest.mark.parametrize(
    "claim",
    [
        "TinyCache reduces cache memory by 60%.",
        "FlashCache reduces cache memory by 40%.",
        "TinyCache does not evict the keys.",
        "TinyCache holds 64 GB of keys.",
    ],
)
def test_a_number_a_name_a_negation_or_a_unit_disagrees(checker, claim) -> None:
    assert checker.check(claim, [CACHE.replace("64 steps", "64 ms")]).disagrees


def test_the_title_names_what_the_quote_leaves_out(checker) -> None:
    quote = "Our method separates concepts that appear in one image."
    claim = "DisenDiff separates concepts that appear in one image."
    without = checker.check(claim, [quote])
    named = checker.check(claim, [quote], title="DisenDiff: Attention Calibration")
    assert without.disagrees
    assert not named.disagrees
    assert verdict(without) != "supported"
    assert verdict(named) == "supported"


def test_quotes_support_together_what_neither_does_alone(checker) -> None:
    _, claim, quotes = SUPPORTED[3]
    together = checker.check(claim, quotes).score
    assert all(checker.check(claim, [quote]).score < together - 0.1 for quote in quotes)


@pytest.mark.parametrize(
    ("claim", "quotes", "expected"),
    [
        ("GestureNet  translates\nGerman sign language", [SIGN], True),
        ("translates German sign language.", [SIGN], True),
        ("See (12) and (3, 4).", ["See [12] and [3, 4]."], True),
        ("See (\u200b1) and (１).", ["See [\u200b1] and ［１］."], True),
        (" ".join(MERGE), [*MERGE], True),
        ("It scores 5.", ["It scores 5.2 points."], False),
        ("It scores 5", ["It scores 50 points."], False),
        ("It gains 5", ["It gains 5%."], False),
        ("form is known", ["The platform is known."], False),
        ("the form", ["the platform, the form"], True),
        ("the form", ["the formula"], False),
        (".", ["A sentence."], False),
    ],
)
def test_verbatim(claim: str, quotes: list[str], expected: bool) -> None:
    assert verbatim(claim, quotes) is expected


def test_a_verbatim_claim_scores_one_and_nothing_scores_nothing(checker) -> None:
    assert checker.check(SIGN, [SIGN]).score == 1.0
    assert checker.check(SIGN, []).score == 0.0
    assert checker.check(SIGN, ["  "]).score == 0.0
    assert checker.check("...", [SIGN]).score == 0.0


class Counting:
    """Embeds words by hash, and counts the texts."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts):
        self.texts += texts
        rows = [np.random.default_rng(len(text)).normal(size=8) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], np.float32)


def test_each_text_is_embedded_once() -> None:
    embed = Counting()
    checker = Checker(embed)
    claims = [claim for _, claim, _ in SUPPORTED]
    checker.check_many([Pair(claim, (CACHE, ROBOT)) for claim in claims])
    checker.check(claims[1], [ROBOT])
    assert len(embed.texts) == len(set(embed.texts))
    assert embed.texts.count(CACHE) == 1


def test_a_batch_says_what_single_checks_say(checker) -> None:
    pairs = [Pair(claim, (*quotes, NULL), "A title") for _, claim, quotes in SUPPORTED]
    single = tuple(checker.check(p.claim, p.quotes, title=p.title) for p in pairs)
    assert checker.check_many(pairs) == single


def test_what_is_remembered_is_bounded() -> None:
    embed = Counting()
    checker = Checker(embed, kept=10)
    for number in range(20):
        checker.check(f"Claim {number} of many", ["one quote", "two quotes"])
    assert embed.texts.count("one quote") == 1
    checker.check("Claim 0 of many", ["one quote"])
    assert embed.texts.count("Claim 0 of many") == 2


ODD = [
    "",
    " ",
    "\ud800",
    "½ ² ٣ 1.2.3.4 1,,2 -",
    "'",
    "’s",
    "[1",
    "\\frac{",
    "no " * 5_000,
    "A" * 5_000,
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_is_weighed_like_any_other(odd: str) -> None:
    checker = Checker(Counting())
    for claim, quote in ((odd, CACHE), (CACHE, odd), (odd, odd), (odd + "x", "y" + odd)):
        assert 0 <= checker.check(claim, [quote], title=odd).score <= 1


def test_threads_may_share_a_checker() -> None:
    checker = Checker(Counting())
    expected = [checker.check(claim, quotes) for _, claim, quotes in SUPPORTED]
    found: list[object] = []

    def work() -> None:
        found.append([checker.check(claim, quotes) for _, claim, quotes in SUPPORTED])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8
