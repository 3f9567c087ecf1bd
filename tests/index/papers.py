"""Papers for tests of the store: each has words of its own, so that it can be found."""

from __future__ import annotations

from index.types import Paper

_TOPICS = [
    "retrieval",
    "pruning",
    "diffusion",
    "alignment",
    "tokenisation",
    "distillation",
    "planning",
    "speech",
]


def paper(number: int, *, version: int = 0, page: str = "page-a", **fields: object) -> Paper:
    """Paper ``number``; another ``version`` has another abstract. Its own word: ``marker{n}``."""
    topic = _TOPICS[number % len(_TOPICS)]
    abstract = (
        f"We study {topic} with a method called marker{number}v{version}. "
        f"It is compared with {number % 7} earlier methods on several tasks. "
        "The gains are small but steady. The code is public. Errors are discussed. "
        "Two users were asked. Both were content. "
        f"Ablations of marker{number} show what matters."
    )
    known: dict[str, object] = {
        "id": f"p{number}",
        "title": f"Study {number} of {topic}: marker{number}",
        "abstract": abstract,
        "pages": (page,),
    }
    return Paper(**{**known, **fields})  # type: ignore[arg-type]


def papers(count: int, start: int = 0) -> list[Paper]:
    return [paper(number) for number in range(start, start + count)]
