"""Options that more than one verb has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.terminal import DebugFlag

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MarkdownFlag = Annotated[bool, typer.Option("--markdown", help="Print Markdown.")]
RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]
BaselineOption = Annotated[
    Path | None, typer.Option(help="A run that the gate doesn't let this one be worse than.")
]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", help="Write the run as one HTML page to this file.")
]
JudgeOption = Annotated[
    str | None,
    typer.Option(metavar="MODEL", help="Let this model judge the answers, too: openai:MODEL."),
]
JunitOption = Annotated[Path | None, typer.Option(help="Write JUnit XML to this file.")]

__all__ = [
    "BaselineOption",
    "DebugFlag",
    "HtmlOption",
    "JsonFlag",
    "JudgeOption",
    "JunitOption",
    "MarkdownFlag",
    "RunArgument",
]
