"""Answers that are kept: equal in every field, found only where nothing has changed."""

import datetime as dt
import json
from dataclasses import fields, replace

import numpy as np
import pytest

from index.types import Filters, Paper
from rag.answer_cache import FILE, AnswerCache, Asked, cache_path
from rag.codec import decoded, encoded
from rag.settings import Settings
from rag.types import Answer, Citation, Claim, Source, Timings, Turn, Usage
from tests.rag.corpus import LIPS, hit

PAPER = replace(
    LIPS,
    date=dt.date(2024, 9, 26),
    n_authors=3,
    authors=("A. Müller", "B\ud800"),
    organisation="Ω",
    url="https://example.org",
    extra={"date_precision": "month"},
)
ANSWER = Answer(
    question="why?",
    rewritten_question="Why so?",
    text="Because\n[1].",
    claims=(Claim("Because.", (1,), "supported"), Claim("So.", (), "unsupported")),
    citations=(Citation(1, PAPER, PAPER.abstract[3:20], 3, 20, 0.1 + 0.2),),
    sources=(Source.from_hit(replace(hit(PAPER, 1 / 3), why={"cosine": 1e-17}), cited=True),),
    abstained=False,
    reason=None,
    mode="generative",
    model="openai:m",
    usage=Usage(10, 20),
    cost_usd=0.0001,
    timings_ms=Timings(total=12.5),
    prompt_fingerprint="0123456789ab",
    notices=("one", "two"),
)
ASKED = Asked(
    question="why?",
    turns=(Turn("a", "b", ((1, "lips"),)),),
    filters=Filters(since="2024"),
    store="s1",
    revision=3,
    model="openai:m",
    judge="",
    prompts="p1",
    today=dt.date(2024, 9, 26),
)


@pytest.fixture
def cache(tmp_path):
    return AnswerCache(tmp_path / FILE)


def test_an_answer_comes_back_equal_in_every_field(cache):
    cache.put("k", ANSWER)
    found = cache.get("k")
    assert found == ANSWER
    assert repr(found) == repr(ANSWER)
    assert found.to_dict() == ANSWER.to_dict()
    assert cache.get("other") is None


def test_a_numpy_number_is_kept_as_the_number_that_it_is(cache):
    source = replace(ANSWER.sources[0], why={"cosine": np.float64(0.1)})
    cache.put("k", replace(ANSWER, sources=(source,)))
    assert cache.get("k").sources[0].why == {"cosine": 0.1}


def test_what_cannot_be_kept_exactly_is_not_kept(cache):
    cache.put("k", replace(ANSWER, notices=(object(),)))
    cache.put("k", replace(ANSWER, sources=(replace(ANSWER.sources[0], why={"x": np.float32(1)}),)))
    assert cache.get("k") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        json.dumps(encoded(ANSWER) | {"added": 1}),
        json.dumps(encoded(ANSWER) | {"abstained": "no"}),
        json.dumps(encoded(ANSWER) | {"claims": [{"text": 1}]}),
        json.dumps({k: v for k, v in encoded(ANSWER).items() if k != "text"}),
        json.dumps(encoded(ANSWER)).replace('"start": 3', '"start": 4'),
    ],
)
def test_what_is_of_another_version_or_breaks_its_promise_is_not_there(cache, text):
    assert text != json.dumps(encoded(ANSWER))
    cache._file.put("k", text)
    assert cache.get("k") is None


def test_a_damaged_file_is_an_empty_cache(tmp_path, cache):
    cache.put("k", ANSWER)
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    assert cache.get("k") is None
    cache.put("k", ANSWER)
    assert cache.get("k") == ANSWER


def test_the_key_follows_everything_that_an_answer_follows_from():
    settings = Settings(model="openai:m")
    variants = [
        replace(ASKED, question="why not?"),
        replace(ASKED, turns=()),
        replace(ASKED, turns=(Turn("a", "b", ((2, "lips"),)),)),
        replace(ASKED, turns=(Turn("a", "c", ((1, "lips"),)),)),
        replace(ASKED, filters=Filters()),
        replace(ASKED, store="s2"),
        replace(ASKED, revision=4),
        replace(ASKED, model="openai:n"),
        replace(ASKED, judge="openai:m"),
        replace(ASKED, prompts="p2"),
        replace(ASKED, today=dt.date(2024, 9, 27)),
    ]
    assert {field.name for field in fields(Asked)} == {
        *("question", "turns", "filters", "store", "revision", "model", "judge", "prompts"),
        "today",
    }
    keys = [asked.key(settings) for asked in (ASKED, *variants)]
    others = [
        replace(settings, base_url="http://localhost/v1"),
        replace(settings, top_papers=3),
        replace(settings, max_context_tokens=3),
        replace(settings, max_output_tokens=3),
        replace(settings, embedder="minilm"),
        replace(settings, length="short"),
        replace(settings, strictness="strict"),
        replace(settings, unsupported="show"),
    ]
    keys += [ASKED.key(other) for other in others]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 64 for key in keys)


def test_the_key_follows_nothing_else():
    settings = Settings(model="openai:m")
    again = Asked("why?", (Turn("a", "b", ((1, "lips"),)),), Filters("2024-01-01"), "s1", 3,
                  "openai:m", "", "p1", dt.date(2024, 9, 26))  # fmt: skip
    assert again.key(settings) == ASKED.key(settings)
    same = replace(settings, api_key="sk-other", timeout=3.0, cache=True, prices="1,1", store="x")
    assert ASKED.key(same) == ASKED.key(settings)


def test_where_answers_are_kept(tmp_path):
    assert cache_path(str(tmp_path)) == tmp_path / FILE
    for server in ("http://localhost:8000", "cloud:", str(tmp_path / "nowhere")):
        assert cache_path(server).name == FILE
        assert tmp_path not in cache_path(server).parents


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Paper, {"id": "x"}),
        (Usage, [1, 2]),
        (Usage, {"prompt_tokens": True, "completion_tokens": 1}),
    ],
)
def test_decoding_another_value_is_an_error(kind, value):
    with pytest.raises((ValueError, TypeError)):
        decoded(kind, value)
