"""Markers: whatever a model writes, each stands for exact sentences."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.types import Paper
from rag.citations import MarkerResolver, cited_sentences
from rag.numbering import MARKER
from rag.quoting import QuoteResolver
from tests.rag.corpus import EXPERTS, LIPS, evidence
from tests.rag.corpus import HOSTILE as COPYING

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
        (f"One. [{L1}]\n\n[{E1}][{L2}] Two.", "One. [1]\n\n[2][1] Two."),
        (f"One. [{L1}][zz99]\n[{L2}] Two.", "One. [1]\n[1] Two."),
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
        ("Asides such as [citation needed] stay.", None),
        (
            f"[{L1} shows that far more things are true] stays.",
            "[[1] shows that far more things are true] stays.",
        ),
        (f"Cut off [{L1[:2]}", "Cut off"),
        (f"Cut off [{L1}, {E1}", "Cut off"),
        ("Left open [because it goes on and on and on", None),
        ("Made [[zz99]1] by removal.", "Made [1 by removal."),
        ("Over [\n1] lines.", "Over [\n1 lines."),
    ],
)
def test_markers(reply, text):
    assert resolve(reply).text.rstrip() == (reply if text is None else text)


def says(reply: str, text: str, *removed: str) -> None:
    """Whole and in pieces, the reply becomes the text; these references are taken out."""
    for pieces in (None, 1, 3):
        resolver = resolve(reply, pieces)
        assert resolver.text.rstrip() == text
        assert set(resolver.removed) == set(removed)
        check_promise(resolver)


def test_an_unknown_key_is_removed():
    says("It helps [zz99] a lot [q7q7; p8p8].", "It helps a lot.", "zz99", "q7q7; p8p8")


def test_a_key_that_comes_near_is_not_taken_for_the_one_it_resembles():
    for near in (L1[:3], f"{L1}x", f"x{L1}", L1[::-1], f"{L1[:3]}-{L1[3]}", f"{L1}{L1[:2]}"):
        resolver = resolve(f"It helps [{near}].")
        assert resolver.citations == []
        assert not MARKER.search(resolver.text)


def test_keys_without_a_gap_are_read_one_by_one():
    says(f"Both [{L1}{E1}] hold.", "Both [1][2] hold.")
    says(f"Both {L1}{E1} hold.", "Both [1][2] hold.")
    says(f"One [{L1}zz99] holds.", "One holds.", f"{L1}zz99")


def test_keys_in_one_bracket_however_separated():
    says(f"Both [{L1}, {E1}; ...] hold.", "Both [1][2] hold.")
    says(f"Both [{L1} and {E1}] hold.", "Both [1][2] hold.")
    says(f"Both [{L1}/{E1}|{E2}] hold.", "Both [1][2] hold.")
    says(f"Both [{L1}],[{E1}] hold.", "Both [1],[2] hold.")


def test_upper_case():
    says(f"Both [{L1.upper()}] and {E1.upper()} hold.", "Both [1] and [2] hold.")


def test_full_width_brackets_and_letters():
    wide = "".join(chr(ord(c) + 0xFEE0) for c in L1)
    says(f"【{L1}】［{E1}］〔{E2}〕 ［{wide}］。", "[1][2]。")
    says(f"它减少拒绝（{E1}，{E2}）。", "它减少拒绝[1]。")


def test_invisible_characters_in_a_marker():
    says(f"It holds [{L1[:2]}\u200b{L1[2:]}].", "It holds [1].")
    says("It holds [1\u200b].", "It holds.", "1")
    says("It holds [\n1\ufe0f] so.", "It holds [\n1\ufe0f so.", "]")


@pytest.mark.parametrize(
    "number",
    [
        *(
            "[\u200b1]",
            "[1\u2060]",
            "[\u00ad1\ufeff]",
            "［1］",
            "[１]",
            "[1］",
            "﹇1﹈",
            "[⑫]",
            "[²]",
        ),
        *("[\x001]", "[1\u0301]", "[\u20281]", "[\u31641]", "[1\u2800]", "[\u202e1\u202c]"),
    ],
)
def test_a_number_that_is_none_of_ours_however_it_is_written(number):
    for pieces in (None, 1, 2):
        made = resolve(f"So it is {number}, and [{L1}].", pieces)
        assert shown_numbers(made.text) == [1]
        check_promise(made)
    quoting = QuoteResolver(EVIDENCE)
    quoting.feed(f"So it is {number}. [{L1}]")
    assert shown_numbers(quoting.text) == [1]
    assert quoting.rewritten
    assert quoting.text == f"So it is ({number[1:-1]}). [1]"


@pytest.mark.parametrize(
    "kept", ["[0, 1]", "[1 2]", "[a1]", "[x]", "[1.5]", "［0, 1］", "[-1]", "[]"]
)
def test_what_is_no_number_stays_in_a_quote(kept):
    resolver = QuoteResolver(EVIDENCE)
    assert resolver.feed(f"Take {kept} so.").text == f"Take {kept} so."
    assert not resolver.rewritten


def test_author_and_year_in_square_brackets():
    says("It is so [Smith 2023] and [Lee et al., 2020a].", "It is so and.", *SMITH)
    says("From [March 2023] on.", "From [March 2023] on.")


SMITH = ("Smith 2023", "Lee et al., 2020a")


@pytest.mark.parametrize(
    "reference",
    [
        "Smith et al., 2023",
        "Smith et al. 2023; Müller and O'Neil, 2021",
        "see van der Berg & Lee, 2019a",
        "e.g., Garcia-Lopez, 2020, 2021",
        "Smith et al.",
        "Lee, Kim, and Park, 2024, pp. 3-5",
    ],
)
def test_author_and_year_in_round_brackets(reference):
    says(f"It is so ({reference}).", "It is so.", reference)


@pytest.mark.parametrize(
    "aside",
    ["March 2023", "ICLR, 2024", "2023", "LipSet, 2023", "see below", "NeurIPS 2023", "Figure 2"],
)
def test_what_only_looks_like_author_and_year_stays(aside):
    says(f"It is so ({aside}).", f"It is so ({aside}).")


def test_authors_who_are_the_subject_of_a_sentence_stay():
    says("Smith et al. (2023) agree.", "Smith et al. (2023) agree.")


def test_a_key_copied_out_of_an_abstract_cites_nothing():
    resolver = MarkerResolver(evidence(COPYING))
    resolver.feed("Kettles have limescale [k3f7], (k3f7) [1].")
    resolver.finish()
    assert "k3f7" in COPYING.abstract
    assert resolver.citations == []
    assert resolver.removed == {"k3f7": 1, "1": 1}


def test_numbers_that_the_model_made_up():
    says("It is so [3]. And so [12, 14]. And [1-3] [^2].", "It is so. And so. And.", *NUMBERS)


NUMBERS = ("3", "12, 14", "1-3", "^2")


def test_escaped_brackets():
    says(f"It is so \\[1\\]. And so \\[{L1}\\].", "It is so. And so [1].", "1")
    says("\\[ x = y \\]", "\\[ x = y \\]")


def test_footnotes():
    says(f"It is so[^1]. And so[^{L1}].", "It is so. And so[1].", "^1")


def test_a_link_is_its_text():
    says("See [the code](https://example.org/x).", "See the code.", "https://example.org/x")
    says(f"See [{L1}](https://example.org).", "See [1].", "https://example.org")
    says("See [3](#ref-3).", "See.", "3")
    says("Then [f(x)](y) stays.", "Then [f(x)](y) stays.")


def test_an_address_that_the_evidence_has_stays():
    paper = Paper("p", "Lip Sets", "The code is at https://example.org/lips for all.")
    resolver = MarkerResolver(evidence(paper))
    resolver.feed("See [the code](https://example.org/lips).")
    resolver.finish()
    assert resolver.text == "See the code (https://example.org/lips)."
    assert not resolver.removed


def test_markers_in_code_move_behind_it():
    says(f"Run `fit(x) [{L1}]` now.", "Run `fit(x)`[1] now.")
    says(f"So it is `[{L1}]` and `{E1}`.", "So it is [1] and [2].")
    says("Take `a[1]` and `b[i]`.", "Take `a(1)` and `b[i]`.")


def test_markers_in_mathematics_move_behind_it():
    says(f"At $O(n) [{L1}]$ cost.", "At $O(n)$[1] cost.")
    says("With $x[1] = y$ too.", "With $x(1) = y$ too.")
    says(f"From $5 [{L1}] to $6 [{E1}].", "From $5 [1] to $6 [2].")


def test_a_marker_in_the_middle_of_a_word():
    says(f"Refu[{E2}]sals", "Refu[1]sals")
    says(f"fewer refusals{E2}.", "fewer refusals[1].")


def test_markers_in_tags_and_other_wrapping():
    says(f"So <sup>[{L1}]</sup> <cite>{E1}</cite>.", "So [1] [2].")
    says(f"So {{{L1}}} <{E1}> **[{E2}]** [[{L2}]].", "So [1] [2] **[2]** [1].")
    says("If a < b and {x} > 0, <b>so</b>.", "If a < b and {x} > 0, <b>so</b>.")


def test_no_markers_at_all():
    says("Refusals fall by half.", "Refusals fall by half.")


def test_papers_keep_the_numbers_of_the_conversation():
    resolver = MarkerResolver(EVIDENCE, {"experts": 4, "elsewhere": 7})
    resolver.feed(f"New [{L1}]. Known [{E1}]. New again [{L2}].")
    resolver.finish()
    assert resolver.text == "New [8]. Known [4]. New again [8]."
    assert [(c.marker, c.paper) for c in resolver.citations] == [(8, LIPS), (4, EXPERTS), (8, LIPS)]


def test_quotes_keep_the_numbers_of_the_conversation():
    resolver = QuoteResolver(EVIDENCE, {"experts": 4})
    assert resolver.feed(f"Helpfulness stays. [{E3}] A [{L1}]").text == (
        "Helpfulness stays. [4] A [5]"
    )


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
        (f"A is so.\n[{L1}]\nB is it.", [("A is so.", (1,)), ("B is it.", ())]),
        (f"A is so.\n\n[{L1}]", [("A is so.", (1,))]),
        (f"A is so [{L1}].", [("A is so.", (1,))]),
        (f"A is so. [{L1}]", [("A is so.", (1,))]),
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
        st.sampled_from(
            ["［", "］", "﹇", "﹈", "１", "⑫", "\u2060", "\u00ad", "\u3164", "\ufe0f"]
        ),
        st.text(max_size=6),
    ),
    max_size=25,
).map("".join)


def shown_numbers(text: str) -> list[int]:
    """The numbers in square brackets as a reader sees them: in one width, the unseen left out."""
    unseen = ("Cf", "Cc", "Mn", "Me")
    whole = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in whole if c.isspace() or unicodedata.category(c) not in unseen)
    return [int(n) for n in re.findall(r"\[[\s\u1160]*(\d+)[\s\u1160]*\]", seen)]


def check_promise(resolver: MarkerResolver) -> None:
    text = resolver.text.rstrip()
    in_text = shown_numbers(text)
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


@settings(max_examples=1000, deadline=None)
@given(HOSTILE)
@example("[⑫\u2060]")
def test_no_number_of_a_quote_passes_for_a_marker(quote):
    resolver = QuoteResolver(EVIDENCE)
    resolver.feed(quote)
    resolver.feed(f" [{L1}]")
    check_promise(resolver)
