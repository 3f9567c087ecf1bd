"""The page as text: what it tells, and that nothing in it is more than text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from evals.html.cases import short_of
from evals.html.markup import inert, shortened
from evals.html.page import keep_page, page
from index.errors import ConfigError
from rag.types import Timings, Turn, Usage
from tests.evals.build import answer
from tests.evals.html.runs import HOSTILE, hostile, kept, of, small


class Read(HTMLParser):
    """Elements with their attributes, and the text in each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def of(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key) == value for key, value in wanted.items())
        ]


def test_it_tells_what_was_run_and_how_it_went() -> None:
    text = " ".join(Read(page(small())).texts)
    for told in (
        "extractive, 5 cases",
        "5 of mine.jsonl, 1 failed",
        "2026-03-01 09:00:00 UTC",
        "9c7d3935243f",
        "paperchat 0.1.0 · chromadb 1.5.9",
        "0.333",  # citation recall: found by one of three
        "1 of 2 refusals were right",
        "Timeout: 120 s",
        "not found",
        "It is the best.",
    ):
        assert told in text


def test_tokens_and_cost_are_told_where_there_are_any() -> None:
    said = replace(answer("Yes."), usage=Usage(1200, 34), cost_usd=0.0123)
    outcomes = [of("c1", "survey", "q", said), of("c2", "survey", "q", answer("No."))]
    assert "1,200 tokens read, 34 written, $0.0123" in page(kept(outcomes))
    assert "tokens" not in page(small())


def test_an_answer_stands_beside_its_evidence() -> None:
    read = Read(page(small()))
    assert len(read.of("details")) == 5
    assert read.of("a", href="#case-1-1")
    assert read.of("li", id="case-1-1")
    assert not read.of("a", href="#case-1-7")  # a marker without evidence leads nowhere
    targets = {found.get("id") for _, found in read.elements}
    assert {link["href"].removeprefix("#") for link in read.of("a")} <= targets
    assert {"We train on 2 million clips."} <= {part.strip() for part in read.texts}


def test_measures_stand_in_groups_and_tell_what_they_lack() -> None:
    text = page(small())
    groups = re.findall(r'<th scope="rowgroup" colspan="5">([^<]+)</th>', text)
    assert groups == [
        "retrieval", "citations", "answers", "refusals", "time and cost (lower is better)"
    ]  # fmt: skip
    none = kept([of("c1", "survey", "q", answer("Yes."))])
    told = " ".join(Read(page(none)).texts)
    assert "scored no case: needs gold_titles in the cases" in told
    assert "needs" not in " ".join(Read(text).texts)


def test_a_case_shows_all_that_was_wanted_of_it_and_why_it_is_not_graded() -> None:
    outcome = of("c1", "follow_up", "And music?", answer("Yes."), gold="Gold")
    wanted = replace(
        outcome.case,
        history=(Turn("Which clips?", "Long <ones>."),),
        acceptable_titles=("May do",),
        gold_quotes=("We train on 2 million clips.",),
        answer_points=("There are 2 million",),
    )
    text = page(kept([replace(outcome, case=wanted)]))
    told = " ".join(" ".join(Read(text).texts).split())
    for one in (
        "Said before Which clips? Long <ones>.",
        "May be cited too May do",
        "Points to make There are 2 million",
        "Wanted quotes We train on 2 million clips.",
    ):
        assert one in told
    assert "Not graded: citation_precision (nothing is cited)" in told
    assert "Said before" not in page(small())


def test_runs_kept_before_cases_told_all_that_was_wanted_can_be_read() -> None:
    run = small()
    new = ("history", "acceptable_titles", "gold_quotes", "answer_points")
    rows = tuple({k: v for k, v in row.items() if k not in new} for row in run.rows)
    assert len(rows[0]) == len(run.rows[0]) - len(new)
    assert page(replace(run, rows=rows)) == page(run)


def test_stages_that_were_left_out_took_no_time() -> None:
    said = [answer("Yes."), replace(answer("No."), timings_ms=Timings(plan=30.0, total=40.0))]
    text = page(kept([of(f"c{n}", "survey", "q", one) for n, one in enumerate(said)]))
    assert '<th scope="row">plan</th><td>30</td><td>30</td><td>30</td>' in text
    assert '<th scope="row">check</th>' not in text


def test_cases_know_what_they_fell_short_of() -> None:
    run = small()
    assert [short_of(row) for row in run.rows] == [
        ["verbatim"],  # the marker without evidence
        ["recall", "citation_precision", "citation_recall"],
        [],
        ["recall", "citation_recall", "answerable_refused"],
        ["completed"],
    ]
    shorts = [found["data-short"] for found in Read(page(run)).of("details")]
    assert shorts[3:] == ["recall citation_recall answerable_refused", "completed"]


def test_text_of_others_stays_text() -> None:
    usual, read = Read(page(small())), Read(page(hostile()))
    assert {tag for tag, _ in read.elements} <= {"q", *(tag for tag, _ in usual.elements)}
    for tag, found in read.elements:
        known = {name for other, names in usual.elements if other == tag for name in names}
        assert set(found) <= known
    assert len(read.of("script")) == len(read.of("style")) == 1
    text = page(hostile())
    assert "<img" not in text
    assert "{{7*7}}" in text  # nothing fills it in
    assert "\u202e" not in text
    text.encode("utf-8")


def test_the_policy_allows_its_own_script_and_style_only() -> None:
    read = Read(page(hostile()))
    (policy,) = read.of("meta", **{"http-equiv": "Content-Security-Policy"})
    rule = r"default-src 'none'; script-src '(sha256-\S+)'; style-src '(sha256-\S+)'; "
    assert re.match(rule + "base-uri 'none'; form-action 'none'$", policy["content"])
    assert not any("src" in found or "style" in found for _, found in read.elements)
    assert all(link["href"].startswith("#case-") for link in read.of("a"))
    assert not read.of("link")


@pytest.mark.parametrize("outcomes", [[], [of("c", "survey", "q", None, error="gone")]])
def test_a_run_without_answers_has_a_page(outcomes) -> None:
    assert Read(page(kept(outcomes))).of("h1")


def test_a_judge_of_another_release_is_shown_by_its_name() -> None:
    run = small()
    score = {"value": 0.5, "why": "<judged>"}
    rows = tuple({**row, "scores": {**row["scores"], "tact": score}} for row in run.rows)
    whole = {"mean": 0.5, "n": 5, "unscored": 0, "interval": [0.25, 0.75]}
    half = {"mean": 2.5, "n": 2, "unscored": 0, "interval": None}
    types = run.report["by_type"].items()
    report = {
        **run.report,
        "aggregates": {**run.report["aggregates"], "tact": whole},
        "by_type": {kind: {**measures, "tact": half} for kind, measures in types},
    }
    text = page(replace(run, rows=rows, report=report))
    assert "&lt;judged&gt;" in text
    assert "all: 0.500 over 5; single_fact: 2.500 over 2" in text
    assert '<circle class="dot" cx="185.2"' in text  # a fifth of the scale, which ends at 2.5


def test_a_measure_that_a_type_lacks_costs_no_page() -> None:
    run = small()
    by_type = {kind: {} for kind in run.report["by_type"]}
    assert "0.333" in page(replace(run, report={**run.report, "by_type": by_type}))


def test_what_can_not_be_kept_is_explained(tmp_path) -> None:
    with pytest.raises(ConfigError, match="can't write"):
        keep_page(small(), tmp_path / "absent" / "run.html")
    with pytest.raises(ConfigError, match="did not end"):
        keep_page(replace(small(), report=None), tmp_path / "run.html")
    keep_page(hostile(), tmp_path / "run.html")
    assert (tmp_path / "run.html").read_bytes() == page(hostile()).encode()


def test_inert_text_can_only_be_read() -> None:
    assert inert("<b a=\"1\" c='2'>&") == "&lt;b a=&quot;1&quot; c=&#x27;2&#x27;&gt;&amp;"
    assert inert("\u202ea\x00b\ud800c\nd\te") == "abc\nd\te"
    assert not set('<>"') & set(inert(HOSTILE))
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
