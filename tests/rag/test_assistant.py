"""The pipeline, over a small real store: its events, its claims, what comes in."""

import datetime as dt
import re
from dataclasses import replace

import pytest

import prompts
from index.errors import ConfigError
from rag.answering import QUOTING, REASON_REFUSED
from rag.assistant import Assistant
from rag.models.openai import OpenAIChatModel
from rag.settings import Settings
from rag.types import Checked, Claim, Finished, Planned, Retrieved, Token, Turn
from tests import endpoint as server
from tests.rag.answers import FALSE, NO_ANSWER, QUESTION, TRUE, keeps_its_promise, quoting
from tests.rag.corpus import EXPERTS, LIPS, Says


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


def test_timings_add_up(scripted):
    line = {"reply": "Refusals fall [{{best}}].", "delay_ms": 20}
    timings = scripted(line).ask(QUESTION).timings_ms
    assert 20 <= timings.first_token <= timings.total
    assert timings.generate >= 60
    parts = timings.plan + timings.retrieve + timings.generate + timings.check
    assert parts <= timings.total


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


def test_a_lenient_reader_sees_unsupported_claims_marked(scripted):
    answer = scripted({"reply": FALSE}, strictness="lenient").ask(QUESTION)
    assert answer.text == "Switching off ten experts cuts refusals by 97% [1]."
    assert [claim.verdict for claim in answer.claims] == ["unsupported"]
    answer = scripted({"reply": FALSE}, strictness="lenient", unsupported="withhold").ask(QUESTION)
    assert answer.abstained


def test_a_strict_reader_is_spared_what_is_supported_weakly(index):
    reply = ["Refusals fall by 52% ", ("experts", 2), ". It stays helpful ", ("experts", 3), "."]
    judge = ["1: SUPPORTED\n2: PARTLY"]

    def answered(**setup):
        return Assistant(index, Says(reply), Settings(**setup), judge=Says(judge)).ask(QUESTION)

    normal, strict = answered(), answered(strictness="strict")
    assert [claim.verdict for claim in normal.claims] == ["supported", "weak"]
    assert strict.text == "Refusals fall by 52% [1]."
    assert strict.notices == ("1 sentence was withheld: what it cites doesn't clearly support it.",)
    keeps_its_promise(strict)
    shown = answered(strictness="strict", unsupported="show")
    assert (shown.text, shown.notices) == (normal.text, ())


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


@pytest.mark.parametrize(("most", "found"), [(None, 3), (2, 2), (1, 1)])
def test_as_many_papers_are_read_as_the_settings_say(scripted, most, found):
    answer = scripted({"reply": "Refusals fall by 52% [{{best}}]."}, top_papers=most).ask(QUESTION)
    assert answer.mode == "generative"
    assert len(answer.sources) == found
