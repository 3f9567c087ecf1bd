"""What is no question: greetings, thanks, and asking what can be asked."""

from __future__ import annotations

import re

from rag.collection.query import CollectionQuery

_LONGEST = 80  # characters
_HELLO = (
    r"(?:hi(?: there)?|hello(?: there)?|hey(?: there)?|hiya|howdy|greetings|"
    r"good (?:morning|afternoon|evening|day)|how are you(?: (?:doing|today))?|what['’]?s up|yo)"
)
_THANKS = (
    r"(?:(?:many |great )?thanks(?: a lot| so much| very much)?|thank you(?: so much| very much)?|"
    r"thx|ty|cheers|much appreciated|that(?: was|['’]s| is) (?:very )?helpful|good ?bye|"
    r"bye(?: bye)?|see you)"
)
_HELP = (
    r"(?:(?:please )?help(?: me)?|who are you|what are you|what can (?:you (?:do|answer|help with|"
    r"help me with)|i ask(?: you)?)|how (?:do|can) i use you|what do you do)"
)
_NO_QUESTION = re.compile(
    rf"(?:(?:ok(?:ay)?|great|nice|cool|perfect|{_HELLO}|{_THANKS}|{_HELP})\b[\s,.!?…]*){{1,4}}"
    r"(?:(?:for (?:that|this|your help|everything)|everyone|all|paperchat|friends?)[\s,.!?…]*)?",
    re.IGNORECASE,
)


def parse_greeting(text: str) -> CollectionQuery | None:
    """A query of kind "help", if the text is a greeting, thanks or a call for help alone."""
    if len(text) > _LONGEST or not _NO_QUESTION.fullmatch(text):
        return None
    return CollectionQuery("help")
