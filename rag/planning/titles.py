"""Does a question name a paper by its title that is not here?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.text import normalise
from rag.planning.leaning import content_words
from rag.planning.plan import Papers

_PAPER = r"(?:paper|article|preprint|publication)"
_QUOTE = r"[\"“„«]([^\"“”„«»]{3,200})[\"”»]"
_ANNOUNCED = re.compile(
    rf"\b{_PAPER},?(?: (?:called|titled|entitled|named))?\W{{0,2}} ?{_QUOTE}|{_QUOTE} {_PAPER}\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(_QUOTE)
_COINED = re.compile(rf"\b[Tt]he (?:original )?([\w-]{{3,30}}) {_PAPER}\b")
_IS_COINED = re.compile(r"[a-z]-?[A-Z]|[A-Z][A-Za-z-]*\d")
_SMALL = r"(?:of|the|a|an|for|in|is|are|and|to|with|on|from|by|or|as|at|via|not|all|you)"
_OPENS = (
    r"(?:Summari[sz]e|Explain|Describe|Discuss|Compare|What|Which|How|Why|Does|Is|Are|Was|Did|Who|"
    r"When|Where|Tell|Give|Find|Show|In|According|And|But|Can|Could|Please|List)"
)
_BY = re.compile(
    rf"\b(?!{_OPENS}\b)([A-Z][\w'’-]*(?: (?:[A-Z][\w'’-]*:?|{_SMALL})){{2,14}}) by "
    r"(?:[A-Z][a-z]|the authors\b)"
)
_FEWEST_WORDS = 3  # that tell a title from a term by their capitals alone
_LONG = 4  # letters of a word that has a capital in a title
_CAPITALISED = 2 / 3  # of the longer words
_LEAST_TITLE = 12  # letters of a title that is recognised in a longer text
_ALIKE = 0.6  # of the words of both titles
_NEAREST = 8  # papers whose titles are compared


def missing_title(question: str, papers: Papers) -> str:
    """The first title that the question names in so many words and that no paper has; else "".

    Named is what is quoted and called a paper, or quoted with a title's capitals; what is "the X
    paper", X being spelt as a made-up name is; and what is written like a title and "by" somebody.
    """
    for title, whole in _named(question):
        if _letters(title) and not _is_here(title, papers, whole=whole):
            return title
    return ""


def _named(question: str) -> Iterator[tuple[str, bool]]:
    """(title, whether it is one in full)."""
    for match in _ANNOUNCED.finditer(question):
        yield (match[1] or match[2]).strip(" .,:;?!"), True
    for match in _QUOTED.finditer(question):
        if _is_capitalised(match[1].split()):
            yield match[1].strip(" .,:;?!"), True
    for match in _COINED.finditer(question):
        if _IS_COINED.search(match[1]):
            yield match[1], False
    for match in _BY.finditer(question):
        if _is_capitalised(match[1].split()):
            yield match[1], True


def _is_capitalised(words: list[str]) -> bool:
    longer = [word for word in words if len(word) >= _LONG and word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in longer)
    return (
        len(words) >= _FEWEST_WORDS and len(longer) > 1 and capitals >= _CAPITALISED * len(longer)
    )


def _is_here(title: str, papers: Papers, *, whole: bool) -> bool:
    """Whether a paper has the title, or one that holds it; a whole one also within a text."""
    wanted = _letters(title)
    near = [paper_id for paper_id, _ in papers.matching(title, _NEAREST, title_boost=2.0)]
    near += [hit.paper.id for hit in papers.search(title, _NEAREST)]
    found = list(papers.get_many(list(dict.fromkeys(near))).values())
    for paper in found:
        own = _letters(paper.title)
        least = max(_LEAST_TITLE, len(wanted) // 2)
        if wanted in own or (len(own) >= least and own in wanted):
            return True
        if whole and _is_alike(title, paper.title):
            return True
    having = [paper for paper in found if wanted in _letters(paper.abstract)]
    return len(having) == 1 or (whole and bool(having))


def _is_alike(title: str, other: str) -> bool:
    """Whether one may be the other, remembered wrongly: most of their words are the same."""
    ours, theirs = set(content_words(title)), set(content_words(other))
    return len(ours & theirs) >= _ALIKE * len(ours | theirs)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", normalise(text))
