"""The topic in what is left of a question, and whether anything is left that says something."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.collection.alternatives import ways_of
from rag.collection.parsing.listing import asks_for_papers
from rag.collection.parsing.rest import CUT, Rest

NOUNS_TEXT = """
papers paper articles article publications publication works work abstracts abstract entries entry
studies study preprints preprint titles title
"""
NOUNS = NOUNS_TEXT.split()
_NOUN = rf"(?:{'|'.join(NOUNS)})"
_SCOPE = re.compile(
    r"(?<!\w)(?:(?:are |is |you have |we have |do (?:you|we) have |there )*"
    r"(?:in|of|from|within|inside|across|among(?:st)?|over) (?:(?:the"
    r"|this|your|our|my|these|all) )*"
    r"(?:whole |entire |saved |present |current |full )*"
    r"(?:collection|corpus|store|database|db|library|set|archive|index"
    r"|catalog(?:ue)?|papers? here|papers|pile)"
    r"|in (?:here|total|all|there)|here|altogether|overall|going by "
    r"(?:the |their )?(?:listed |given )?dates?"
    r"|(?:according to|judging by|by) (?:the |their )?(?:listed |given "
    r"|publication )?(?:dates?|metadata)"
    r"|by (?:publication )?date|in terms of dates?)(?!\w)",
    re.IGNORECASE,
)
_FILLER_TEXT = """
a about all already also am among an and any anything appear appeared appearing appears are as at
available back based be bear bears been being bring by came can carries carry carrying collection
come comes coming contain contains corpus could count credited database date dated dates dating
day days did display distinct do does each entire enumerate everything exactly exist exists fall
falls fetch find for from full get give given got had happen has have having hello here hey hi
hold holds how i i'd i'm in included indexed interested is it kind kindly know let library lie
like list listed lists long look looking many me month months my name names need new now number of
on one ones originate originates our out please posted present publication published put release
released return saved see seen set show shown shows single so some something store stored stuff
submitted tell thank thanks that the their there there's these they this those to together total
turn turned uploaded us want wanted was we were what what's whats when which who whole whose will
with would written year years yet you your
"""
_FILLER = frozenset(_FILLER_TEXT.split()) | frozenset(NOUNS)
_ABOUT = re.compile(
    r"(?<![\w-])(?:(?:that|which|who|to) )?(?:(?:is|are|was|were|be"
    r"|being|have to|has to) )?(?:do with )?"
    r"(?:(?:primarily|mainly|mostly|specifically|explicitly|directly|really|actually) )?"
    r"(?P<marker>about|on the (?:topic|subject|theme) of|on|regarding"
    r"|concerning|deal(?:s|ing)? with|dealt with"
    r"|discuss(?:es|ing)?|address(?:es|ing)?|cover(?:s|ing)?(?: the topic of)?"
    r"|relat(?:ed|ing) to|relate to"
    r"|focus(?:es|ed|ing)? on|devoted to|dedicated to|touch(?:es|ing)?(?: (?:on|upon))?"
    r"|stud(?:y|ies|ying)|investigat(?:e|es|ing)|explor(?:e|es|ing)"
    r"|examin(?:e|es|ing)|tackl(?:e|es|ing)|treat(?:s|ing)?"
    r"|in the (?:field|area|domain) of|involv(?:e|es|ing)|work(?:s|ing)? on"
    r"|look(?:s|ing)? at|concern(?:s|ed with)"
    r"|us(?:e|es|ing)|apply(?:ing)?|appl(?:ies)|employ(?:s|ing)?|mention(?:s|ing)?) "
    rf"(?P<topic>[^?!{CUT};:]{{2,120}}?)\s*(?=$|[?!{CUT};]|\.\s*$)",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?: (?:came|come|coming|out|appear(?:ed)?|published|released|are|is|was|were|there"
    r"|exist|do|does|did|you|we|have|has|had|dated|that|which|in|from|of|by|with|and|here|been"
    r"|written))+ ?$",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[\w+#]+(?:[-'’./][\w+#]+)*")
_NO_TOPIC_TEXT = """
that which who whose how why what when where is are was were do does did can could should would
without not than if while because it they them these those this its their each both more less most
least better worse instead versus vs compared even still also only but you your i my we our us so
there here any either neither whether same different new between
"""
_NO_TOPIC = frozenset(_NO_TOPIC_TEXT.split())
_LONGEST = 6  # content words of a topic
_EMPTY_TEXT = "a an the of for in and or to with on by at from"
_EMPTY = frozenset(_EMPTY_TEXT.split())


def clean(text: str) -> str:
    """The text without what names the collection as a whole."""
    return _SCOPE.sub(" ", text)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is left of a question: its topic, if any. ``listing``: it asks for papers on it."""

    topic: str | None = None
    listing: bool = False


def split_topic(rest: Rest) -> Subject | None:
    """The topic; None where words are left that say something else."""
    text = clean(rest.text)
    match = _ABOUT.search(text)
    while match and not says_nothing(text[: match.start()]):
        match = _ABOUT.search(text, match.start() + 1)
    if match and match["marker"].lower() == "on" and says_nothing(match["topic"]):
        match = None
    if match:
        topic = _TRAILING.sub("", match["topic"]).strip(" ,.'\"“”")
        if not (says_nothing(text[match.end() :]) and is_topic(topic)):
            return None
        before = text[: match.start("marker")]
        return Subject(topic, asks_for_papers(before, match["marker"], topic))
    return Subject() if says_nothing(text) else _before_noun(text)


def _before_noun(text: str) -> Subject | None:
    """ "federated learning papers": words right before the noun."""
    tokens = list(_WHOLE.finditer(text))
    for place, token in enumerate(tokens):
        if token[0].lower() not in NOUNS or place == 0:
            continue
        first = place
        while first and tokens[first - 1][0].lower() not in _FILLER:
            first -= 1
        start, end = tokens[first].start(), token.start()
        if first == place or CUT in text[start:end]:
            continue
        topic = text[start:end].strip(" ,.'\"“”")
        if says_nothing(f"{text[:start]} {text[end:]}") and is_topic(topic):
            return Subject(topic, asks_for_papers(text[:start] + text[end:], "", topic))
    return None


def says_nothing(text: str) -> bool:
    """Whether only words are left that belong to any question about a collection."""
    if re.search(r"[^\w\s¦?!.,;:'’\"“”()\-–&]", text):
        return False
    return all(word[0].lower().replace("’", "'") in _FILLER for word in _WHOLE.finditer(text))


def is_topic(text: str) -> bool:
    """Whether this can be a subject: a few words, and no clause."""
    found = [word[0].lower() for word in _WHOLE.finditer(text)]
    content = [word for word in found if word not in _EMPTY]
    if not content or len(content) > _LONGEST or re.search(r"[,\[\]{}<>=\\|]", text):
        return False
    if content[0] in NOUNS or all(word in _FILLER for word in content):
        return False
    return bool(ways_of(text)) and not any(word in _NO_TOPIC for word in found)
