"""The pipeline, over a small real store and every kind of model."""

import asyncio
import datetime as dt
import json
import re
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prompts
from evals.measures.verbatim import violations
from index.errors import ConfigError, Rejected
from index.types import Filters, Paper
from rag.answering import QUOTING, QUOTING_NUMBERS, REASON_REFUSED
from rag.assistant import Assistant
from rag.models.extractive import ExtractiveModel
from rag.models.openai import Deadlines, OpenAIChatModel
from rag.models.scripted import ScriptedModel
from rag.refusing import REASON_EMPTY, REASON_FILTERED, Searched, lead
from rag.settings import Settings
from rag.types import Answer, Checked, Claim, Finished, Planned, Retrieved, Token, Turn
from tests import endpoint as server
from tests.rag.corpus import EXPERTS, LIPS, PAPERS, Says, shelved

QUESTION = "Does switching off experts cut refusals without retraining?"
TRUE = "Switching off ten experts cuts refusals by 52% [{{key:1.2}}]."
FALSE = "Switching off ten experts cuts refusals by 97% [{{key:1.2}}]."
NO_ANSWER = lead(QUESTION, Searched(len(PAPERS)), ())


@pytest.fixture
def scripted(index, tmp_path):
    """Makes an assistant whose model says what these lines say."""

    def made(*lines, **setup) -> Assistant:
        path = tmp_path / "script.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return Assistant(index, ScriptedModel(path), Settings(**setup), rng=Random(0))

    return made


def quoting(index, **more) -> Assistant:
    return Assistant(index, ExtractiveModel(), Settings(), rng=Random(0), **more)


@pytest.fixture
def extractive(index) -> Assistant:
    return quoting(index)


def keeps_its_promise(answer: Answer, given: Mapping[str, int] | None = None) -> None:
    """``given``: paper id -> the marker that it has in the conversation."""
    given = given or {}
    assert violations(numbered_from_one(answer)) == ()
    in_text = list(dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\]", answer.text)))
    papers = {citation.marker: citation.paper.id for citation in answer.citations}
    new = max(given.values(), default=0) + 1
    for marker in in_text:
        assert marker == given.get(papers[marker], new)
        new += papers[marker] not in given
    assert all(0 <= citation.support <= 1 for citation in answer.citations)
    assert {n for claim in answer.claims for n in claim.markers} == set(in_text)
    cited = {citation.paper.id for citation in answer.citations}
    assert {source.paper.id for source in answer.sources if source.cited} == cited
    assert answer.abstained == (answer.reason is not None)
    assert answer.text
    json.dumps(answer.to_dict())


def numbered_from_one(answer: Answer) -> Answer:
    """The answer as if it were the first of its conversation."""
    used = dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\]", answer.text))
    new = {marker: place for place, marker in enumerate(used, start=1)}
    text = re.sub(r"\[(\d+)\]", lambda found: f"[{new[int(found[1])]}]", answer.text)
    claims = [replace(c, markers=tuple(new.get(n, 0) for n in c.markers)) for c in answer.claims]
    citations = [replace(c, marker=new.get(c.marker, 0)) for c in answer.citations]
    return replace(answer, text=text, claims=tuple(claims), citations=tuple(citations))


def test_the_events_come_in_order_and_finished_is_last(scripted):
    events = list(scripted({"reply": f"{TRUE} So it says."}, unsupported="show").stream(QUESTION))
    kinds = [type(event) for event in events]
    assert list(dict.fromkeys(kinds)) == [Planned, Retrieved, Token, Checked, Finished]
    answer = events[-1].answer
    assert "".join(e.text for e in events if isinstance(e, Token)).rstrip() == answer.text
    streamed = [c for e in events if isinstance(e, Token) for c in e.citations]
    assert [(c.marker, c.quote) for c in streamed] == [
        (c.marker, c.quote) for c in answer.citations
    ]


def test_claims_are_checked_while_the_rest_is_written(scripted):
    rest = "Helpfulness stays the same [{{key:1.3}}]. Refusals fall [{{key:1.2}}]. So it is."
    events = list(scripted({"reply": f"{TRUE} {rest}"}).stream(QUESTION))
    answer = events[-1].answer
    last_token = max(i for i, event in enumerate(events) if isinstance(event, Token))
    early = [e.claim for e in events[:last_token] if isinstance(e, Checked)]
    assert early == list(answer.claims)
    late = [e.claim for e in events[last_token:] if isinstance(e, Checked)]
    assert late == [Claim("So it is.", (), "unsupported")]  # it might have said what is missing


def test_each_claim_is_told_once_and_again_only_where_the_judge_sees_it_otherwise(index):
    reply = ["Refusals fall by 52% ", ("experts", 2), ". It stays helpful ", ("experts", 3), "."]
    judge = Says(["1: UNSUPPORTED\n2: SUPPORTED"])
    model = Says([*reply, " The cost is low."])
    events = list(Assistant(index, model, Settings(), judge=judge).stream(QUESTION))
    told = [(e.claim.text, e.claim.verdict) for e in events if isinstance(e, Checked)]
    assert told == [
        ("Refusals fall by 52%.", "supported"),
        ("It stays helpful.", "supported"),
        ("Refusals fall by 52%.", "unsupported"),
        ("The cost is low.", "unsupported"),
    ]
    assert events[-1].answer.text == "It stays helpful [1]."


def test_what_is_missing_is_never_told_as_a_claim(scripted):
    reply = f"{TRUE} {prompts.SENTINEL} The cost is not told. "
    events = list(scripted({"reply": reply}).stream(QUESTION))
    told = [e.claim for e in events if isinstance(e, Checked)]
    assert told == list(events[-1].answer.claims)
    assert len(told) == 1


def test_a_cited_answer(scripted):
    answer = scripted({"reply": "Refusals fall by 52% [{{key:1.2}}]."}).ask(QUESTION)
    assert answer.text == "Refusals fall by 52% [1]."
    assert answer.citations[0].paper == EXPERTS
    assert "52%" in answer.citations[0].quote
    assert answer.claims[0].verdict == "supported"
    assert (answer.mode, answer.abstained, answer.notices) == ("generative", False, ())
    assert answer.model.startswith("scripted:")
    assert re.fullmatch("[0-9a-f]{8,}", answer.prompt_fingerprint)
    assert answer.usage.completion_tokens > 0
    keeps_its_promise(answer)


def test_an_extractive_answer_quotes_under_the_papers_title_and_says_so(shelve):
    index = shelve(replace(EXPERTS, date=dt.date(2024, 9, 26)), LIPS)
    answer = quoting(index).ask(QUESTION)
    assert answer.text.startswith("Switching Experts Off (2024):\nSwitching off ten experts cuts")
    assert answer.mode == answer.model == "extractive"
    assert answer.notices == (QUOTING,)
    assert answer.cost_usd == 0.0
    assert answer.prompt_fingerprint == ""
    assert [claim.verdict for claim in answer.claims] == ["supported"] * len(answer.citations)
    keeps_its_promise(answer)


# Claims that nothing supports


def test_a_claim_that_its_citation_contradicts_is_withheld(scripted):
    reply = f"{FALSE} Helpfulness stays the same [{{{{key:1.3}}}}]."
    answer = scripted({"reply": reply}).ask(QUESTION)
    assert answer.text == "Helpfulness stays the same [1]."
    assert [claim.text for claim in answer.claims] == ["Helpfulness stays the same."]
    assert [c.quote for c in answer.citations] == ["Helpfulness stays the same."]
    assert answer.notices == ("1 sentence was withheld: what it cites doesn't support it.",)
    keeps_its_promise(answer)


def test_what_is_left_is_numbered_anew(scripted):
    reply = "Lip reading is easy, by 97% [{{key:2.1}}].\n\n- Refusals fall [{{key:1.2}}].\n- So."
    answer = scripted({"reply": reply}).ask(QUESTION)
    assert answer.text == "- Refusals fall [1]."
    assert "2 sentences were withheld" in answer.notices[0]
    keeps_its_promise(answer)


def test_unsupported_claims_may_be_shown_instead(scripted):
    answer = scripted({"reply": f"{FALSE} Yes."}, unsupported="show").ask(QUESTION)
    assert answer.text == "Switching off ten experts cuts refusals by 97% [1]. Yes."
    assert [claim.verdict for claim in answer.claims] == ["unsupported", "unsupported"]
    assert answer.notices == ()
    keeps_its_promise(answer)


def test_where_nothing_stands_there_is_a_refusal_that_quotes(scripted):
    answer = scripted({"reply": FALSE}).ask(QUESTION)
    assert answer.abstained
    assert answer.reason == REASON_REFUSED
    assert answer.text.startswith(NO_ANSWER)
    assert "97%" not in answer.text
    assert "1 sentence was withheld" in answer.notices[0]
    keeps_its_promise(answer)


def test_a_text_whose_markers_belong_to_no_words_is_no_answer(index):
    model = Says(["***! ", ("experts", 2), "\n\nFrom memory, it does."])
    answer = Assistant(index, model, Settings(unsupported="show")).ask(QUESTION)
    assert answer.abstained
    assert "From memory" not in answer.text
    keeps_its_promise(answer)


# Quotes


@pytest.fixture(scope="module")
def asides(tmp_path_factory):
    """A store of papers that hold what passes for citations, each on a page of its own."""
    papers = [
        Paper(f"p{n}", "Switching Experts Off", text, pages=(f"p{n}.txt",))
        for n, text in enumerate((*(with_aside(a) for a in ASIDES), *map(with_aside, NUMBERS)))
    ]
    with shelved(tmp_path_factory.mktemp("asides"), papers) as opened:
        yield opened


ASIDES = (
    "[int8]",
    "[1, 2]",
    "[Smith et al., 2020]",
    "[source 3]",
    "[k3f7]",
    "[]",
    "(7)",
    "array[",
    prompts.SENTINEL,
    f"{prompts.SENTINEL}: kettles",
)
NUMBERS = {"[12]": "(12)", "[[ 3 ]]": "[( 3 )]"}


def with_aside(aside: str) -> str:
    return f"Switching off experts cuts refusals {aside} without retraining."


@pytest.mark.parametrize(("number", "aside"), enumerate(ASIDES))
def test_a_quote_is_word_for_word(asides, number, aside):
    answer = quoting(asides).ask(QUESTION, filters=Filters(pages=f"p{number}.txt"))
    assert answer.text == f"Switching Experts Off:\n{with_aside(aside)} [1]"
    assert answer.notices == (QUOTING,)
    assert not answer.abstained
    keeps_its_promise(answer)


@pytest.mark.parametrize(("number", "written"), enumerate(NUMBERS.values(), start=len(ASIDES)))
def test_a_number_of_the_papers_own_passes_for_no_marker(asides, number, written):
    answer = quoting(asides).ask(QUESTION, filters=Filters(pages=f"p{number}.txt"))
    assert answer.text == f"Switching Experts Off:\n{with_aside(written)} [1]"
    assert written not in answer.citations[0].quote
    assert answer.notices == (QUOTING_NUMBERS,)
    keeps_its_promise(answer)


TEXTS = st.lists(
    st.one_of(
        st.sampled_from(["[", "]", "1", "12", "[1]", "[2]", " ", ". ", "\n", "[zz99]"]),
        st.sampled_from(["Switching experts cuts refusals. ", prompts.SENTINEL]),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(titles=st.lists(TEXTS, min_size=1, max_size=3), asides=st.lists(TEXTS, min_size=3))
def test_whatever_a_paper_holds_its_quotes_keep_the_promise(fuzzed, titles, asides):
    fuzzed.delete(fuzzed.ids())
    fuzzed.add(
        Paper(f"p{n}", f"Experts {t}", f"Switching off experts {a} without retraining [1]. {a}")
        for n, (t, a) in enumerate(zip(titles, asides, strict=False))
    )
    answer = quoting(fuzzed).ask(QUESTION)
    assert answer.citations
    keeps_its_promise(answer)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """A store whose papers each example replaces."""
    with shelved(tmp_path_factory.mktemp("fuzzed"), ()) as opened:
        yield opened


def test_timings_add_up(scripted):
    line = {"reply": "Refusals fall [{{best}}].", "delay_ms": 20}
    timings = scripted(line).ask(QUESTION).timings_ms
    assert 20 <= timings.first_token <= timings.total
    assert timings.generate >= 60
    parts = timings.plan + timings.retrieve + timings.generate + timings.check
    assert parts <= timings.total


# Refusals


def test_no_hits_is_a_refusal_that_asks_no_model(scripted):
    nowhere = Filters(pages="nowhere.txt")
    answer = scripted({"reply": "From memory."}).ask(QUESTION, filters=nowhere)
    assert answer.abstained
    assert answer.reason == REASON_FILTERED
    assert "From memory" not in answer.text
    assert "No paper here meets the filters (on page nowhere.txt)" in answer.text
    assert answer.text.endswith("drop them to search all 3 papers.")
    assert answer.sources == answer.citations == ()
    assert answer.usage.completion_tokens == 0
    keeps_its_promise(answer)


def test_a_refusal_speaks_of_the_papers_that_the_filters_admit(extractive):
    filters = Filters(pages="two.txt")
    answer = extractive.ask("How do I bake sourdough?", filters=filters)
    assert answer.reason == REASON_REFUSED
    assert "in the one paper that meets the filters (on page two.txt)." in answer.text
    keeps_its_promise(answer)


def test_without_papers_there_is_nothing_to_refuse_with(shelve):
    answer = quoting(shelve()).ask(QUESTION)
    assert answer.reason == REASON_EMPTY
    assert answer.text.endswith("There are no papers here yet.")
    keeps_its_promise(answer)


@pytest.mark.parametrize("question", ["zzz qqq", "How do I bake sourdough?", "?!"])
def test_quotes_are_refused_where_they_hardly_answer(extractive, question):
    answer = extractive.ask(question)
    assert answer.abstained
    assert answer.reason == REASON_REFUSED
    assert answer.text.startswith(lead(question, Searched(3), ()))
    keeps_its_promise(answer)


def test_a_paper_that_does_not_say_it_is_quoted_with_what_it_does_say(extractive):
    answer = extractive.ask("Who funded Switching Experts Off?")
    assert answer.abstained
    assert "The paper is here." in answer.text
    assert {citation.paper.id for citation in answer.citations} == {"experts"}
    keeps_its_promise(answer)


def test_a_name_that_no_paper_has_is_said_to_be_unknown(extractive):
    answer = extractive.ask("Which bread does DisenDiff bake?")
    assert answer.abstained
    assert 'None of them mentions "DisenDiff".' in answer.text
    keeps_its_promise(answer)


def test_an_answer_says_which_name_of_the_question_no_paper_has(scripted):
    answer = scripted({"reply": TRUE}).ask("Does DisenDiff cut refusals like switching experts?")
    assert not answer.abstained
    assert answer.notices == ('No paper here mentions "DisenDiff".',)


@pytest.mark.parametrize(
    "reply",
    [
        prompts.SENTINEL,
        f"{prompts.SENTINEL}: the papers are silent on kettles.",
        f"{prompts.SENTINEL}\n\nThe papers are silent on kettles [1].",
        f"I am sorry. {prompts.SENTINEL}.",
        f"{prompts.SENTINEL} [{{{{key:1.1}}}}]",
    ],
)
@pytest.mark.parametrize("pieces", [1, 3, None])
def test_the_model_may_refuse(scripted, reply, pieces):
    answer = scripted({"reply": reply, "pieces": pieces}).ask(QUESTION)
    assert answer.abstained
    assert answer.reason == REASON_REFUSED
    assert NO_ANSWER in answer.text
    assert {citation.paper.id for citation in answer.citations} == {"experts"}
    assert ("silent on kettles" in reply) == ("silent on kettles" in answer.text)
    assert prompts.SENTINEL not in answer.text
    keeps_its_promise(answer)


@pytest.mark.parametrize("before", ["", "**", "\n- "])
@pytest.mark.parametrize("pieces", [1, 3, 40, None])
def test_a_refusal_may_cite_what_comes_near(scripted, before, pieces):
    reply = f"{before}{prompts.SENTINEL} The papers only tell how refusals fall [{{{{best}}}}]."
    answer = scripted({"reply": reply, "pieces": pieces}).ask(QUESTION)
    assert answer.abstained
    assert answer.reason == REASON_REFUSED
    assert answer.text.endswith(f"The papers only tell how refusals fall [1].\n\n{NO_ANSWER}")
    assert len(answer.citations) == 1
    keeps_its_promise(answer)


def test_a_partial_answer_is_no_refusal_and_says_what_is_missing(scripted):
    reply = f"Refusals fall by 52% [{{{{best}}}}]. {prompts.SENTINEL} The cost is not told."
    answer = scripted({"reply": reply}).ask(QUESTION)
    assert answer.text == "Refusals fall by 52% [1]. The cost is not told."
    assert not answer.abstained
    assert answer.notices == ()
    keeps_its_promise(answer)


# Replies that can't be used


def test_a_reply_that_cites_nothing_is_not_passed_off_as_an_answer(scripted):
    events = list(scripted({"reply": "From memory: it does [7]."}).stream(QUESTION))
    answer = events[-1].answer
    assert "From memory" not in answer.text
    assert answer.mode == "extractive"
    assert "52%" in answer.text
    assert answer.notices[0].endswith("gave no usable answer: the reply cites nothing")
    keeps_its_promise(answer)


@pytest.mark.parametrize("finish", ["truncated", "failed"])
def test_a_cut_answer_is_kept_up_to_its_last_claim_and_says_so(scripted, finish):
    line = {"reply": "Refusals fall by 52% [{{best}}]. And", "finish": finish}
    answer = scripted(line).ask(QUESTION)
    assert answer.text == "Refusals fall by 52% [1]."
    assert any("cut short" in notice for notice in answer.notices)
    keeps_its_promise(answer)


@pytest.mark.parametrize(
    "line",
    [
        {"reply": ""},
        {"reply": "Well, I", "finish": "failed"},
        {"reply": "Well, I", "finish": "truncated"},
        {"reply": "I'm sorry, but I can't help with that."},
        {"match": "something else", "reply": "x"},
    ],
)
def test_where_nothing_usable_comes_the_papers_are_quoted(scripted, line):
    answer = scripted(line).ask(QUESTION)
    assert answer.mode == "extractive"
    assert "52%" in answer.text
    assert "gave no usable answer" in answer.notices[0]
    assert "scripted:" in answer.notices[0]
    assert QUOTING in answer.notices
    keeps_its_promise(answer)


def test_a_reminder_of_how_to_cite_gets_one_more_try(index):
    again = [
        "Refusals fall by 52% ",
        ("experts", 2),
        ". It stays helpful ",
        ("experts", 3),
        ". No.",
    ]
    model = Says(["From memory, it does. So it is said. "], again)
    events = list(Assistant(index, model, Settings(), rng=Random(0)).stream(QUESTION))
    answer = events[-1].answer
    assert answer.mode == "generative"
    assert answer.text == "Refusals fall by 52% [1]. It stays helpful [1]."
    first = next(i for i, e in enumerate(events) if isinstance(e, Token) and e.citations)
    last = max(i for i, e in enumerate(events) if isinstance(e, Token))
    early = [e.claim.text for e in events[first:last] if isinstance(e, Checked)]
    assert early[0] == "Refusals fall by 52%."
    keeps_its_promise(answer)


@pytest.mark.parametrize("behaviour", [server.fails(500), server.stalls, server.is_cut])
def test_an_endpoint_that_is_down_still_leaves_quotes(index, behaviour):
    with server.running() as endpoint:
        endpoint.play(behaviour)
        deadlines = Deadlines(0.3, 0.3, 2.0)
        model = OpenAIChatModel("m", base_url=endpoint.base_url, deadlines=deadlines, backoff=0.01)
        answer = Assistant(index, model, Settings()).ask(QUESTION)
    assert answer.mode == "extractive"
    assert "openai:m" in answer.notices[0]
    keeps_its_promise(answer)


@pytest.mark.parametrize("behaviour", [server.fails(401), server.html, server.fails(404)])
def test_a_wrong_key_or_address_is_an_error(index, behaviour):
    with server.running() as endpoint:
        endpoint.play(behaviour)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        with pytest.raises(Rejected):
            Assistant(index, model, Settings()).ask(QUESTION)


def test_what_a_model_is_told(index):
    with server.running() as endpoint:
        endpoint.play(server.normal(prompts.SENTINEL))
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        assistant = Assistant(index, model, Settings())
        history = [Turn("What about kettles?", "Kettles [1] have limescale.\u202e")]
        assistant.ask("And refusals without retraining?", history=history)
        assistant.ask("What are refusals without retraining?")
    told = [exchange.body["messages"] for exchange in endpoint.requests]
    first, second = (messages for messages in told if "Paper: " in messages[1]["content"])
    assert [message["role"] for message in first] == ["system", "user"]
    fences = re.findall(r"<<<([a-z2-9]{16})$", first[1]["content"], re.MULTILINE)
    assert len(fences) == 2
    assert fences[0] == fences[1]
    assert f"<<<{fences[0]}" in first[0]["content"]
    assert fences[0] not in second[1]["content"]
    assert "Answer: Kettles have limescale." in first[1]["content"].replace("  ", " ")
    assert "And refusals without retraining?" in first[1]["content"]
    assert "kettles" not in second[1]["content"].lower().partition("question:")[2]
    assert not re.search("[\u202a-\u202e\u200b]", first[1]["content"])


# Conversations


def test_a_follow_up_is_made_to_stand_alone_with_the_paper_spoken_of(extractive):
    messages = [
        {"role": "user", "content": "How do sparse chatbots decline fewer questions?"},
        {
            "role": "assistant",
            "content": "By switching experts off [1].",
            "citations": [{"marker": 1, "paper": {"id": "experts"}}],
        },
    ]
    answer = extractive.ask("By how much did refusals fall with it?", history=messages)
    assert answer.question == "By how much did refusals fall with it?"
    assert answer.rewritten_question == (
        'By how much did refusals fall with it? (about "Switching Experts Off")'
    )
    assert {citation.paper.id for citation in answer.citations} == {"experts"}
    assert "52%" in answer.text


def test_without_a_known_paper_a_follow_up_takes_the_question_before_it_along(extractive):
    earlier = Turn("How do sparse chatbots decline fewer questions?", "By a trick.")
    answer = extractive.ask("By how much did it fall?", history=[earlier])
    assert answer.rewritten_question == f"{earlier.question} By how much did it fall?"
    assert answer.sources[0].paper == EXPERTS


def test_a_papers_number_stays_its_own_and_new_ones_go_on(index):
    before = Turn("What of lips?", "LipSet has 1,200 hours [4].", cited=((4, "lips"),))
    model = Says(["Refusals fall by 52% ", ("experts", 2), ". LipSet has video ", ("lips", 2), "."])
    question = "Switching off experts and refusals, and LipSet with its hours of video?"
    answer = Assistant(index, model, Settings()).ask(question, history=[before])
    assert answer.text == "Refusals fall by 52% [5]. LipSet has video [4]."
    assert {c.paper.id: c.marker for c in answer.citations} == {"lips": 4, "experts": 5}
    keeps_its_promise(answer, {"lips": 4})


def test_a_refusal_keeps_the_conversations_numbers(extractive):
    before = Turn("What of lips?", "It is hard [2].", cited=((2, "lips"), (3, "experts")))
    answer = extractive.ask("Who funded Switching Experts Off?", history=[before])
    assert answer.abstained
    assert {citation.marker for citation in answer.citations} == {3}
    keeps_its_promise(answer, {"lips": 2, "experts": 3})


def test_a_list_keeps_the_conversations_numbers(extractive):
    before = Turn("What of lips?", "It is hard [2].", cited=((2, "lips"),))
    answer = extractive.ask("How many papers are there?", history=[before])
    assert {c.paper.id: c.marker for c in answer.citations}["lips"] == 2
    assert {c.marker for c in answer.citations} == {2, 3, 4}


# Questions about the collection


def test_a_list_is_answered_from_the_whole_collection_and_asks_no_model(scripted):
    events = list(scripted({"reply": "Two."}).stream("How many papers are there?"))
    answer = events[-1].answer
    kinds = list(dict.fromkeys(type(event) for event in events))
    assert kinds == [Planned, Retrieved, Token, Checked, Finished]
    assert "3 papers" in answer.text
    assert (answer.model, answer.mode, answer.cost_usd) == ("collection", "extractive", 0.0)
    assert {source.paper.id for source in answer.sources if source.cited} == {p.id for p in PAPERS}
    keeps_its_promise(answer)


def test_a_list_keeps_within_the_filters(extractive):
    answer = extractive.ask("How many papers are there?", filters=Filters(pages="two"))
    assert [source.paper.id for source in answer.sources] == ["experts"]
    keeps_its_promise(answer)


@pytest.mark.parametrize(
    ("today", "ids"),
    [(dt.date(2024, 10, 15), {"a"}), (dt.date(2024, 9, 3), {"b"}), (dt.date(2024, 7, 1), set())],
)
def test_relative_dates_count_from_the_day_that_is_passed_in(shelve, today, ids):
    index = shelve(
        Paper("a", "Pruning", "We prune.", date=dt.date(2024, 9, 26)),
        Paper("b", "Distilling", "We distil.", date=dt.date(2024, 8, 2)),
    )
    answer = quoting(index, today=lambda: today).ask("Which papers came out last month?")
    assert {source.paper.id for source in answer.sources if source.cited} == ids
    assert answer.abstained == (not ids)
    keeps_its_promise(answer)


def test_papers_that_are_added_are_counted_from_then_on(shelve):
    index = shelve(EXPERTS)
    assistant = quoting(index)
    assert "one paper" in assistant.ask("How many papers are there?").text.lower()
    index.add([LIPS])
    assert "2 papers" in assistant.ask("How many papers are there?").text
    assert "2 papers here" in assistant.ask("How do I bake sourdough?").text


def test_filters_reach_the_index(extractive):
    answer = extractive.ask(QUESTION, filters=Filters(pages="two"))
    assert [source.paper.id for source in answer.sources] == ["experts"]


# What comes in


@pytest.mark.parametrize("question", ["", "  \n\t", "\x00\u200b", "x" * 4001])
def test_a_question_must_be_one(extractive, question):
    with pytest.raises(ConfigError, match="question is"):
        extractive.ask(question)


def test_control_characters_are_not_part_of_a_question(extractive):
    assert extractive.ask("refusals\x00\u202e without\nretraining").question == (
        "refusals without retraining"
    )


@pytest.mark.parametrize(
    "history", [["hello"], [{"role": "user"}], [{"role": "x", "content": "y"}]]
)
def test_a_malformed_history_is_a_clear_error(extractive, history):
    with pytest.raises(ConfigError):
        extractive.ask(QUESTION, history=history)


def test_a_long_history_is_bounded(index):
    with server.running() as endpoint:
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        history = [Turn("q " * 9000, "a " * 9000)] * 50
        Assistant(index, model, Settings()).ask(QUESTION, history=history)
    assert len(endpoint.requests[0].body["messages"][1]["content"]) < 30_000


def test_aask_gives_the_same_answer(scripted):
    assistant = scripted({"reply": "Refusals fall by 52% [{{best}}]."})
    answer = asyncio.run(assistant.aask(QUESTION))
    assert answer.text == assistant.ask(QUESTION).text


def test_errors_come_through_the_event_loop(extractive):
    with pytest.raises(ConfigError):
        asyncio.run(extractive.aask(""))


@pytest.mark.parametrize("behaviour", [server.stalls, server.stalls_after_text])
def test_cancelling_a_task_hangs_up_on_the_model(index, behaviour):
    with server.running() as endpoint:
        endpoint.play(behaviour)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        assistant = Assistant(index, model, Settings())

        async def scenario():
            task = asyncio.create_task(assistant.aask(QUESTION))
            while not (endpoint.requests or task.done()):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        started = time.monotonic()
        asyncio.run(scenario())
        assert endpoint.hung_up.wait(2)
        assert time.monotonic() - started < 5


def test_closing_the_stream_hangs_up_on_the_model(index):
    with server.running() as endpoint:
        endpoint.play(server.stalls_after_text)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        stream = Assistant(index, model, Settings()).stream(QUESTION)
        for event in stream:
            if isinstance(event, Token):
                break
        stream.close()
        assert endpoint.hung_up.wait(2)


def test_the_loop_is_not_blocked_while_a_model_waits(index):
    with server.running() as endpoint:
        endpoint.play(lambda exchange: (exchange.stall(0.3), server.normal("x")(exchange)))
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        assistant = Assistant(index, model, Settings())

        async def scenario():
            task = asyncio.create_task(assistant.aask(QUESTION))
            ticks = 0
            while not task.done():
                await asyncio.sleep(0.01)
                ticks += 1
            return ticks

        assert asyncio.run(scenario()) > 10


_connections: list[object] = []
_watching = threading.Event()


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watching.is_set() and event in ("socket.connect", "socket.getaddrinfo", "socket.bind"):
        _connections.append((event, arguments[1:]))


def test_nothing_connects_without_a_language_model(extractive):
    sys.addaudithook(_watch)
    _watching.set()
    try:
        extractive.ask(QUESTION)
        assert _connections == []
        with socket.socket() as probe:  # the hook does see connections
            probe.settimeout(0.1)
            probe.connect_ex(("127.0.0.1", 9))
        assert len(_connections) == 1
    finally:
        _watching.clear()
        _connections.clear()


PIECES = st.one_of(
    st.tuples(st.sampled_from(["lips", "experts"]), st.integers(1, 3)),
    st.sampled_from(["[1]", "[", "]", "1", " ", ". ", "\n", prompts.SENTINEL, "NOT_IN", "[zz99]"]),
    st.sampled_from(["Refusals fall by 52%. ", "Kettles. ", "【", "】", "(a)", "\u202e", "。"]),
    st.sampled_from(
        ["Lip reading is hard in noisy places", "Helpfulness stays the same", "by 97%"]
    ),
    st.text(max_size=8),
)
IDS = ("lips", "experts", "hostile", "gone")
CITED = st.lists(st.sampled_from(IDS), unique=True).flatmap(
    lambda ids: st.lists(st.integers(1, 9), min_size=len(ids), max_size=len(ids), unique=True).map(
        lambda numbers: dict(zip(ids, numbers, strict=True))
    )
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pieces=st.lists(PIECES, max_size=20),
    finish=st.sampled_from(["complete", "truncated", "empty", "failed"]),
    cited=CITED,
    unsupported=st.sampled_from(["withhold", "show"]),
)
def test_whatever_a_model_writes_the_answer_keeps_its_promise(
    index, pieces, finish, cited, unsupported
):
    model = Says(pieces, finish=finish)
    assistant = Assistant(index, model, Settings(unsupported=unsupported), rng=Random(0))
    pairs = tuple((number, paper_id) for paper_id, number in cited.items())
    history = [Turn("Is bread baked?", "So it is.", cited=pairs)]
    question = "Which kettles, refusals and lips does switching experts help?"
    answer = assistant.ask(question, history=history)
    keeps_its_promise(answer, cited)
    assert prompts.SENTINEL not in answer.text
    if not cited:
        assert violations(answer) == ()
