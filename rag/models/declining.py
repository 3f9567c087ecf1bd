"""Recognises a refusal of the model's own, such as "I'm sorry, but I can't help with that"."""

from __future__ import annotations

import re

LONGEST = 400
"""Characters; what is longer says something besides the refusal."""

_ALWAYS = (
    *("as an ai", "as a language model", "as a large language model", "i'm an ai", "i am an ai"),
    *("als ki", "als sprachmodell", "als ein ki", "als großes sprachmodell"),
    *("en tant qu'ia", "en tant que modèle de langage", "en tant qu'intelligence artificielle"),
    *("como modelo de lenguaje", "como una ia", "como ia", "como modelo de linguagem"),
    *("como uma ia", "come modello linguistico", "come ia", "как языковая модель"),
    *("作为一个人工智能", "作为一个ai", "作为一名ai", "作为ai", "作为人工智能", "作为一个语言模型"),
    *("ai言語モデルとして", "aiとして", "저는 ai", "ai 언어 모델로서"),
)
_SORRY = (
    *("i'm sorry", "i am sorry", "sorry", "i apologize", "i apologise", "my apologies"),
    *("i can't", "i cannot", "i can not", "i won't", "i'm unable", "i am unable", "i'm not able"),
    *("i am not able", "unfortunately", "es tut mir leid", "tut mir leid", "entschuldigung"),
    *("ich kann", "leider kann ich", "je suis désolé", "désolé", "je ne peux pas"),
    *("lo siento", "no puedo", "desculpe", "sinto muito", "não posso", "mi dispiace", "non posso"),
    *("抱歉", "很抱歉", "非常抱歉", "对不起", "我无法", "我不能", "申し訳", "すみません", "죄송"),
    *("к сожалению", "извините", "я не могу"),
)
_OPENINGS = (*_ALWAYS, *_SORRY)
_UNABLE = re.compile(
    r"\b(?:can't|cannot|can not|won't|unable to|not able to|not comfortable)\s(?:\w+\s){0,2}?"
    r"(?:help|assist|answer|respond|comply|provide|discuss|fulfil\w*|continue|engage|support|do)"
    r"|\bkann\b.{0,60}\bnicht\b.{0,40}(?:helfen|antworten|unterstützen|dienen)"
    r"|\bne (?:peux|suis) pas\b|\bno puedo\b|\bno me es posible\b|\bnão (?:posso|consigo)\b"
    r"|\bnon posso\b|无法|不能|できません|でき(?:かねます|ない)|수 없|\bне могу\b"
)
_SPEAKS_OF_THE_PAPERS = re.compile(
    r"\b(?:papers?|abstracts?|evidence|excerpts?|passages?|context|sources?|documents?|sentences?|"
    r"provided|given|available|information|mention\w*|contain\w*|quellen|arbeiten|artikeln?|"
    r"articles?|résumés?|extraits?|artículos?|resúmenes|artigos?|resumos?|articoli|fuentes|fontes)\b"
    r"|论文|摘要|文献|資料|論文|要旨|논문|초록|стать|аннотаци"
)


def may_decline(text: str) -> bool:
    """Whether a reply that begins like this could turn out to be such a refusal."""
    said = _plain(text)
    return len(text) <= LONGEST and any(
        said.startswith(opening) or opening.startswith(said) for opening in _OPENINGS
    )


def declines(text: str) -> bool:
    """Whether a whole reply without citations is one: short, and opening as one.

    What says "sorry" and speaks of the papers is none: that is a finding about them.
    """
    said = _plain(text)
    if len(text) > LONGEST:
        return False
    if said.startswith(_ALWAYS):
        return True
    unable = said.startswith(_SORRY) and _UNABLE.search(said) is not None
    return unable and _SPEAKS_OF_THE_PAPERS.search(said) is None


def _plain(text: str) -> str:
    words = " ".join(text[: LONGEST + 1].casefold().replace("’", "'").split())
    return words.lstrip(" *_#>\"'-“„")
