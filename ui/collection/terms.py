"""What groups of papers are about, in a few of their own words: class-based TF-IDF. Pure.

All papers of a group are taken as one document, as in Grootendorst, "BERTopic: Neural topic
modeling with a class-based TF-IDF procedure" (2022, arXiv:2203.05794). A term is counted once
a paper, twice where its title has it, so that no single paper names its group. The paper's
``log(1 + A / f)`` tells terms that are rare in the whole collection; in a collection on one field
its commonest terms ("language models") would still stand in most labels. So a term's share ``p``
of its group is weighed against its share ``q`` of all others: ``p * log((p + s) / (q + s))``.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from index.text import without_latex
from index.types import Paper
from rag.collection.stems import EMPTY, stem

TERMS = 3
"""Most terms of a label."""

_PAIR = 1.5  # how much more two words say than one
_SMOOTH = 0.03  # keeps a few papers' pet word from counting as the group's own
_LEAST = 0.1  # share of a group's papers that a term must be in, and two papers
_WEAK = 0.2  # of the best term's weight: what is below says nothing more
_WIDER = 0.3  # of a word's papers: a pair that so many have stands for the word
_SAME = 0.5  # of them, where the pair does not begin with the word and end with a common noun
_LONGEST = 24  # letters of a word

_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-'’][^\W_]+)*")
_ENDS = re.compile(r"[.,;:!?()\[\]\"“”|/]+|\s[-–—]\s")
_ADDRESS = re.compile(r"://|www\.|\.(?:com|org|io)\b")
_INITIALS = re.compile(r"\w[A-Z]")  # BERT, LoRA, LLMs; not Vision-Language
_PARTS = re.compile(r"[^\W_]+")
_INNER = re.compile(r"[-'’]")

# Words of any abstract: how the work was done, told, praised. They name no topic.
_SAID_TEXT = """
ability able abstract academic access accordingly accuracy achieve across actual adapt add
additional address adopt advance advanced advantage ai aim allow almost alone already also
although among amount analysis analyze another apply approach appropriate area art article aspect
assess associated attempt author available average avoid aware base basic become before begin
behind benchmark benefit better beyond big billion broad build call candidate capability capable
capacity capture carry case cause certain challenge change characteristic choice choose clear
clearly closely collect com combine come common community comparable compare compared comparison
competitive complete complex component comprehensive computational compute concept concern
conclude conclusion condition conduct consider considerable consist consistent constant construct
contain contribute contribution conventional core correct correspond cost costly create critical
crucial current currently deal decade deep define degree demand demonstrate depend derive describe
design desired despite detail determine develop development difference different difficult direct
directly discover discuss distinct diverse drive due during dynamic each early easily easy effect
effective effectiveness efficacy efficiency efficient effort eg eight either eliminate emerge
emerging empirical empirically employ enable encourage end enhance enough ensure entire especially
essential establish estimate et etc evaluate evaluation even every evidence exact examine example
excellent exhibit exist existing expect expensive experiment experimental explain explicit exploit
explore express extend extensive extra extreme facilitate fact factor fail fast feasible feature
few field final finally find finding first five fix flexible focus follow form formulate found
four framework free full fully function fundamental further furthermore future gain gap general
generally get github give given goal good great greatly grow growing handle hard help hence here
high higher highlight highly hold however https huge idea identify ie impact implement
implementation implication implicit important importantly impressive improve improvement in-depth
include incorporate increase increasing indeed indicate individual influence inherent initial
input insight inspire instead integrate interest intermediate internal intrinsic introduce
introduces introduction investigate involve issue item itself job keep key know known lack large
large-scale largely larger last latest lead learned least leave lessen let level leverage likely
limit limitation limited little long look lot low lower main mainly maintain major make manner
many massive match maximum mean meanwhile measure mechanism meet method metric might million
minimal minor mitigate mixed modern module moreover mostly motivate move multiple must naive name
namely narrow natural nature nearly necessary need negative never new next nine nlp none norm
normal notable notably note novel number numerous observation observe obtain occur offer often one
ones online only open open-source operate optimal optional order original others outcome
outperform output overall overcome own paper part partial particular particularly path pattern per
percent percentage perform performance performing perhaps phase phenomenon pipeline play plus
point poor popular positive possible potential potentially power powerful practical practice
precise predefined prefer present preserve prevent previous previously primarily primary principle
prior probably problem procedure process produce project promise promising proper property propose
prove provide public publicly purpose put quality quantitative quickly quite range rapid rapidly
rarely rate rather reach ready real real-world realistic recent recently recognize reduce
reduction refer regard relate related relative relatively release relevant reliable rely remain
remarkable remarkably repeat replace report represent require requirement research researcher
resource respectively rest result reveal rich rise robust role roughly run same sample satisfy
scenario scheme score second see seek seem select serve set setting setup seven several severe
shape share short show significance significant significantly similar simple simplify simply
simultaneously since single situation six size slightly small smaller so-called solely solution
solve some sometimes sophisticated source space specialized specific specifically split stage
standard start state state-of-the-art step still straightforward strategy strength strong
structure study subsequent subset substantial substantially succeed success successful
successfully such suffer sufficient suggest suit suitable superior support sure surpass surprising
surprisingly survey system systematic tackle take target technique ten tend term test than thanks
theoretical therefore third thorough though thousand three thus time together tool top toward
towards trade-off traditional true try turn two type typical typically ubiquitous ultimately
uncover under undergo underlying understand understanding unexplored unfortunately unify unique
unknown unlike until upon useful user usual usually utilize valid valuable value variant variety
various vary vast verify versatile version versus very via view vs way website whether whose wide
widely widespread will work world worse worst would www yet yield zero
"""
_SAID = frozenset(stem(_INNER.sub("", word)) for word in _SAID_TEXT.split())

# Say something only after another word: "diffusion models", "student model", not "models".
_HEADS_TEXT = """
model models modeling modelling learning training task tasks data dataset datasets generation
network networks algorithm algorithms language languages text information knowledge parameter
parameters representation representations inference prediction optimization adaptation architecture
transfer selection pre-training pretraining fine-tuning finetuning tuning prompt prompts answering
"""
_HEADS = frozenset(stem(_INNER.sub("", word)) for word in _HEADS_TEXT.split())

Term = tuple[str, ...]
"""One stem or two."""


def group_terms(groups: Sequence[Sequence[Paper]]) -> list[tuple[str, ...]]:
    """The terms of each group, best first: at most ``TERMS``, fewer where no more are its own.

    No term is given to two groups. A group whose papers share no words gets none.
    """
    forms: dict[Term, Counter[str]] = defaultdict(Counter)
    counts = [_counted(group, forms) for group in groups]
    weights = [_weights(place, groups, counts) for place in range(len(groups))]
    owners: dict[Term, float] = {}
    for found in weights:
        for term, weight in found.items():
            owners[term] = max(weight, owners.get(term, 0.0))
    chosen: list[tuple[str, ...]] = []
    given: set[Term] = set()
    written = {term: _usual(forms[term]) for term in owners}
    for found, count in zip(weights, counts, strict=True):
        own = {term: weight for term, weight in found.items() if weight >= owners[term]}
        free = {term: weight for term, weight in own.items() if term not in given}
        best = _best(free, count, written)
        given.update(best)
        chosen.append(tuple(written[term] for term in best))
    return chosen


def _counted(group: Iterable[Paper], forms: Mapping[Term, Counter[str]]) -> Counter[Term]:
    counts: Counter[Term] = Counter()
    for paper in group:
        title, abstract = dict(_terms(paper.title)), dict(_terms(paper.abstract))
        for term, form in (abstract | title).items():
            counts[term] += 1 + (term in title)
            forms[term][form] += 1
    return counts


def _weights(
    place: int, groups: Sequence[Sequence[Paper]], counts: Sequence[Counter[Term]]
) -> dict[Term, float]:
    """``p * log((p + s) / (q + s))`` of each term that is more the group's than the others'."""
    size = len(groups[place])
    rest = sum(len(group) for group in groups) - size
    least = max(2.0 if size > 2 else 1.0, _LEAST * size)
    weights: dict[Term, float] = {}
    for term, count in counts[place].items():
        if count < least:
            continue
        outside = sum(other[term] for other in counts) - count
        p, q = count / size, outside / max(rest, 1)
        weight = p * math.log((p + _SMOOTH) / (q + _SMOOTH))
        if weight > 0:
            weights[term] = weight * (_PAIR if len(term) > 1 else 1.0)
    return weights


def _best(
    weights: Mapping[Term, float], counts: Mapping[Term, int], written: Mapping[Term, str]
) -> list[Term]:
    """The heaviest terms of which none repeats another, words in the pairs that explain them."""
    chosen: list[Term] = []
    ranked = sorted(weights, key=lambda term: (-weights[term], term))
    for term in ranked:
        if weights[term] < _WEAK * weights[ranked[0]] or len(chosen) == TERMS:
            break
        wider = [pair for pair in ranked if _stands_for(pair, term, counts)]
        for fit in [*sorted(wider, key=lambda pair: (-counts[pair], pair)), term]:
            if not any(_repeats(written[fit], written[other]) for other in chosen):
                chosen.append(fit)
                break
    return chosen


def _stands_for(pair: Term, word: Term, counts: Mapping[Term, int]) -> bool:
    """Whether the pair says what the word means here: "continual learning" for "continual"."""
    if len(pair) != 2 or len(word) != 1 or word[0] not in pair:
        return False
    least = _WIDER if pair[0] == word[0] and pair[1] in _HEADS else _SAME
    return counts[pair] >= least * counts[word]


def _repeats(one: str, other: str) -> bool:
    """Whether two terms share a stem, or one is the other's initials (MTL, CoT)."""
    mine, theirs = (_PARTS.findall(term.lower()) for term in (one, other))
    for words, short in ((mine, other), (theirs, one)):
        if len(words) > 1 and "".join(word[0] for word in words) == short.lower().removesuffix("s"):
            return True
    return bool({stem(word) for word in mine} & {stem(word) for word in theirs} - _HEADS)


def _terms(text: str) -> Iterator[tuple[Term, str]]:
    """Words and pairs of neighbours as stems, each with how it is written."""
    words = (word for word in without_latex(text).split() if not _ADDRESS.search(word))
    for part in _ENDS.split(" ".join(words)):
        before: tuple[str, str] | None = None
        for word in _WORD.findall(part):
            small = word.lower()
            key = stem(_INNER.sub("", small))
            if not _telling(small, key):
                before = None
                continue
            form = word if _INITIALS.search(word) else small
            if key not in _HEADS:
                yield (key,), form
            if before is not None and before[0] != key:
                yield (before[0], key), f"{before[1]} {form}"
            before = None if key in _HEADS else (key, form)


def _telling(word: str, key: str) -> bool:
    said = word in EMPTY or (key in _SAID and key not in _HEADS)
    return 1 < len(word) <= _LONGEST and not said


def _usual(forms: Counter[str]) -> str:
    """How a term is written most often."""
    return min(forms, key=lambda form: (-forms[form], form))
