"""What the checker sees of claims and quotes, by hand."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from rag.grounding.features import NAMES, features
from rag.grounding.model import CAP, bundled, parse
from rag.grounding.polarity import directions, hedge_free, hedged, opposite, plainly_negated
from rag.grounding.texts import missing, read
from rag.grounding.words import numbers_of, same_number, stem, words_of
from rag.linear import Features

AXES = np.eye(4, dtype=np.float32)


def row_of(claim: str, *quotes: str, title: str = "") -> Features:
    """The features; the claim's vector is the first quote's."""
    texts = [read(quote, AXES[place]) for place, quote in enumerate(quotes)]
    return features(read(claim, AXES[0]), AXES[3], texts, words_of(title), lambda word: 1.0)


def missing_of(claim: str, *quotes: str, title: str = ""):
    return missing(
        read(claim, AXES[0]), [read(quote, AXES[1]) for quote in quotes], words_of(title)
    )


@pytest.mark.parametrize(
    "words",
    [
        ["inhibits", "inhibited", "inhibition", "inhibitor"],
        ["reduce", "reduces", "reduction", "reducing"],
        ["model", "models", "model"],
        ["generalises", "generalised"],
    ],
)
def test_forms_of_a_word_share_a_stem(words: list[str]) -> None:
    stems = {stem(word) for word in words}
    assert max(map(len, stems)) - min(map(len, stems)) <= 1
    assert len({s[:4] for s in stems}) == 1


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("9,000 slides", ["9000 "]),
        ("52% of 3,15 percent", ["52 percent", "3.15 percent"]),
        ("4:52% and 12 points", ["4.52 percent", "12 points"]),
        ("5 percentage points", ["5 points"]),
        ("a 7B model, 30x faster, 20 dollars", ["7 billion", "30 times", "20 dollars"]),
        ("two of ten languages", ["2 ", "10 languages"]),
        (r"88.50\% on CIFAR-100", ["88.5 percent", "100 "]),
        ("GPT4 and p53", []),
        ("35 ms against 2 seconds", ["35 ms", "2 seconds"]),
    ],
)
def test_numbers(text: str, values: list[str]) -> None:
    assert [f"{n.value} {n.unit}" for n in numbers_of(words_of(text))] == values


@pytest.mark.parametrize(
    ("claimed", "quoted", "same"),
    [
        ("82", "81.7", True),
        ("81.7", "82", False),
        ("81.7", "81.68", True),
        ("81", "81.7", False),
        ("5", "50", False),
        ("1.2.3", "1.2.3", True),
        ("1.2", "1.2.3", False),
        ("٣", "3.1", False),
    ],
)
def test_a_rounded_number_is_the_same_one(claimed: str, quoted: str, same: bool) -> None:
    assert same_number(claimed, quoted) is same


@pytest.mark.parametrize(
    ("claim", "quote", "title", "names"),
    [
        ("We use GATA3.", "GATA-3 is needed.", "", ()),
        ("It needs LLMs.", "An LLM is needed.", "", ()),
        ("It needs an LLM.", "A large language model is needed.", "", ()),
        ("Mice lack SHP-2.", "SHP2 is lacking.", "", ()),
        ("NF-kB is on.", "NF-kappaB is on.", "", ("kB",)),
        ("Vector machines (VMs) act.", "Vector machines act.", "", ()),
        ("It needs an SVM.", "A large language model is needed.", "", ("SVM",)),
        ("The DisenDiff model.", "Our model.", "DisenDiff: calibration", ()),
        ("It beats the German model.", "It beats the French model.", "", ("German",)),
        ("Models are large.", "Networks are big.", "", ()),
    ],
)
def test_names(claim: str, quote: str, title: str, names: tuple[str, ...]) -> None:
    assert missing_of(claim, quote, title=title).names == names


def test_spelled_out_acronyms_are_not_missing() -> None:
    lost = missing_of("Reinforcement learning from human feedback works.", "RLHF works.")
    assert [word.text for word in lost.words] == []


def test_units() -> None:
    assert missing_of("It takes 35 seconds.", "It takes 35 ms.").units == ("35",)
    assert missing_of("It takes 35 seconds.", "It takes 35 s.").units == ()
    assert missing_of("It gains 5%.", "It gains 5 percentage points.").units == ("5",)
    assert missing_of("It has 10 speakers.", "There are 10 lecturers.").units == ()


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("A increases B.", "A decreases B."),
        ("A does not increase B.", "A increase B."),
        ("A is not related to B.", "A is related to B."),
        ("A cannot do B.", "A can do B."),
        ("A works without B.", "A works with B."),
        ("A is a marker of B.", "A is not a marker of B."),
        ("The model affects speed.", "The model does not affect speed."),
        ("Ja", "It is not true that Ja"),
    ],
)
def test_opposite(claim: str, expected: str) -> None:
    assert opposite(claim) == expected


def test_directions_and_negation() -> None:
    signs = [sign for _, sign in directions(words_of("It does not reduce cost; speed increases."))]
    assert signs == [1, 1]
    assert plainly_negated(words_of("It doesn't work."))
    assert not plainly_negated(words_of("It works notably."))
    assert hedged(words_of("It may help."))
    assert hedge_free("It may be useful and might help.") == "It is useful and help."


def test_coverage() -> None:
    row = row_of("slow cats chase mice", "cats chase dogs", "mice are slow")
    assert row["coverage_one"] == pytest.approx(0.5)
    assert row["coverage_two"] == pytest.approx(1.0)
    assert row["coverage_all"] == pytest.approx(1.0)
    assert row_of("cats chase", "dogs", title="cats")["coverage_all"] == pytest.approx(0.5)
    assert row_of("cats chase mice", "dogs sleep")["words_missing"] == 3
    assert row["best_cosine"] == pytest.approx(1.0)


def test_polarity() -> None:
    agree = row_of("Pruning increases speed.", "Pruning strongly increased the speed.")
    clash = row_of("Pruning increases speed.", "Pruning strongly decreased the speed.")
    assert agree["signs_best"] > 0 > clash["signs_best"]
    assert (agree["parity_best"], clash["parity_best"]) == (1, -1)
    assert (agree["direction_opposed"], clash["direction_opposed"]) == (0, 1)
    assert row_of("It does not help.", "It helps.")["not_without"] == 1
    turned = row_of("It does not help.", "It helps.")
    assert turned["denies"] > 0 == turned["denied"]
    turned = row_of("It helps.", "It does not help.")
    assert turned["denied"] > 0 == turned["denies"]
    assert row_of("It helps.", "It helps. This is no surprise.")["denied"] < turned["denied"] / 2


def test_every_feature_that_is_named_is_seen() -> None:
    assert set(row_of("A claim.", "A quote.")) == set(NAMES)


def test_no_quotes_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one quote"):
        row_of("A claim.")


def test_the_bundled_weights_are_sane() -> None:
    model = bundled()
    assert all(0 <= weight < 1 for weight in model.common.values())
    assert model.weigh(words_of("the model")[1]) < model.weigh(words_of("a palimpsest")[1]) == 1
    best = dict.fromkeys(NAMES, 0.0) | {"coverage_all": 1.0, "best_cosine": 1.0}
    wrong = best | {"any_number_missing": 1.0}
    for quotes in range(1, 12):
        assert model.probability(wrong, quotes) <= model.probability(best, quotes)
    assert model.probability(wrong, 1) <= CAP


def test_weights_of_other_features_are_refused() -> None:
    data = json.loads((files("rag.grounding") / "weights.json").read_text("utf-8"))
    with pytest.raises(ValueError, match="other features"):
        parse(data | {"features": ["age"]})
