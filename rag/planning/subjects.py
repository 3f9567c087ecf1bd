"""Does a follow-up bring a subject of its own, or is it about the papers that were spoken of?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.types import Paper
from rag.collection import topics
from rag.collection.fields import related
from rag.collection.stems import content_stems
from rag.planning.leaning import content_words, has_pronoun, names_of, without_interjections
from rag.planning.plan import Papers
from rag.types import Turn

_REFUSAL = "No answer found."
_HELP = "You can ask what "  # begins what a greeting is answered with
_ABOUT = re.compile(
    r"(?:(?:and|but|so|also|then|now)\b[\s,]*)*(?:what|how) about\s+([^?.!;:,]{2,80}?)\s*[?.!]*",
    re.IGNORECASE,
)
_ASPECT = re.compile(  # a side of any work, no subject: "inference speed", "smaller models"
    r"\b(?:\w+er|the|this|that|these|those|such|same|other|others|else|more|less|one|ones|both|all|"
    r"each|any|some|your|my|if|when|instead|rather|than|only|just|\w+ly)\b|"
    r"\b(?:performance|accuracy|speed|costs?|sizes?|memory|time|results?|limitations?|future|data|"
    r"latency|efficiency|use|usage|baselines?|hyper-?parameters?|evaluation|quality|models?|"
    r"systems?|methods?|approach(?:es)?|techniques?|experiments?|authors?|details|code|settings?)\W*$",
    re.IGNORECASE,
)
_THING_OF = re.compile(
    r"\bthe (?:\w+ ){1,3}?of (?!(?:the|it|its|this|that|these|those|them|their|each|both|all|such|"
    r"his|her|your|our|any|every)\b)([^?.!,;]{2,60})",
    re.IGNORECASE,
)
_REWORDS = re.compile(
    r"(?:(?:no|sorry|well|ok(?:ay)?)\b[\s,]*)*(?:(?:and |but )?i meant?\b|what i mean|"
    r"in other words|or rather|rather\b|that is\b|to be clear|put (?:differently|otherwise)|"
    r"let me (?:re|put|ask)|more precisely|try (?:again|once)|"
    r"(?:and|or|but) (?:in|for|of|on|with|from|by|at|among)\b)",
    re.IGNORECASE,
)
_LONGEST = 4  # content words of a topic
_NEAREST = 12  # papers that may be about it
_LEAST_OTHER = 0.7
"""How sure it has to be that another paper is about the topic. On the sample, 14 of 15 topics that
are subjects of other papers reach it."""
_COVERED = 0.5  # from here on a paper counts as being about the topic
_SHARE = 1 / 3  # of several papers spoken of: as many are about what is an aspect of them
_NEARER = 0.12
"""By as much in cosine another paper has to be nearer to the topic. Of 20 aspects of a paper of the
sample two are above it, of 15 other subjects none is below."""
_FAR = 0.1  # cosine below which a question has nothing to do with a paper


def refused(turn: Turn) -> bool:
    """Whether the turn's answer says that there is none, or that nothing was asked."""
    return turn.answer.startswith((_REFUSAL, _HELP)) or f"\n{_REFUSAL}" in turn.answer


def rewords(question: str, earlier: str) -> bool:
    """Whether a follow-up on a question that was refused asks the same again in other words."""
    if _REWORDS.match(without_interjections(question)):
        return True
    return not set(content_stems(_content(question))).isdisjoint(content_stems(_content(earlier)))


def own_topic(question: str) -> str:
    """The X of "What about X?", where it can be a subject; else nothing.

    A few words that name a field or a thing, not a side of any work ("inference speed").
    """
    match = _ABOUT.fullmatch(without_interjections(question))
    topic = match[1] if match else ""
    words = content_words(topic)
    if not words or len(words) > _LONGEST or has_pronoun(topic):
        return ""
    if any(related(topic)) or names_of(f"about {topic}"):
        return topic
    return "" if len(words) < 2 or _ASPECT.search(topic) else topic


def is_new(topic: str, spoken: Sequence[Paper], papers: Papers) -> bool:
    """Whether other papers are about the topic, and those that were spoken of are not.

    Or none of its words is known to those: then it is no aspect of them either.
    """
    known = {paper.id for paper in spoken}
    (vector,) = papers.embedder.embed([topic])
    found = [hit.paper.id for hit in papers.search(topic, _NEAREST)]
    found += [paper_id for paper_id, _ in papers.matching(topic, _NEAREST)]
    others = [paper_id for paper_id in dict.fromkeys(found) if paper_id not in known]
    wanted = topics.topic_of(topic)
    theirs = topics.gather(wanted, vector, papers.stored(others))
    ours = topics.gather(wanted, vector, papers.stored(sorted(known)))
    about = sum(topics.score(evidence) >= _COVERED for evidence in ours)
    if about and about >= _SHARE * len(ours):
        return False
    if len(content_words(topic)) > 1 and unheard(topic, spoken):
        return True
    best = max(map(topics.score, theirs), default=0.0)
    gap = max((e.cosine for e in theirs), default=0.0) - max((e.cosine for e in ours), default=0.0)
    return best >= _LEAST_OTHER and gap >= _NEARER


def own_thing(question: str) -> str:
    """The Y of "What is the price of Y?", where nothing else in the question points back."""
    match = _THING_OF.search(question)
    if match is None or has_pronoun(question) or not content_words(match[1]):
        return ""
    return match[1].strip()


def is_foreign(question: str, thing: str, spoken: Sequence[Paper], papers: Papers) -> bool:
    """Whether a question about a thing has nothing to do with the papers that were spoken of."""
    if not spoken:
        return False
    if unheard(thing, spoken):
        return True
    (vector,) = papers.embedder.embed([question])
    stored = papers.stored([paper.id for paper in spoken])
    return max((float((s.vectors @ vector).max()) for s in stored if s.chunks), default=1.0) < _FAR


def unheard(text: str, spoken: Sequence[Paper]) -> bool:
    """Whether no word of the text stands in any of the papers."""
    wanted = set(content_stems(_content(text)))
    held = (content_stems(f"{paper.title}\n{paper.abstract}") for paper in spoken)
    return all(wanted.isdisjoint(stems) for stems in held)


def _content(text: str) -> str:
    return " ".join(content_words(text))
