"""An assistant with a fixed script over real abstracts of the sample, for tests of the page."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files

from index.errors import Unreachable
from index.types import Chunk, Filters, Paper, Passage
from rag.types import (
    Answer,
    Checked,
    Citation,
    Claim,
    Event,
    Finished,
    Planned,
    Retrieved,
    Source,
    Timings,
    Token,
    Turn,
)
from ui.view import PageInfo

INFO = PageInfo(
    papers=362,
    model="openai:gpt-5-mini",
    mode="generative",
    pages=("000_687d83cc7efc6785", "001_023029bf3454ba98", "002_903765704607382b"),
    first=dt.date(2022, 1, 31),
    last=dt.date(2025, 10, 12),
)
QUOTING = replace(INFO, model="extractive", mode="extractive")
EMPTY = PageInfo(papers=0, model="extractive", mode="extractive")

IMAGE = "![x](http://127.0.0.1:9/x.png)"
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script> " + IMAGE,
    "${alert(3)} {{alert(4)}} <a href='javascript:alert(5)'>x</a>",
)


def sample_paper(start: str, **known: object) -> Paper:
    """The paper of the sample whose title begins so; ``known`` adds what the page doesn't say."""
    for entry in sorted(files("index").joinpath("sample").iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".txt"):
            continue
        text = entry.read_text(encoding="utf-8")
        if found := re.search(rf"^({re.escape(start)}.*)\n\n(.+)$", text, re.MULTILINE):
            title, abstract = found.groups()
            pages = (entry.name.removesuffix(".txt"),)
            return replace(Paper(title, title, abstract, pages=pages), **known)
    raise LookupError(start)


POST_TRAINING = sample_paper(
    "How Post-Training Reshapes LLMs",
    date=dt.date(2025, 4, 3),
    n_authors=8,
    pages=("002_903765704607382b", "004_77d534efcf4c5587"),
)
TULU = sample_paper("TÜLU 3", url="https://example.org/tulu3", organisation="Ai2")
SUPERFICIAL = sample_paper("Revisiting the Superficial Alignment Hypothesis")
HALLUCINATE = sample_paper(
    "Calibrated Language Models Must Hallucinate", date=dt.date(2023, 11, 24), n_authors=2
)
DETOX = sample_paper("Hallucination Detox", date=dt.date(2024, 10, 20), n_authors=5)
MOE = replace(SUPERFICIAL, id="m3", title="M$^3$ViT: Mixture of $\\alpha$-Experts, 3.2\\% better")


def source(paper: Paper, *, cited: bool = False) -> Source:
    """The paper as retrieved, with its whole abstract as the passage."""
    chunk = Chunk(f"{paper.id}-0", paper.id, paper.abstract, 0, len(paper.abstract))
    return Source(paper, (Passage(paper, chunk, 0.5, 1),), cited)


def cite(marker: int, paper: Paper, start: str, support: float = 0.9) -> Citation:
    """A citation of the sentence of the abstract that begins so."""
    at = paper.abstract.index(start)
    found = re.compile(r".+?(?:[.;](?=\s|$))", re.DOTALL).match(paper.abstract, at)
    assert found is not None
    return Citation(marker, paper, found[0], at, found.end(), support)


def answered(
    question: str, text: str, claims: Sequence[Claim], citations: Sequence[Citation],
    papers: Sequence[Paper], *, reason: str | None = None,
) -> Answer:  # fmt: skip
    """An answer over the papers; a ``reason`` makes it a refusal."""
    cited = {citation.paper.id for citation in citations}
    return Answer(
        question=question,
        rewritten_question=question,
        text=text,
        claims=tuple(claims),
        citations=tuple(citations),
        sources=tuple(source(paper, cited=paper.id in cited) for paper in papers),
        abstained=reason is not None,
        reason=reason,
        mode="generative",
        model="openai:gpt-5-mini",
        timings_ms=Timings(total=1840.0),
    )


def post_training(question: str) -> Answer:
    """An answer with three papers cited, a weak and an unsupported claim among its claims."""
    text = (
        "Post-training leaves the places where facts are stored as they are, and adds new "
        "knowledge representations beside the adapted ones [1]. Truthfulness keeps its direction "
        "from the base model, while refusal gets a new one that transfers poorly [1].\n\n"
        "How much it teaches is disputed:\n"
        "- performance after post-training grows as a **power law** of the number of examples, "
        "which speaks against mere changes of style [2]\n"
        "- with a full open recipe, a post-trained Llama 3.1 passes closed models [3]\n\n"
        "Taken together, most of what users notice may come from post-training [2][3]. "
        "Larger models need less of it."
    )
    citations = [
        cite(1, POST_TRAINING, "Our findings across model families"),
        cite(1, POST_TRAINING, "(3) The refusal direction"),
        cite(2, SUPERFICIAL, "Through experiments with the Llama-3"),
        cite(3, TULU, "TÜLU 3" if "TÜLU 3" in TULU.abstract else TULU.abstract[:12]),
    ]
    claims = [
        Claim(
            "Post-training leaves the places where facts are stored as they are, and adds new "
            "knowledge representations beside the adapted ones.",
            (1,),
            "supported",
        ),
        Claim(
            "Taken together, most of what users notice may come from post-training.", (2, 3), "weak"
        ),
        Claim("Larger models need less of it.", (), "unsupported"),
    ]
    papers = [SUPERFICIAL, POST_TRAINING, TULU, HALLUCINATE, DETOX, MOE]
    return answered(question, text, claims, citations, papers)


def verbatim(question: str) -> Answer:
    """Two sentences of one paper, word for word, under one marker."""
    starts = ("Post-training is essential", "(3) The refusal direction")
    citations = [cite(1, POST_TRAINING, start) for start in starts]
    text = " ".join(f"{citation.quote} [1]" for citation in citations)
    return answered(question, text, [], citations, [POST_TRAINING])


def refusal(question: str) -> Answer:
    """A refusal with the nearest papers."""
    text = "None of the papers here says anything about sourdough."
    reason = "The best passages share no more than single words with the question."
    return answered(question, text, [], [], [HALLUCINATE, DETOX, SUPERFICIAL], reason=reason)


def far_off(question: str) -> Answer:
    """A refusal whose nearest papers have nothing to do with the question."""
    refused = refusal(question)
    found = (replace(s, why={"cosine": 0.12, "late": 0.4, "bm25": 4.2}) for s in refused.sources)
    return replace(refused, sources=tuple(found))


def hostile(question: str) -> Answer:
    """Titles, abstracts, an organisation, an address and an answer that try to become markup."""
    papers = [
        replace(HALLUCINATE, id=f"h{i}", title=title, url="javascript:alert(6)", organisation=title,
                abstract=f"{title} {HALLUCINATE.abstract}", pages=(title,))
        for i, title in enumerate(HOSTILE)
    ]  # fmt: skip
    text = f"{HOSTILE[0]} [1] {HOSTILE[1]} [2]\n\n{HOSTILE[2]} [3] **{IMAGE}** `{HOSTILE[1]}`"
    citations = [
        Citation(marker, paper, paper.abstract[:60], 0, 60, 0.9)
        for marker, paper in enumerate(papers, start=1)
    ]
    return answered(question, text, [], citations, papers)


_SCRIPTS = (
    ("sourdough", refusal), ("whales", far_off), ("hostile", hostile), ("verbatim", verbatim),
)  # fmt: skip


class ScriptedAsker:
    """Answers by what the question mentions, a few characters at a time.

    ``delay`` is the pause between tokens in seconds; ``tell`` hears what is asked, and of each
    stream that is closed before its end.
    """

    def __init__(self, delay: float = 0.004, tell: Callable[..., None] | None = None) -> None:
        self.delay = delay
        self._tell = tell or (lambda **_: None)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn],
        filters: Filters | None,
        understood: bool = True,
    ) -> Iterator[Event]:
        self._tell(
            asked=question,
            understood=understood,
            history=[turn.question for turn in history],
            filters=filters.to_dict() if filters is not None else None,
        )
        if "offline" in question:
            message = "no connection to http://127.0.0.1:9; start the model server, or ask again"
            raise Unreachable(message)
        write = post_training
        for word, other in _SCRIPTS:
            write = other if word in question else write
        return self._events(write(question), filters, slow="slowly" in question)

    def _events(self, answer: Answer, filters: Filters | None, *, slow: bool) -> Iterator[Event]:
        ended = False
        try:
            yield Planned(answer.rewritten_question, filters or Filters())
            yield Retrieved(tuple(replace(s, cited=False) for s in answer.sources))
            time.sleep(1.0 if slow else self.delay)
            yield from self._tokens(answer, slow=slow)
            yield from (Checked(claim) for claim in answer.claims)
            ended = True
            yield Finished(answer)
        finally:
            if not ended:
                self._tell(closed=True)

    def _tokens(self, answer: Answer, *, slow: bool) -> Iterator[Event]:
        new = {citation.marker: True for citation in answer.citations}
        for piece in re.findall(r"\[\d+\]|[^\[]{1,12}", answer.text):
            marker = int(piece[1:-1]) if piece.startswith("[") else 0
            known = answer.citations if new.pop(marker, False) else ()
            time.sleep(0.05 if slow else self.delay)
            yield Token(piece, tuple(c for c in known if c.marker == marker))
