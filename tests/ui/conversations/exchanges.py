"""Exchanges to keep: answered, refused, stopped and failed, and strategies that draw them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import strategies as st

from index.types import Chunk, Filters, Paper, Passage
from rag.types import Answer, Citation, Claim, Finished, Source, Timings, Usage
from ui.view import Exchange, advance

PAPER = Paper(
    "2409.1",
    "Merging  weights",
    "Merging combines weights. It is cheap. It needs no data.",
    date=dt.date(2024, 9, 1),
    authors=("Ada van der Berg", "B. Müller"),
    organisation="Ω Lab",
    pages=("one",),
    url="https://example.org/a_b",
    extra={"date_precision": "month"},
)
OTHER = Paper("p2", "Another paper", "Nothing is known of it. Less is said.")


def cite(marker: int, paper: Paper, quote: str) -> Citation:
    start = paper.abstract.index(quote)
    return Citation(marker, paper, quote, start, start + len(quote), 0.9)


def source(paper: Paper, *, cited: bool) -> Source:
    chunk = Chunk(f"{paper.id}-0", paper.id, paper.abstract, 0, len(paper.abstract))
    return Source(paper, (Passage(paper, chunk, 1 / 3, 1, {"cosine": 0.1}),), cited, {"rrf": 0.5})


CITATIONS = (
    cite(1, PAPER, "Merging combines weights."),
    cite(1, PAPER, "It is cheap."),
    cite(2, OTHER, "Less is said."),
)
ANSWER = Answer(
    question="What is merging?",
    rewritten_question="What is model merging?",
    text="It combines weights [1].\n\n- Little is known [2].",
    claims=(Claim("It combines weights.", (1,), "supported"), Claim("Little.", (2,), "weak")),
    citations=CITATIONS,
    sources=(source(PAPER, cited=True), source(OTHER, cited=True)),
    abstained=False,
    reason=None,
    mode="generative",
    model="openai:m",
    usage=Usage(10, 20),
    cost_usd=0.1,
    timings_ms=Timings(total=12.5),
    notices=("Something to know.",),
)
REFUSAL = replace(ANSWER, abstained=True, reason="no paper says", citations=(), claims=(), text="")


def finished(number: int, question: str = "What is merging?", answer: Answer = ANSWER) -> Exchange:
    """An exchange as the page has it when its answer has ended."""
    begun = Exchange(number, question, filters=Filters(since="2024", words=["weights"]))
    return advance(begun, Finished(replace(answer, question=question)))


def stopped(number: int, question: str = "And then?") -> Exchange:
    return Exchange(
        number, question, status="stopped", text="It comb", citations=CITATIONS[:1],
        sources=ANSWER.sources,
    )  # fmt: skip


def failed(number: int, question: str = "Why?") -> Exchange:
    return Exchange(number, question, status="failed", error="The endpoint is away.")


texts = st.text(max_size=12) | st.sampled_from(
    ["\ud800", "\x00", "[1]", "a\r\n# b", "<script>alert(1)</script>", "}, x = {", "\\", "$^2$"]
)
floats = st.floats(allow_nan=False)
dates = st.none() | st.dates()
papers = st.builds(
    Paper,
    id=texts,
    title=texts,
    abstract=texts,
    date=dates,
    n_authors=st.none() | st.integers(0, 9),
    authors=st.lists(texts, max_size=2).map(tuple),
    organisation=st.none() | texts,
    pages=st.lists(texts, max_size=2).map(tuple),
    url=st.none() | texts | texts.map("https://a.b/{}".format),
    extra=st.dictionaries(texts, texts, max_size=1),
)
citations = st.builds(
    Citation, st.integers(1, 9), papers, texts, st.integers(0, 9), st.integers(0, 9), floats
)
claims = st.builds(
    Claim, texts, st.lists(st.integers(1, 9), max_size=2).map(tuple),
    st.sampled_from(["supported", "weak", "unsupported"]),
)  # fmt: skip
chunks = st.builds(Chunk, texts, texts, texts, st.integers(), st.integers())
whys = st.dictionaries(texts, floats, max_size=2)
passages = st.builds(Passage, papers, chunks, floats, st.integers(0, 9), whys)
sources = st.builds(Source, papers, st.lists(passages, max_size=2).map(tuple), st.booleans(), whys)


def some(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


answers = st.builds(
    Answer,
    question=texts,
    rewritten_question=texts,
    text=texts,
    claims=some(claims),
    citations=some(citations),
    sources=some(sources),
    abstained=st.booleans(),
    reason=st.none() | texts,
    mode=st.sampled_from(["extractive", "generative"]),
    model=texts,
    usage=st.builds(Usage, st.integers(), st.integers()),
    cost_usd=st.none() | floats,
    timings_ms=st.builds(Timings, floats, floats),
    notices=some(texts),
    cached=st.booleans(),
)
filters = st.builds(
    Filters, dates, dates, some(texts), st.none() | st.integers(0, 9), st.none(), some(texts)
)
numbers = st.integers(1, 2**31)
told = st.builds(
    lambda number, question, conditions, answer: advance(
        Exchange(number, question, filters=conditions), Finished(answer)
    ),
    numbers, texts, filters, answers,
)  # fmt: skip
broken_off = st.builds(
    Exchange,
    number=numbers,
    question=texts,
    status=st.sampled_from(["done", "stopped", "failed"]),
    rewritten=texts,
    filters=filters,
    sources=some(sources),
    text=texts,
    citations=some(citations),
    claims=some(claims),
    answer=st.none() | answers,
    error=texts,
)
exchanges = told | broken_off
