"""The figures: every paper and month can be chosen, nothing that a title says is more than text."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from index.types import Paper
from ui.collection.map_figure import MOST_DRAWN, map_caption, map_legend, map_svg
from ui.collection.timeline import Month, Timeline, timeline
from ui.collection.timeline_figure import timeline_caption, timeline_svg
from ui.collection.topics import MOST_CLUSTERS, Cluster, Point, TopicMap

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</title></svg><script>alert(1)</script>",
    '" onfocus="alert(1)" x="',
    "' onload='alert(1)",
    "&lt;b&gt; &#60;script&#62;",
    "]]><!-- -->",
    "javascript:alert(1) \x00\x1b\u202e\ud800",
)


def _papers(titles) -> list[Paper]:
    return [Paper(f"p{n}", title, "abstract") for n, title in enumerate(titles)]


def _map(papers: list[Paper], labels: tuple[str, ...] = ("one, two", "three")) -> TopicMap:
    count = len(labels)
    points = [
        Point(paper.id, n / max(1, len(papers) - 1), 0.5, n % count)
        for n, paper in enumerate(papers)
    ]
    sizes = [sum(point.cluster == n for point in points) for n in range(count)]
    clusters = [
        Cluster(n, label, tuple(label.split(", ")), sizes[n]) for n, label in enumerate(labels)
    ]
    return TopicMap(tuple(points), tuple(clusters))


def _read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def test_every_paper_is_a_button_with_its_title() -> None:
    papers = _papers(["First", "Second", "Third"])
    root = _read(map_svg(_map(papers), papers))
    links = {a.get("data-paper"): a for a in root.iter(f"{SVG}a")}
    assert set(links) == {"p0", "p1", "p2"}
    for paper in papers:
        link = links[paper.id]
        assert (link.get("href"), link.get("role")) == ("#", "button")
        assert link.get("aria-label") == paper.title


def test_a_figure_is_one_stop_for_the_tab_key() -> None:
    papers = _papers(["First", 'tabindex="-1"', "Third"])
    months = timeline([Paper(str(n), "t", "a", dt.date(2024, 1 + n, 1)) for n in range(3)])
    for svg in (map_svg(_map(papers), papers), timeline_svg(months)):
        assert [a.get("tabindex") for a in _read(svg).iter(f"{SVG}a")] == ["0", "-1", "-1"]


def test_the_map_tells_what_it_is_and_names_its_groups() -> None:
    papers = _papers("abcde")
    root = _read(map_svg(_map(papers), papers))
    ids = {element.get("id"): element for element in root.iter()}
    assert ids[root.get("aria-labelledby")].text == "Topic map"
    assert "5 papers in 2 groups" in ids[root.get("aria-describedby")].text
    # An image's parts would be hidden from screen readers.
    assert root.get("role") == "group"
    named = [g.get("aria-label") for g in root.iter(f"{SVG}g") if g.get("role")]
    assert named == ["one, two: 3 papers", "three: 2 papers"]


def test_hostile_titles_ids_and_labels_are_text() -> None:
    papers = [Paper(title, title, "abstract") for title in HOSTILE]
    found = _map(papers, labels=HOSTILE[:3])
    svg = map_svg(found, papers) + map_legend(found)
    # Only elements, attributes and links that are ours.
    assert set(re.findall(r"<([a-z!?]+)", svg)) == {
        "svg", "title", "desc", "g", "a", "path", "text", "ul", "li", "span", "small"
    }  # fmt: skip
    assert set(re.findall(r'href="([^"]*)"', svg)) == {"#"}
    assert not re.search(r'<[^>]*\son\w+="', svg)
    assert "\x00" not in svg
    root = _read(map_svg(found, papers))
    told = [a.get("data-paper") for a in root.iter(f"{SVG}a")]
    assert set(HOSTILE[:6]) <= set(told)


def test_papers_that_are_gone_are_left_out() -> None:
    papers = _papers("abc")
    root = _read(map_svg(_map(papers), papers[:2]))
    assert [a.get("data-paper") for a in root.iter(f"{SVG}a")] == ["p0", "p1"]
    assert map_svg(_map(papers), []) == ""
    assert (map_svg(TopicMap(), []), map_legend(TopicMap())) == ("", "")


def test_labels_do_not_overlap_and_stay_inside() -> None:
    papers = _papers("ab" * 60)
    names = tuple(f"a rather long name {n}, and more words" for n in range(12))
    one_spot = _map(papers, names)
    root = _read(map_svg(one_spot, papers))
    lines = [
        (float(text.get("x")), float(text.get("y")), len(text.text))
        for text in root.iter(f"{SVG}text")
    ]
    assert len(lines) == 24
    for n, (x, y, length) in enumerate(lines):
        assert 0 <= x <= 960
        assert 0 <= y <= 640
        for other_x, other_y, other_length in lines[n + 1 :]:
            close = abs(x - other_x) < 3 * (length + other_length)
            assert not (close and abs(y - other_y) < 10)


def test_of_many_papers_an_even_part_is_drawn() -> None:
    papers = _papers(map(str, range(3 * MOST_DRAWN)))
    svg = map_svg(_map(papers), papers)
    drawn = re.findall(r'data-paper="p(\d+)"', svg)
    assert len(drawn) == len(set(drawn)) == MOST_DRAWN
    assert sum(int(n) % 2 for n in drawn) == MOST_DRAWN / 2
    assert f"{MOST_DRAWN:,} of {3 * MOST_DRAWN:,} papers" in map_caption(_map(papers))


def test_months_with_papers_are_buttons() -> None:
    papers = [
        Paper(str(n), "t", "a", dt.date(2023 + n % 2, 3 + n % 2, 1)) for n in range(5)
    ]  # March 2023 and April 2024
    root = _read(timeline_svg(timeline([*papers, Paper("x", "t", "a")])))
    links = {a.get("data-month"): a.get("aria-label") for a in root.iter(f"{SVG}a")}
    assert links == {"2023-03": "March 2023: 3 papers", "2024-04": "April 2024: 2 papers"}
    (desc,) = root.iter(f"{SVG}desc")
    assert desc.text is not None
    assert "From March 2023 to April 2024. 5 papers with a known month." in desc.text
    assert "1 without a date" in desc.text
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "2024" in texts


def test_bars_are_as_high_as_their_counts() -> None:
    root = _read(timeline_svg(Timeline((Month(2024, 1, 10), Month(2024, 2, 0), Month(2024, 3, 5)))))
    tall, low = (float(bar.get("height")) for bar in root.iter(f"{SVG}rect"))
    assert tall == pytest.approx(2 * low, abs=0.2)


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 9, 40, 41, 99, 12_345])
def test_no_bar_leaves_the_figure(most: int) -> None:
    months = tuple(Month(2000 + n // 12, n % 12 + 1, most - n % most) for n in range(600))
    root = _read(timeline_svg(Timeline(months)))
    bars = list(root.iter(f"{SVG}rect"))
    assert len(bars) == 600
    assert min(float(bar.get("y")) for bar in bars) >= 0
    assert max(float(bar.get("x")) + float(bar.get("width")) for bar in bars) <= 960
    assert all(float(bar.get("width")) > 0 for bar in bars)


def test_where_no_month_is_known_nothing_is_drawn() -> None:
    bare = timeline([Paper("x", "t", "a")])
    assert timeline_svg(bare) == ""
    assert timeline_caption(bare) == "0 papers with a known month. Not shown: 1 without a date."


# Colours

_CVD = {  # Machado, Oliveira and Fernandes, 2009, severity 1
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def _linear(colours: list[str]) -> np.ndarray:
    raw = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    return np.where(raw <= 0.04045, raw / 12.92, ((raw + 0.055) / 1.055) ** 2.4)


def _distances(linear: np.ndarray) -> np.ndarray:
    """CIELAB distances, shape (n, n); the diagonal is infinite."""
    xyz = linear @ _XYZ.T / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    lab = np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )
    found = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    return found + np.diag(np.full(len(lab), np.inf))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_are_told_apart(project: Path, theme: str) -> None:
    before = r"\.dark " if theme == "dark" else r"(?<!dark )"
    css = (project / "ui/assets/collection.css").read_text("utf-8")
    colours = re.findall(before + r"\.pc-topic-\d+ \{ --pc-topic: (#\w{6}); \}", css)
    assert len(colours) == MOST_CLUSTERS
    linear = _linear(colours)
    sheets = re.findall(
        r"--pc-sheet: (#\w{6})", (project / "ui/assets/page.css").read_text("utf-8")
    )
    sheet = float(_linear([sheets[theme == "dark"]])[0] @ _XYZ[1])
    light = linear @ _XYZ[1]
    contrast = (np.maximum(light, sheet) + 0.05) / (np.minimum(light, sheet) + 0.05)
    assert contrast.min() >= 3
    assert _distances(linear).min() >= 30
    shapes = np.arange(MOST_CLUSTERS) % 4
    one_shape = shapes[:, None] == shapes[None]
    for matrix in _CVD.values():
        seen = _distances(np.clip(linear @ np.transpose(matrix), 0, 1))
        assert seen.min() >= 15
        assert seen[one_shape].min() >= 35
