"""Conditions on titles, on words, on who a paper is by, and on what is known of it, in words."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.collection.facets import CollectionFacets
from rag.collection.parsing.rest import Rest, words
from rag.collection.query import Conditions

_QUOTED = r"[\"“”„‘'`«](?P<quoted>[^\"“”‘’'`«»]{1,80})[\"”“’'`»]"
_BARE = r"(?P<bare>[^\s\"“”'?.,;¦]+)"
_TERM = rf"(?:the )?(?:(?:word|term|phrase|name|string)s? )?(?:{_QUOTED}|{_BARE})"
_HOLDS = (
    r"(?:contain(?:s|ing)?|includ(?:es?|ing)|mention(?:s|ing)?|ha(?:s|ve"
    r"|ving)|hold(?:s|ing)?|with|us(?:es?|ing))"
)
_TITLES = (
    ("has",
        rf"(?:with|whose|have|has|having|in)?\s*(?:an? |the |their )?titles? "
        rf"(?:that |which )?{_HOLDS} {_TERM}"),
    ("has",
        rf"(?:with|have|has|having|containing|contain|mention|mentioning"
        rf"|using) {_TERM} in (?:the|their|its) titles?"),
    ("starts",
        rf"(?:with|whose|have|has|having)?\s*(?:an? |the |their )?titles? "
        rf"(?:that |which )?(?:start|begin)(?:s|ning|ing)? with {_TERM}"),
)  # fmt: skip
_TITLE_FORMS = tuple((how, re.compile(rf"(?<![\w-]){form}", re.I)) for how, form in _TITLES)
_QUESTION_MARK = words(
    r"(?:(?:with|whose|have|has|having) )?(?:an? |the |their )?titles? (?:that |which )?"
    r"(?:(?:is|are) (?:an? )?questions?|end(?:s|ing)? (?:with|in) an? question mark"
    r"|(?:is|are) phrased as (?:an? )?questions?)"
)
_NAME = r"(?P<bare>[^\s\"“”'?.,;¦]+(?: (?-i:[A-Z0-9])[^\s\"“”'?.,;¦]*){0,3})"
_MENTION = re.compile(
    rf"(?<![\w-])(?P<verb>mention|contain)(?:s|ing)? (?:the )?(?P<literal>"
    rf"(?:word|term|phrase|name) )?(?:{_QUOTED}|{_NAME})"
    r"(?=\s*(?:$|[?.!¦]|in (?:the|their) abstracts?\b|(?:from|in|since"
    r"|before|after|by|with|on|anywhere|at all)\b))",
    re.IGNORECASE,
)
_NAME_LIKE = re.compile(r".*(?:[A-Z].*[A-Z]|[a-z].*[A-Z]|\d)")
_IN_ABSTRACT = words(r"in (?:the|their) (?:title or )?abstracts?")

_LACK = (
    r"(?:without|with no|with (?:an? )?(?:unknown|missing)|(?:have|has|having) no"
    r"|lack(?:s|ing)?|missing|(?:do|does)(?:n't| not) (?:have|carry|list"
    r"|show|give)|that (?:have|has) no|carry(?:ing)? no)"
)
_HAVE = (
    r"(?:with|have|has|having|names?|naming|carry|carries|carrying|lists?|listing|gives?|giving"
    r"|shows?|showing|comes? with)"
)
_ARTICLE = r" (?:an? |any |the |their )?(?:known |listed |given |publication )*"
_KINDS = {
    "dated": r"dates?(?! (?:of|in|from|before|after|\d))",
    "counted": r"(?:author (?:count|number|info(?:rmation)?)s?|numbers? of authors|author data)",
    "with_organisation": r"(?:organi[sz]ations?|affiliations?|compan(?:y|ies)|institutions?)",
}
_PRESENCE = tuple(
    (
        name,
        known,
        words(
            rf"(?:(?:that|which|but|and) )?{verb}{_ARTICLE}{noun}(?: (?:given|listed"
            rf"|at all|recorded|attached|known))?"
        ),
    )
    for name, noun in _KINDS.items()
    for known, verb in ((False, _LACK), (True, _HAVE))
)
_UNDATED = words(r"undated", r"(?:is|are) not dated")
_DATED = words(
    r"(?:is|are) dated(?=\s*(?:$|[?.!¦]))", r"dated(?= (?:papers|entries|articles|ones))"
)
_NOUNS = (
    r"(?:papers?|articles?|publications?|works?|entries|studies|anything"
    r"|everything|something|ones?)"
)
_BY = re.compile(
    rf"(?P<lead>{_NOUNS} (?:(?:that )?(?:are|is|were|was|come|comes"
    rf"|came) )?(?:(?:written|published|authored|released|put out) )?"
    r"|\bdid |¦\s*)(?:by|from|out of) (?:the (?:company|lab|organi[sz]ation|author|group) )?"
    r"(?P<who>[A-Z][\w&.’'-]*(?: (?:of |and |for |de |van |von )?[A-Z][\w&.’'-]*){0,4})",
)


def take_titles(rest: Rest, conditions: Conditions) -> Conditions:
    """With the conditions on titles and on literal words."""
    if rest.take(_QUESTION_MARK):
        conditions = replace(conditions, title_ends="?")
    for how, form in _TITLE_FORMS:
        match = rest.take(form)
        if match is None:
            continue
        term = _term(match)
        if how == "starts":
            return replace(conditions, title_starts=term)
        return replace(conditions, title_has=(*conditions.title_has, term))
    match = _MENTION.search(rest.text)
    if match and (match["literal"] or match["quoted"] or _is_name(match)):
        rest.cut(match.start(), match.end())
        rest.take(_IN_ABSTRACT)
        conditions = replace(conditions, mentions=(_term(match),))
    return conditions


def _is_name(match: re.Match[str]) -> bool:
    """Whether it is written like a name; what papers "contain" needs more than one capital."""
    proper = match["verb"].lower() == "mention" and match["bare"][0].isupper()
    return proper or _NAME_LIKE.match(match["bare"]) is not None


def _term(match: re.Match[str]) -> str:
    return " ".join((match["quoted"] or match["bare"]).split())


def take_presence(rest: Rest, conditions: Conditions) -> Conditions:
    """With conditions on whether a date, an author count or an organisation is known."""
    if rest.take(_UNDATED):
        conditions = replace(conditions, dated=False)
    elif rest.take(_DATED):
        conditions = replace(conditions, dated=True)
    for name, known, pattern in _PRESENCE:
        if getattr(conditions, name) is None and rest.take(pattern):
            values = {name: known}
            conditions = Conditions(
                **{field: getattr(conditions, field) for field in Conditions.__slots__} | values
            )
    return conditions


def take_by(rest: Rest, conditions: Conditions, facets: CollectionFacets) -> Conditions:
    """With the organisation or author that papers must be by."""
    match = _BY.search(rest.text)
    if match:
        lead = match["lead"] if match["lead"].strip() != "¦" else ""
        rest.cut(match.start() + len(lead), match.end())
        return replace(conditions, by=match["who"].rstrip(".,'’"))
    folded = rest.text.casefold()
    for name in facets.organisations:
        if name.casefold() not in folded:
            continue  # thousands of patterns would be dear to compile
        pattern = re.compile(
            rf"(?<!\w)(?:(?:by|from|at) )?{re.escape(name)}(?:['’]s?)?"
            rf"(?= {_NOUNS}\b|\s*(?:$|[?.!¦]))",
            re.I,
        )
        if rest.take(pattern):
            return replace(conditions, by=name)
    return conditions
