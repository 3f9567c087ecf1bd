"""Plots: numbers end where they belong on the scale, and no number breaks one."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from evals.html.plots import Dot, Refused, bins, histogram, means, refusals


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str, kind: str) -> list[str]:
    found = read(svg).iter("text")
    return [text.text or "" for text in found if text.get("class", "").startswith(kind)]


def test_means_lie_on_their_scale() -> None:
    dots = [Dot("all", 0.5, (0.25, 1.0), 8), Dot("survey", 0.0, None, 1)]
    svg = means(dots, "{:.2f}".format)
    circles = [float(dot.get("cx", "")) for dot in read(svg).iter("circle")]
    assert circles == [235.0, 152.0]  # the scale goes from 152 to 318
    spans = [path.get("d") for path in read(svg).iter("path") if path.get("class") == "span"]
    assert spans == ["M193.5 12H318.0"]
    assert texts(svg, "value") == ["0.50 (8)", "0.00 (1)"]
    assert read(svg).get("aria-label") == "all: 0.50 over 8; survey: 0.00 over 1"


def test_a_scale_without_bound_ends_at_its_top() -> None:
    svg = means([Dot("all", 50, (0, 200), 3)], "{:.0f}".format, top=200)
    assert texts(svg, "tick") == ["0", "200"]
    assert float(next(read(svg).iter("circle")).get("cx", "")) == 193.5


def test_refusals_stand_in_two_groups() -> None:
    rows = [Refused("survey", True, 1, 4), Refused("far", False, 2, 2), Refused("x", False, 0, 3)]
    svg = refusals(rows)
    bars = {
        path.get("class"): path.get("d", "")
        for path in read(svg).iter("path")
        if "bar" in path.get("class", "")
    }
    assert bars["bar wrong"].endswith("H193.5")
    assert bars["bar right"].endswith("H318.0")
    assert len(bars) == 2
    assert texts(svg, "value") == ["1 of 4", "2 of 2", "0 of 3"]
    assert "survey, with an answer: 1 of 4 refused" in read(svg).get("aria-label", "")
    assert read(refusals([])) is not None


def test_every_value_is_in_a_bin() -> None:
    values = [0.0, 12.0, 15.0, 19.9, 20.0, 6208.0]
    counts = texts(histogram(values, {"median 17": 17.45}, "ms"), "count")
    assert sum(map(int, counts)) == len(values)
    assert bins([12.0, 19.9, 20.0]) == [10.0, 15.0, 20.0, 30.0]
    assert bins([]) == [1.0, 1.5]


@pytest.mark.parametrize("values", [[], [0.0], [1.0], [1e9], [0.001, 1e7], [70.0] * 1000])
def test_a_histogram_of_anything_is_one(values) -> None:
    svg = histogram(values, dict.fromkeys(("a", "b"), max(values, default=0.0)), "ms")
    assert sum(map(int, texts(svg, "count"))) == len(values)
    assert not re.search("nan|inf|-[0-9]", svg)


def test_labels_are_cut_and_inert() -> None:
    long = "<b>" + "a_very_long_type_of_question"
    svg = means([Dot(long, 1.0, None, 1)], str)
    (label,) = (text for text in read(svg).iter("text") if text.get("class") == "label")
    assert label.find("title").text == long
    assert len("".join(label.itertext())) - len(long) <= 22
