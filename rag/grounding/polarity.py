"""What turns a statement round: negation, words of direction, hedges, and a claim's opposite."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.grounding.words import Word


def _forms(verbs: str, others: str = "") -> frozenset[str]:
    """Regular forms of verbs, and other words as they are.

    Whole words, not stems: "large", "positional" and "activity" mustn't count as "larger",
    "positive" and "activates".
    """
    found = set(others.split())
    for verb in verbs.split():
        root = verb.removesuffix("e")
        plural = f"{verb}es" if verb.endswith(("s", "sh", "ss")) else f"{verb}s"
        found.update((verb, plural, f"{root}ed", f"{root}ing"))
    return frozenset(found)


_NOT_TEXT = "no not never none nor neither without cannot nothing nobody hardly"
_NOT = frozenset(_NOT_TEXT.split())
_NEGATING = _forms(
    "lack fail",
    """
absent absence failure unable inability insufficient independent independently unlikely unaffected
unchanged unrelated ineffective inactive impossible insignificant unnecessary dispensable
inconsistent
""",
)
_UP = _forms(
    """
increase raise elevate enhance improve promote activate induce stimulate upregulate gain strengthen
accelerate exceed outperform surpass potentiate augment expand boost amplify facilitate enable
protect
""",
    """
increasingly higher high highest greater greatest more most elevation enhancement improvement
improvements promotion activation induction stimulation upregulation up grow grows grew growing
growth longer larger faster better best stronger positive positively rise rises rising rose
superior protective above accumulation many majority
""",
)
_DOWN = _forms(
    """
decrease lower reduce inhibit suppress attenuate diminish impair decline downregulate lessen weaken
worsen block abolish deplete prevent deteriorate degrade hamper hinder limit underperform delay
decay disrupt drop
""",
    """
low lowest lesser less least fewer few reduction reductions inhibition inhibitor inhibitors
suppression impairment downregulation down loss lose loses lost losing shorter smaller slower worse
worst weaker blockade depletion prevention negative negatively minimal degradation fall falls fell
inferior shrink shrinks shrank cut cuts cutting dropped dropping below deficient deficiency
defective resistant deleterious minority
""",
)
_HEDGES = _forms(
    "suggest appear seem hypothesize hypothesise speculate conjecture",
    """
may might could possibly possible perhaps potential potentially likely probably putative
preliminary whether unclear unknown
""",
)
_REACH = 5  # words that a negation governs

# Each stands for its right-hand side and the other way round; the first mention of a word counts.
_OPPOSITES_TEXT = """
increase/decrease increases/decreases increased/decreased increasing/decreasing higher/lower
high/low highest/lowest greater/smaller more/less most/least raises/lowers raise/lower
raised/lowered elevated/reduced elevates/reduces elevate/reduce enhances/impairs enhance/impair
enhanced/impaired enhancing/impairing improves/worsens improve/worsen improved/worsened
improving/worsening improvement/deterioration promotes/inhibits promote/inhibit promoted/inhibited
promoting/inhibiting activates/inhibits activate/inhibit activated/inhibited activation/inhibition
activating/inhibiting induces/prevents induce/prevent induced/prevented inducing/preventing
stimulates/suppresses stimulate/suppress stimulated/suppressed upregulates/downregulates
upregulated/downregulated upregulation/downregulation gain/loss longer/shorter larger/smaller
faster/slower better/worse best/worst stronger/weaker accelerates/slows outperforms/underperforms
outperform/underperform positive/negative positively/negatively superior/inferior
facilitates/hinders facilitate/hinder enables/prevents protects/harms protect/harm above/below
reduction/increase reductions/increases reduces/increases reduce/increase reduced/increased
reducing/increasing lowers/raises suppression/enhancement suppressing/enhancing attenuates/enhances
attenuate/enhance attenuated/enhanced diminishes/increases diminished/increased declines/grows
decline/growth blocks/allows block/allow blocked/allowed abolishes/maintains effective/ineffective
sensitive/insensitive able/unable dependent/independent present/absent presence/absence
likely/unlikely related/unrelated necessary/unnecessary required/dispensable important/unimportant
deficiency/excess sufficient/insufficient susceptible/resistant sensitivity/resistance early/late
earlier/later many/few majority/minority benefit/harm beneficial/harmful safe/unsafe common/rare
frequent/infrequent always/never upstream/downstream active/inactive stable/unstable survival/death
consistent/inconsistent healthy/diseased accurate/inaccurate capable/incapable known/unknown
affected/unaffected similar/different strong/weak rise/fall rises/falls
"""
_OPPOSITES = _OPPOSITES_TEXT.split()


def _opposites() -> dict[str, str]:
    pairs = [(left, right) for left, _, right in (p.partition("/") for p in reversed(_OPPOSITES))]
    return {right: left for left, right in pairs} | dict(pairs)


_OPPOSITE = _opposites()
_NEGATED = re.compile(
    r"\b(?:(?:do|does|did) not|(is|are|was|were|can|could|has|have|had|will) not|(cannot)|(without)"
    r"|not|no|never|fails? to|lacks?)\b ?",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|can|could|may|might|has|have|will|does|do|must|should)\b", re.IGNORECASE
)
_VERB = re.compile(r"(?<=[\w)] )([a-z]{2,40}[^su\W])s\b(?! of)")
_LETTERS = re.compile(r"[A-Za-z]+")


def negated(word: Word) -> bool:
    """Whether the word negates by itself."""
    return _says_not(word) or word.lower in _NEGATING


def _says_not(word: Word) -> bool:
    return word.lower in _NOT or word.lower.endswith("n't")


def plainly_negated(words: Sequence[Word]) -> bool:
    """Whether a text holds "not", "no", "never" or the like."""
    return any(map(_says_not, words))


def direction(word: Word) -> int:
    """1 for more, -1 for less, 0 for neither."""
    return 1 if word.lower in _UP else -1 if word.lower in _DOWN else 0


def directions(words: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    """(place, 1 or -1) of each word of direction; a negation turns the next one round."""
    found: list[tuple[int, int]] = []
    pending = [-_REACH - 1]  # where negations wait for a word of direction
    for place, word in enumerate(words):
        if negated(word):
            pending.append(place)
        sign = direction(word)
        if sign:
            flips = sum(place - before <= _REACH for before in pending)
            found.append((place, -sign if flips % 2 else sign))
            pending = []
    return tuple(found)


def hedged(words: Sequence[Word]) -> bool:
    """Whether a text holds back: may, suggests, ..."""
    return any(word.lower in _HEDGES for word in words)


def opposite(claim: str) -> str:
    """The claim turned round, roughly: a negation dropped, a word replaced by its opposite, or
    "not" put in. Meant for an embedder, which doesn't mind the grammar.
    """
    words = [match for match in _LETTERS.finditer(claim) if match[0].lower() in _OPPOSITE]
    if not words or _NEGATED.search(claim):
        return denied(claim)
    word = next((w for w in words if w[0].endswith(("s", "ed", "er"))), words[-1])
    return claim[: word.start()] + _OPPOSITE[word[0].lower()] + claim[word.end() :]


def denied(claim: str) -> str:
    """The claim with its first negation dropped, or with one put in."""
    found = _NEGATED.search(claim)
    if found:
        instead = found[1] or ("can" if found[2] else "with" if found[3] else "")
        return claim[: found.start()] + instead + " " * bool(instead) + claim[found.end() :]
    found = _AUXILIARY.search(claim)
    if found:
        return f"{claim[: found.end()]} not{claim[found.end() :]}"
    found = _VERB.search(claim)
    if found:
        return f"{claim[: found.start()]}does not {found[1]}{claim[found.end() :]}"
    return f"It is not true that {claim}"


_HEDGING = re.compile(
    r"\b(?:(may|might|could) be|(?:may|might|could|possibly|potentially|likely|probably|perhaps)"
    r"|(?:appears?|seems?) to(?: be)?) ",
    re.IGNORECASE,
)


def hedge_free(text: str) -> str:
    """The text as if its author were sure."""
    return _HEDGING.sub(lambda found: "is " if found[1] else "", text)
