"""Which papers, of those spoken of, a question points to: "[2]", "the latter", "both". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.types import Paper
from rag.planning.conversation import Spoken

_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "first 1st one",
            "second 2nd two",
            "third 3rd three",
            "fourth 4th four",
            "fifth 5th five",
            "sixth 6th six",
            "seventh 7th seven",
            "eighth 8th eight",
            "ninth 9th nine",
            "tenth 10th ten",
        ),
        start=1,
    )
    for word in words.split()
}
_ORDINALS = "|".join(w for w in _NUMBERS if w.endswith(("st", "nd", "rd", "th")) or w == "second")
_CARDINALS = "two|three|four|five|six|seven|eight|nine|ten"
_NOUNS = r"(?:ones?|papers?|works?|stud(?:y|ies)|articles?|publications?|sources?|references?)"
_THINGS = r"(?:methods?|approach(?:es)?|models?|data ?sets?|systems?|techniques?|benchmarks?)"
_MARKER = re.compile(r"\[(\d{1,6})\]")
_PAPER_NUMBER = re.compile(
    rf"\b(?:paper|source|reference|citation|study)\s*#?(\d{{1,2}}|one|{_CARDINALS})\b|"
    rf"\b(?:result|work|item|number|no\.)\s*#?(\d{{1,2}}|one|{_CARDINALS})\b(?!\s*(?:%|[a-z]))|"
    r"(?<!\w)#(\d{1,2})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"\b(?:the|that|your)\s+({_ORDINALS}|last|former|latter)(?:\s+({_NOUNS}|{_THINGS})\b)?"
    r"(?=(\s*(?:[?.,;:!]|$)|\s+(?:of|and|or)\b)?)(?!\s+(?:to|that|which|who|from|in|published|"
    r"dated|by)\b)",
    re.IGNORECASE,
)
_GROUP = re.compile(
    rf"\b(?:(?:those|these|all)\s+({_CARDINALS})|(?:the|your)\s+(?:(first|last|other)\s+)?"
    rf"({_CARDINALS})(?=\s*(?:[?.,;!]|$)|\s+(?:{_NOUNS}|{_THINGS}|of|do|are|is|have|use|need|differ|"
    r"compare)\b))\b",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\b(?:both|either|neither)(?:\s+of (?:them|those|these)\b|"
    r"\s+(?:papers|works|studies|methods|approaches|models)\b|"
    r"\s*(?:[?.,;!]|$)|\s+(?:do|does|use|need|have|rely|work|require|share)\b)|"
    r"\b(?:do|are|did|were|can)\s+both\b(?! [^?.]*\band\b)",
    re.IGNORECASE,
)
_OTHER = re.compile(rf"\bthe other(?:\s+{_NOUNS}\b|\s*(?:[?.,;!]|$))", re.IGNORECASE)
_WHICH_OF = re.compile(
    r"\bwhich (?:one )?of (?:those|these|them|the (?:two|three))\b"
    r"(?! (?:are|were|use|have|do|need)\b)|\bwhich (?:one|is|was|has)\b",
    re.IGNORECASE,
)


def picked_one_by_one(question: str, earlier: Sequence[Spoken]) -> tuple[Paper, ...]:
    """The papers that the question picks by a number or an ordinal: "[2]", "the second one".

    ``earlier``: what each answer spoke of, oldest first. Numbers go by the answers' markers, the
    newest first, and else by the order in which the last answer that named papers named them.
    """
    listed = [spoken for spoken in earlier if spoken]
    if not listed:
        return ()
    by_number = [_numbered(number, listed) for number in _numbers(question)]
    found = [paper for paper in by_number if paper is not None]
    return _distinct([*found, *_by_ordinal(question, listed)])


def picked_together(question: str, earlier: Sequence[Spoken]) -> tuple[Paper, ...]:
    """Those that it picks as a group, or as what is left: "both", "those two", "the other one".

    A question that stands alone has such words too ("What do both kinds of ... share?").
    """
    listed = [spoken for spoken in earlier if spoken]
    if not listed:
        return ()
    last = listed[-1].papers
    if _BOTH.search(question):
        return last if len(last) == 2 else _recent(listed)[-2:]
    group = _GROUP.search(question)
    if group:
        return _group(group, listed)
    if _OTHER.search(question):
        return _other(listed)
    return ()


def picks(question: str) -> bool:
    """Whether the question has a number or an ordinal that can stand for an earlier paper."""
    return bool(_numbers(question)) or any(_strict(m) for m in _ORDINAL.finditer(question))


def numbered(question: str) -> bool:
    """Whether the question has a marker of ours, such as "[2]"."""
    return _MARKER.search(question) is not None


def picks_of_several(question: str) -> bool:
    """Whether the question asks for one of several: "Which of those needs ..."."""
    return _WHICH_OF.search(question) is not None


def _numbers(question: str) -> list[int]:
    found = [(m.start(), int(m[1])) for m in _MARKER.finditer(question)]
    for match in _PAPER_NUMBER.finditer(question):
        word = (match[1] or match[2] or match[3]).lower()
        found.append((match.start(), int(word) if word.isdigit() else _NUMBERS[word]))
    return [number for _, number in sorted(found)]


def _numbered(number: int, listed: Sequence[Spoken]) -> Paper | None:
    for spoken in reversed(listed):
        for paper, marker in zip(spoken.papers, spoken.markers, strict=True):
            if marker == number:
                return paper
    marked = any(marker is not None for spoken in listed for marker in spoken.markers)
    last = listed[-1].papers
    return None if marked or not 1 <= number <= len(last) else last[number - 1]


def _strict(match: re.Match[str]) -> bool:
    """Whether an ordinal stands for a paper rather than for a stage or a layer."""
    word, noun, ends = match[1].lower(), match[2], match[3]
    if word in ("former", "latter"):
        return True
    return noun is not None or ends is not None


def _by_ordinal(question: str, listed: Sequence[Spoken]) -> list[Paper]:
    last = next((s.papers for s in reversed(listed) if len(s.papers) > 1), listed[-1].papers)
    found = []
    for match in _ORDINAL.finditer(question):
        if not _strict(match):
            continue
        word = match[1].lower()
        backwards = word in ("last", "latter")
        place = len(last) if backwards else 1 if word == "former" else _NUMBERS[word]
        if place <= len(last):
            found.append(last[place - 1])
    return found


def _group(match: re.Match[str], listed: Sequence[Spoken]) -> tuple[Paper, ...]:
    which, count = (match[2] or "").lower(), _NUMBERS[(match[1] or match[3]).lower()]
    last = listed[-1].papers
    if which == "other":
        return _other(listed)
    if which == "last" and len(last) > count:
        return last[-count:]
    if len(last) >= count:
        return last[:count] if which == "first" or len(last) > count else last
    return _recent(listed)[-count:]


def _other(listed: Sequence[Spoken]) -> tuple[Paper, ...]:
    """Of the last list of papers, those that the answer after it did not speak of."""
    now = {paper.id for paper in listed[-1].papers}
    for spoken in reversed(listed[:-1]):
        rest = tuple(paper for paper in spoken.papers if paper.id not in now)
        if rest and len(spoken.papers) > 1:
            return rest
    return listed[-1].papers[1:] if len(listed[-1].papers) > 1 else ()


def _recent(listed: Sequence[Spoken]) -> tuple[Paper, ...]:
    """All papers, each at the place where it was last spoken of; the latest last."""
    papers: dict[str, Paper] = {}
    for spoken in listed:
        for paper in spoken.papers:
            papers.pop(paper.id, None)
            papers[paper.id] = paper
    return tuple(papers.values())


def _distinct(papers: Sequence[Paper]) -> tuple[Paper, ...]:
    return tuple({paper.id: paper for paper in papers}.values())
