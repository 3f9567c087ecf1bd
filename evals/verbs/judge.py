"""The verb ``judge``: a kept run, judged by a language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evals.judge import AT_ONCE
from evals.terminal import guarded, note
from evals.verbs.options import DebugFlag, HtmlOption, JsonFlag, MarkdownFlag, RunArgument
from evals.verbs.telling import keep_html, show_report
from index.errors import ConfigError

if TYPE_CHECKING:
    from evals.runs import SavedRun
    from rag.models import ChatModel


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    example = "Example: PROG judge runs/first --judge openai:gpt-5-mini"
    app.command(name="judge", epilog=example)(_judge)


def _judge(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    run_folder: RunArgument,
    judge: Annotated[str, typer.Option(metavar="MODEL", help="The model that judges.")],
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Questions at a time.")] = AT_ONCE,
    offline: Annotated[bool, typer.Option("--offline", help="Never open a connection.")] = False,
    html: HtmlOption = None,
    as_json: JsonFlag = False,
    markdown: MarkdownFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Let a language model judge the answers of a kept run; none is asked for again.

    Goes on where it was ended: what the same model has judged with the same prompts is kept.
    """

    def work() -> None:
        from evals.judge.judging import judge_model
        from evals.runs import load_run
        from rag.settings import Settings

        model = judge_model(Settings.from_env(offline=offline), judge)
        kept = judged(load_run(run_folder), model, concurrency)
        show_report(kept.report or {}, as_json=as_json, markdown=markdown)
        note(f"kept in {kept.folder}")
        keep_html(kept, html)
        require_replies(kept)

    guarded(work, debug=debug or bool(ctx.obj))


def judged(kept: SavedRun, model: ChatModel, at_once: int = AT_ONCE) -> SavedRun:
    """The run with what the judge says of it. Raises ConfigError as ``judge_run`` does."""
    from evals.judge.judging import judge_run

    try:
        return judge_run(kept, model, at_once=at_once)
    except ConfigError:  # to go on with the same would end in the same
        raise
    except BaseException:
        note(f"not ended; go on with: eval judge {kept.folder} --judge {model.spec}")
        raise


def require_replies(kept: SavedRun) -> None:
    """Raises ConfigError where the judge was asked, and no reply of it could be used."""
    usable, asked = (kept.report or {}).get("judge_replies", (0, 0))
    if asked and not usable:
        raise ConfigError("no reply of the judge could be used; see above for why")
