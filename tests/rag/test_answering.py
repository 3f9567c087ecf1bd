"""Drafts whose claims are checked: what stays, what is withheld, and what is said of it."""

import re
from dataclasses import replace
from functools import partial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prompts
from rag.answering import (
    QUOTING,
    REASON_REFUSED,
    LiveCheck,
    Verified,
    answered,
    joined,
    mark_cited,
    notices_of,
    sources_of,
    verify,
)
from rag.answering import told as tell
from rag.cancellation import Cancellation
from rag.citations import MarkerResolver
from rag.grounding import Support
from rag.judging import judge
from rag.models import ChatRequest
from rag.models.extractive import ExtractiveModel
from rag.reply import write
from rag.types import Answer, Citation, Claim
from tests.rag.corpus import EXPERTS, LIPS, Says, compared, evidence, hit

EVIDENCE = evidence(EXPERTS, LIPS)
SUPPORTS = {
    "supported": Support(0.9),
    "weak": Support(0.3),
    "unsupported": Support(0.05, disagrees=True, unrelated=True),
}
CUT, HOURS = ("experts", 2), ("lips", 2)


class Ruling:
    """A checker that says of each claim what it is told to, by a word in it."""

    def __init__(self, **verdicts):
        self.verdicts, self.pairs = verdicts, []

    def check_many(self, pairs):
        self.pairs += pairs
        return tuple(SUPPORTS[self._of(pair.claim)] for pair in pairs)

    def _of(self, claim):
        return next((v for word, v in self.verdicts.items() if word in claim), "supported")


def drafted(*pieces, numbers=None, finish="complete", found=EVIDENCE):
    writing = write(Says(pieces, finish=finish), ChatRequest("why?", found), numbers)
    while True:
        try:
            next(writing)
        except StopIteration as stop:
            return stop.value


def checked(*pieces, withhold=True, numbers=None, second=None, **verdicts):
    draft = drafted(*pieces, numbers=numbers)
    if second is not None:
        second = partial(judge, second, rng=Random(0), cancellation=Cancellation())
    return verify(draft, Ruling(**verdicts), second, withhold=withhold, numbers=numbers or {})


def told(claims):
    return [(claim.text, claim.verdict) for claim in claims]


def test_claims_carry_their_verdicts_and_citations_their_support():
    said = checked("It falls ", CUT, ". It may grow ", HOURS, ".", grow="weak")
    assert said.text == "It falls [1]. It may grow [2]."
    assert told(said.claims) == [("It falls.", "supported"), ("It may grow.", "weak")]
    assert [(c.marker, c.support) for c in said.citations] == [(1, 0.9), (2, 0.3)]
    assert said.withheld == ()


def test_a_sentence_that_two_claims_cite_has_the_better_support():
    for one, other in (("It may be ", "It falls "), ("It falls ", "It may be ")):
        said = checked(one, CUT, ". ", other, CUT, ".", may="weak")
        assert [(c.marker, c.support) for c in said.citations] == [(1, 0.9)]


def test_a_claim_is_checked_against_all_its_quotes_and_their_papers_titles():
    checker = Ruling()
    verify(drafted("It falls ", CUT, ("experts", 3), HOURS, "."), checker)
    (pair,) = checker.pairs
    assert pair.claim == "It falls."
    assert [quote[:9] for quote in pair.quotes] == ["Switching", "Helpfulne", "We collec"]
    assert pair.title == f"{EXPERTS.title} {LIPS.title}"


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("Yes, it falls", "it falls."),
        ("Nein: it falls", "it falls."),
        ("No piano, no casino, none: it falls", "No piano, no casino, none: it falls."),
        ("No", "No."),
    ],
)
def test_a_yes_or_no_before_a_claim_is_not_checked_with_it(said, claimed):
    checker = Ruling()
    verified = verify(drafted(said, CUT, "."), checker)
    assert [pair.claim for pair in checker.pairs] == [claimed]
    assert verified.text == f"{said}[1]."


@pytest.mark.parametrize("unsupported", ["It grows.", "It grows [k].", "So it is said."])
def test_what_nothing_supports_is_withheld(unsupported):
    before, cites, after = unsupported.partition("[k]")
    pieces = [before, *([HOURS] if cites else []), after, " It falls ", CUT, "."]
    said = checked(*pieces, grows="unsupported")
    assert said.text == "It falls [1]."
    assert told(said.claims) == [("It falls.", "supported")]
    assert [c.paper.id for c in said.citations] == ["experts"]
    assert told(said.withheld) == [(before.strip(" .") + ".", "unsupported")]


def test_or_it_is_shown_as_what_it_is():
    pieces = ["It grows ", HOURS, ". It falls ", CUT, ". So."]
    said = checked(*pieces, withhold=False, grows="unsupported")
    assert said.text == "It grows [1]. It falls [2]. So."
    assert [claim.verdict for claim in said.claims] == ["unsupported", "supported", "unsupported"]
    assert [c.support for c in said.citations] == [0.05, 0.9]
    assert said.withheld == ()


@pytest.mark.parametrize("gone", ["falls", "grows", "hard"])
def test_what_two_lines_cite_side_by_side_stays_with_each(gone):
    beside = [HOURS, ("experts", 1), " It grows.\n\n"]
    pieces = ["It falls. ", CUT, "\n\n", *beside, "So hard ", HOURS, "."]
    said = checked(*pieces, **{gone: "unsupported"})
    used = {int(number) for number in re.findall(r"\[(\d+)\]", said.text)}
    assert used == {citation.marker for citation in said.citations}
    assert all(set(claim.markers) <= used for claim in said.claims)
    assert gone not in said.text


def test_where_all_is_withheld_nothing_is_said():
    said = checked("It grows ", CUT, ". So it is.", grows="unsupported")
    assert (said.text, said.claims, said.citations) == ("", (), ())
    assert len(said.withheld) == 2


def test_the_conversations_numbers_stay_when_something_is_withheld():
    pieces = ["It grows ", HOURS, ". It falls ", CUT, ". It is ", HOURS, "."]
    said = checked(*pieces, numbers={"lips": 4, "gone": 7}, grows="unsupported")
    assert said.text == "It falls [8]. It is [4]."
    assert [claim.markers for claim in said.claims] == [(8,), (4,)]
    assert [(c.marker, c.paper.id) for c in said.citations] == [(4, "lips"), (8, "experts")]


def test_what_is_missing_is_told_after_the_refusal_phrase_and_kept():
    for withhold in (True, False):
        missing = f". {prompts.SENTINEL} The cost is not told."
        said = checked("It falls ", CUT, missing, withhold=withhold)
        assert said.text == "It falls [1]. The cost is not told."
        assert told(said.claims) == [("It falls.", "supported")]
        assert said.withheld == ()


@pytest.mark.parametrize("gap", [" ", "\n\n", "\n- "])
def test_one_sentence_may_say_what_is_missing_and_no_more(gap):
    more = f"{gap}Paris is large.{gap}It has 5 rivers."
    pieces = ["It falls ", CUT, f". {prompts.SENTINEL} The cost is not told.{more}"]
    said = checked(*pieces)
    assert said.text == "It falls [1]. The cost is not told."
    unsupported = [("Paris is large.", "unsupported"), ("It has 5 rivers.", "unsupported")]
    assert [(c.text.strip("- "), c.verdict) for c in said.withheld] == unsupported
    shown = checked(*pieces, withhold=False)
    assert [(c.text.strip("- "), c.verdict) for c in shown.claims[1:]] == unsupported


@pytest.mark.parametrize("before", ["\n- ", "\n\n**", " "])
def test_however_it_is_set_off(before):
    said = checked("It falls ", CUT, f".{before}{prompts.SENTINEL} The cost is not told.")
    assert said.text.endswith("The cost is not told.")
    assert said.withheld == ()


def test_it_is_said_once_and_first():
    missing = "The cost is not told."
    said = checked(f"{prompts.SENTINEL} {missing} Paris is large. {missing}")
    assert said.text == missing
    assert len(said.withheld) == 2
    late = checked(f"{prompts.SENTINEL} It falls ", CUT, f". {missing}")
    assert late.text == "It falls [1]."


def test_before_the_refusal_phrase_nothing_is_excused():
    said = checked(f"The cost is 9. It falls. {prompts.SENTINEL} The hours are not told.")
    assert said.text == "The hours are not told."


@pytest.mark.parametrize("end", [[". ", CUT], [" ", CUT, "."]])
def test_a_claim_that_cites_is_not_excused_by_the_refusal_phrase(end):
    pieces = ["It falls ", CUT, f". {prompts.SENTINEL} It grows by 9", *end]
    said = checked(*pieces, grows="unsupported")
    assert said.text == "It falls [1]."
    assert told(said.withheld) == [("It grows by 9.", "unsupported")]


@pytest.mark.parametrize("pieces", [[CUT], [CUT, HOURS, "\n"], ["- ", CUT, "\n- ", HOURS], [""]])
@pytest.mark.parametrize("withhold", [True, False])
def test_markers_alone_say_nothing(pieces, withhold):
    assert checked(*pieces, withhold=withhold) == Verified("", (), ())


@pytest.mark.parametrize("withhold", [True, False])
def test_markers_of_signs_without_words_go(withhold):
    said = checked("***! ", HOURS, "\n\nIt falls ", CUT, ".", withhold=withhold)
    assert said.text.endswith("It falls [1].")
    assert [(c.marker, c.paper.id) for c in said.citations] == [(1, "experts")]


def test_a_second_judge_has_the_last_word_where_it_has_one():
    second = Says(["1: UNSUPPORTED\n2: SUPPORTED"])
    pieces = ["It falls ", CUT, ". It grows ", HOURS, ". It is ", CUT, "."]
    said = checked(*pieces, second=second, grows="unsupported", withhold=False)
    assert [claim.verdict for claim in said.claims] == ["unsupported", "supported", "supported"]
    silent = checked(*pieces, second=Says(["I can't say."]), grows="unsupported", withhold=False)
    assert [claim.verdict for claim in silent.claims] == ["supported", "unsupported", "supported"]
    assert [said.judgement.notice for said in (said, silent)] == [
        "The second judge (says) gave no verdict on 1 of 3 claims: its reply doesn't say, or not "
        "in a way that can be read.",
        "The second judge (says) gave no verdict: its reply doesn't say, or not in a way that can "
        "be read.",
    ]
    assert notices_of(drafted(*pieces), silent) == (silent.judgement.notice,)


def test_quotes_claim_what_they_quote_and_no_checker_is_asked(index):
    question = "Does switching off experts cut refusals without retraining?"
    request = ChatRequest(question, compared(index, question))
    writing = write(ExtractiveModel(), request)
    while True:
        try:
            next(writing)
        except StopIteration as stop:
            draft = stop.value
            break
    said = verify(draft, None, withhold=True)
    assert said.text == draft.text
    assert [claim.text for claim in said.claims] == [c.quote for c in said.citations]
    assert {c.support for c in said.citations} == {1.0}
    assert notices_of(draft, said) == (QUOTING,)


PIECES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["experts", "lips"]), st.integers(1, 3)),
        st.sampled_from([". ", "\n", "\n- ", "。", "! ", "***", "[7]", prompts.SENTINEL, " "]),
        st.sampled_from(["It grows", "It may be", "It falls", "二", "The cost is not told"]),
    ),
    max_size=20,
)


@settings(max_examples=300, deadline=None)
@given(PIECES, st.booleans(), st.sampled_from([{}, {"lips": 3}, {"gone": 2, "experts": 1}]))
def test_markers_and_citations_always_belong_together(pieces, withhold, numbers):
    said = checked(*pieces, withhold=withhold, numbers=numbers, grows="unsupported", may="weak")
    used = [int(number) for number in re.findall(r"\[(\d+)\]", said.text)]
    assert set(used) == {citation.marker for citation in said.citations}
    assert set(used) == {marker for claim in said.claims for marker in claim.markers}
    papers = {citation.marker: citation.paper.id for citation in said.citations}
    new = [number for number in dict.fromkeys(used) if papers[number] not in numbers]
    first = max(numbers.values(), default=0) + 1
    assert new == list(range(first, first + len(new)))
    assert all(numbers.get(paper, marker) == marker for marker, paper in papers.items())
    if withhold:
        assert all(claim.verdict != "unsupported" for claim in said.claims)


# Checks that run along


def test_each_sentence_is_checked_once_as_soon_as_the_next_one_has_come():
    live, resolver = LiveCheck(Ruling(grows="unsupported")), MarkerResolver(EVIDENCE)
    cut = EVIDENCE.papers[0].sentences[1].key
    seen = []
    for piece in (f"It falls [{cut}]", ". It", f" grows [{cut}]. ", "So", " it is. ", "And"):
        resolver.feed(piece)
        seen.append([event.claim for event in live(resolver)])
    assert [told(claims) for claims in seen if claims] == [
        [("It falls.", "supported")],
        [("It grows.", "unsupported")],
    ]
    assert len(live.checker.pairs) == 2


def test_a_sentence_that_cites_nothing_waits_for_the_end():
    live, resolver = LiveCheck(Ruling()), MarkerResolver(EVIDENCE)
    resolver.feed(f"So it is. It falls [{EVIDENCE.papers[0].sentences[1].key}]. And so on. And")
    assert [event.claim.text for event in live(resolver)] == ["It falls."]


def test_what_was_told_before_is_told_again_only_if_it_is_new():
    same, other = Claim("A.", (1,), "supported"), Claim("A.", (1,), "weak")
    assert [event.claim for event in tell([same, same, other], [same])] == [same, other]
    assert [event.claim for event in tell([same])] == [same]


def test_all_claims_are_rated_with_their_own_markers_those_withheld_too():
    said = checked("It grows ", HOURS, ". It falls ", CUT, ". So.", grows="unsupported")
    assert [(c.text, c.markers, c.verdict) for c in said.rated] == [
        ("It grows.", (1,), "unsupported"),
        ("It falls.", (2,), "supported"),
        ("So.", (), "unsupported"),
    ]
    assert [claim.markers for claim in said.claims] == [(1,)]


def test_another_reply_is_checked_from_its_beginning():
    live, seen = LiveCheck(Ruling()), []
    cut = f"[{EVIDENCE.papers[0].sentences[1].key}]"
    for text in (f"One thing {cut}. Another thing {cut}. And so.", f"It falls {cut}. It grows. "):
        resolver = MarkerResolver(EVIDENCE)
        resolver.feed(text)
        seen.append([event.claim.text for event in live(resolver)])
    assert seen == [["One thing.", "Another thing."], ["It falls."]]


# What becomes of it


def cite(marker, paper, end=9):
    return Citation(marker, paper, paper.abstract[:end], 0, end, 0.5)


def test_two_texts_become_one_with_each_sentence_cited_once():
    first = Verified("A [1].", (Claim("A.", (1,), "supported"),), (cite(1, EXPERTS),), ())
    cited = (cite(1, EXPERTS), cite(2, LIPS))
    second = Verified("B [2][1].", (Claim("B.", (2, 1), "weak"),), cited)
    both = joined(first, second)
    assert both.text == "A [1].\n\nB [2][1]."
    assert [claim.text for claim in both.claims] == ["A.", "B."]
    assert [(c.marker, c.paper.id) for c in both.citations] == [(1, "experts"), (2, "lips")]
    assert joined(Verified("", (), ()), second).text == "B [2][1]."


def test_an_answer_takes_over_what_was_verified():
    blank = Answer("q", "q", "", (), (), sources_of([hit(EXPERTS), hit(LIPS)]), True, "x", "m", "m")
    said = Verified("A [1].", (Claim("A.", (1,), "supported"),), (cite(1, LIPS),))
    answer = answered(blank, said)
    assert (answer.text, answer.claims) == (said.text, said.claims)
    assert answer.citations == said.citations
    assert [source.cited for source in answer.sources] == [False, True]
    assert (answer.abstained, answer.reason) == (False, None)
    refused = answered(blank, said, abstained=True)
    assert (refused.abstained, refused.reason) == (True, REASON_REFUSED)
    assert not any(source.cited for source in mark_cited(answer.sources, ()))


@pytest.mark.parametrize(
    ("markers", "words"),
    [
        ([(1,)], "1 sentence was withheld: what it cites doesn't support it."),
        ([(1,), (2,)], "2 sentences were withheld: what they cite doesn't support them."),
        ([()], "1 sentence was withheld: it cites nothing."),
        ([(), ()], "2 sentences were withheld: they cite nothing."),
        (
            [(), (1,)],
            "2 sentences were withheld: they cite nothing, or nothing that supports them.",
        ),
    ],
)
def test_a_reader_is_told_how_much_was_withheld_and_why(markers, words):
    withheld = tuple(Claim("A.", numbers, "unsupported") for numbers in markers)
    assert notices_of(drafted("So."), Verified("", (), (), withheld)) == (words,)


def test_a_reader_is_told_what_was_removed_and_cut_short():
    nothing = Verified("", (), ())
    assert notices_of(drafted("So ", CUT, "."), nothing) == ()
    (notice,) = notices_of(drafted("So [7] and [zz99]."), nothing)
    assert notice.startswith("2 references")
    for finish in ("truncated", "failed"):
        (notice,) = notices_of(drafted("So", finish=finish), nothing)
        assert notice.startswith("The answer is cut short")
    detailed = drafted("So", finish="truncated")
    detailed.completion = replace(detailed.completion, detail="at 5 tokens")
    assert notices_of(detailed, nothing) == ("The answer is cut short: at 5 tokens.",)
