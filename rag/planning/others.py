"""Does a question ask for other papers than those that were spoken of? From its words. Pure."""

from __future__ import annotations

import re

_WORK = r"(?:papers?|works?|stud(?:y|ies)|articles?|research|methods?|approach(?:es)?|ones?)"
_OTHERS = re.compile(
    rf"\b(?:another|(?:any|some|an|other)\s?other|other|different|similar|related|further|more|"
    rf"newer|later|alternative)\s+{_WORK}\b|"
    r"\b(?:another|a (?:different|similar|related))\s+(?:model|data ?set|set|benchmark|system|tool|"
    r"technique|test)\b|"
    r"\b(?:any|some)\s?(?:thing|one|body)?\s+(?:others?|else|similar|alternatives?|comparable)\b|"
    r"\b(?:who|what|anything|anyone|anybody|something) else\b|"
    r"\b(?:something|anything|one|that|it|work|set|papers?|model|research)\s+"
    r"(?:\w+\s)?(?:like|similar to|along|comparable to)\s+"
    r"(?:it|that|this|those|these|the same)\b|"
    r"\b(?:is|are|was|were)\s+there\s+(?:also\s+)?(?:an?|any|some|other|more)?\s*"
    r"(?:\w+\s)?(?:papers?|works?|stud(?:y|ies)|research|something|anything|anyone|anybody|one)\b|"
    r"\b(?:has|have|did|does)\s+(?:anyone|anybody|someone|somebody|something|others|other "
    r"(?:people|groups|teams))\b|"
    r"\banything (?:for|on|about) (?:that|this|it)\b|\bbuilt the same way\b|\bthe same "
    r"(?:idea|thing|trick|approach)\b[^?.]*\b(?:for|with|on|in|to)\b|"
    r"\b(?:its|the|their|his) (?:predecessor|successor|follow-?up|sequel)\b|"
    r"\bthe (?:original|earlier|previous|older|newer|next) (?:version|paper|one|work)\b|"
    r"\b(?:another|a (?:newer|later)) version\b|"
    r"^\W*(?:\w+\W+){0,4}?(?:what|how) about\b[^?.]*\b(?:instead of|rather than)\b|"
    r"\b(?:which|any) others?\b|\balternatives?\b",
    re.IGNORECASE,
)


def asks_for_others(question: str) -> bool:
    """Whether a follow-up wants related papers, not those that were spoken of.

    "Has something like that been done for Portuguese?", "And its predecessor?", "Is there another
    one for audio?"
    """
    return _OTHERS.search(question) is not None
