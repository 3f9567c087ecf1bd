"""Markers: whatever a model writes, each stands for exact sentences."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.citations import MarkerResolver, cited_sentences
from tests.rag.corpus import EXPERTS, LIPS, evidence

EVIDENCE = evidence(LIPS, EXPERTS)
L1, L2, L3 = (sentence.key for sentence in EVIDENCE.papers[0].sentences)
E1, E2, E3 = (sentence.key for sentence in EVIDENCE.papers[1].sentences)


def resolve(text: str, pieces: int | None = None) -> MarkerResolver:
    resolver = MarkerResolver(EVIDENCE)
    step = pieces or max(1, len(text))
    streamed = [resolver.feed(text[i : i + step]) for i in range(0, len(text), step)]
    streamed.append(resolver.finish())
    assert "".join(piece.text for piece in streamed) == resolver.text
    assert [c for piece in streamed for c in piece.citations] == resolver.citations
    return resolver


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (f"One [{E1}]. Two [{L1}].", "One [1]. Two [2]."),
        (f"One [{L1}]. Two [{L2}].", "One [1]. Two [1]."),
        (f"Both [{L1}, {E1}].", "Both [1][2]."),
        (f"Both [{L1}][{E1}].", "Both [1][2]."),
        (f"Same [{L1}][{L2}] [{L3}] paper.", "Same [1] paper."),
        (f"Wide 【{L1}】 and ［{E1}］.", "Wide [1] and [2]."),
        (f"Round ({L1}) (not this).", "Round [1] (not this)."),
        (f"Bare {L1.upper()}, and {E1}.", "Bare [1], and [2]."),
        (f"Dressed [^{L1}] [key: {E1}] [`{L1}`].", "Dressed [1] [2]."),
        ("Made up [zz99], or [q7q7, p8p8].", "Made up, or."),
        ("Numbers [1] [2, 3] [4-6] array[0].", "Numbers array."),
        ("Years [2020] and [Smith et al., 2020] and [Lee and Kim, 2021].", "Years and and."),
        ("Sources [source 3] 【5†source】 [Doc 2] [].", "Sources."),
        (f"Half known [{L1}, zz99] here.", "Half known [1] here."),
        ("Intervals [0, 1] and [-1, 1], [0.5], text [sic] stay.", None),
        ("A [link](http://example.org) and [citation needed] stay.", None),
        (
            f"[{L1} shows that far more things are true] stays.",
            "[[1] shows that far more things are true] stays.",
        ),
        (f"Cut off [{L1[:2]}", "Cut off"),
        (f"Cut off [{L1}, {E1}", "Cut off"),
        ("Left open [because it goes on and on and on", None),
        (f"[[{L1}]]", "[[1]]"),
        ("Made [[zz99]1] by removal.", "Made [1 by removal."),
        ("Over [\n1] lines.", "Over [\n1 lines."),
    ],
)
def test_markers(reply, text):
    assert resolve(reply).text.rstrip() == (reply if text is None else text)


def test_removed_references_are_counted():
    assert sum(resolve("a [zz99] b [7] c [Kim et al., 2021]").removed.values()) == 3


def test_a_key_is_shown_by_its_exact_sentence():
    resolver = resolve(f"A [{E2}]. B [{L3}]. C [{E3}].")
    assert [(c.marker, c.quote) for c in resolver.citations] == [
        (1, "Switching off ten experts cuts refusals by 52% without retraining."),
        (2, "A model that is trained on it makes 38% fewer errors."),
        (1, "Helpfulness stays the same."),
    ]


def test_text_is_held_back_only_until_it_is_decided():
    resolver = MarkerResolver(EVIDENCE)
    assert resolver.feed("Refusals fall ").text == "Refusals fall"
    assert resolver.feed("[").text == ""
    assert resolver.feed(f"{E2}").text == ""
    assert resolver.feed("] by ").text == " [1] by"
    assert resolver.feed("half").text == ""
    assert resolver.feed(".").text == " half."


@pytest.mark.parametrize(
    ("reply", "sentences"),
    [
        (f"A is [{L1}] so. B is [{E1}].", [("A is so.", (1,)), ("B is.", (2,))]),
        (f"A is so. [{L1}] B is it. [{E1}]", [("A is so.", (1,)), ("B is it.", (2,))]),
        (f"A is so.[{L1}][{E1}] B is it.", [("A is so.", (1, 2)), ("B is it.", ())]),
        (f"- A is so [{L1}]\n- B is it [{L2}]", None),
        (f"A is so.\n[{L1}] B is it.", [("A is so.", ()), ("B is it.", (1,))]),
        (f"[{L1}] A is so.", [("A is so.", (1,))]),
    ],
)
def test_markers_belong_to_sentences(reply, sentences):
    resolver = resolve(reply)
    found = cited_sentences(resolver.text, resolver.occurrences)
    if sentences is not None:
        assert [(s.text, s.markers) for s in found] == sentences
    cited = {(c.marker, c.start) for s in found for c in s.citations}
    assert cited == {(c.marker, c.start) for c in resolver.citations}


HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [L1, L2, E1, E2, "zz99", "1", "2", "12", "٣", "²", "[", "]", "【", "】", "(", ")"]
        ),
        st.sampled_from(
            ["[[", "]]", ", ", "; ", " ", "\n", ".", ". ", "et al.", "2020", "†", "-", "]("]
        ),
        st.sampled_from([f"[{L1}]", f"[{E1}, {L2}]", "[1]", "[zz99]", f"({E1})", "[１]", "\u200b"]),
        st.text(max_size=6),
    ),
    max_size=25,
).map("".join)


def check_promise(resolver: MarkerResolver) -> None:
    text = resolver.text.rstrip()
    in_text = [int(n) for n in re.findall(r"\[\s*(\d+)\s*\]", text)]
    entries = {citation.marker for citation in resolver.citations}
    assert set(in_text) == entries
    assert list(dict.fromkeys(in_text)) == list(range(1, len(entries) + 1))
    for citation in resolver.citations:
        assert citation.paper.abstract[citation.start : citation.end] == citation.quote


@settings(max_examples=1500, deadline=None)
@given(HOSTILE, st.integers(1, 7))
@example("[[]]\r:", 1)
def test_no_marker_without_an_entry_and_no_entry_without_a_marker(reply, step):
    resolver = resolve(reply, step)
    check_promise(resolver)
    assert resolver.text == resolve(reply).text
    sentences = cited_sentences(resolver.text.rstrip(), resolver.occurrences)
    if sentences:
        cited = {(c.marker, c.start) for s in sentences for c in s.citations}
        assert cited == {(c.marker, c.start) for c in resolver.citations}
