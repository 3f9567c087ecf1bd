"""Earlier turns, from the ``{"role", "content"}`` messages that files and endpoints carry."""

from __future__ import annotations

from index.errors import ConfigError
from rag.types import Turn


def turns_from_messages(messages: object) -> tuple[Turn, ...]:
    """Question and answer pairs, oldest first.

    A question that was never answered becomes a turn with an empty answer; neighbouring messages
    of one role are joined; system messages are left out. Raises ConfigError for anything that is
    not a list of messages, and for an answer that no question came before.
    """
    if not isinstance(messages, list):
        raise ConfigError('must be a list of {"role", "content"} messages')
    turns: list[Turn] = []
    last = ""
    for number, message in enumerate(messages, start=1):
        role, content = _message(message, number)
        if role == "system":
            continue
        if role == "user" and last == "user":
            turns[-1] = Turn(f"{turns[-1].question}\n{content}", "")
        elif role == "user":
            turns.append(Turn(content, ""))
        elif not turns:
            raise ConfigError(f"message {number} is an answer, but no question comes before it")
        else:
            earlier = turns[-1].answer
            text = f"{earlier}\n{content}" if earlier else content
            turns[-1] = Turn(turns[-1].question, text)
        last = role
    return tuple(turns)


def _message(message: object, number: int) -> tuple[str, str]:
    if not isinstance(message, dict):
        raise ConfigError(f'message {number} is not a {{"role", "content"}} object')
    role, content = message.get("role"), message.get("content")
    if role not in ("user", "assistant", "system"):
        raise ConfigError(f'message {number} has the role {role!r}; write "user" or "assistant"')
    if not isinstance(content, str):
        raise ConfigError(f'message {number} has no text in "content"')
    return role, content
