"""The prompts: every placeholder is filled, nothing else is."""

import pytest

import prompts


def test_all_templates_load_and_name_their_variables():
    assert prompts.names() == (
        "answer_length_long",
        "answer_length_normal",
        "answer_length_short",
        "answer_reminder",
        "answer_system",
        "answer_user",
        "answer_user_followup",
        "draft_comparison",
        "draft_numeric",
        "draft_single_fact",
        "draft_system",
        "draft_unanswerable_near",
        "draft_user",
        "judge_claim_system",
        "judge_claim_user",
        "judge_eval_controls",
        "judge_eval_groundedness",
        "judge_eval_points",
        "judge_eval_relevance",
        "judge_eval_user",
        "plan_system",
        "plan_user",
    )
    assert prompts.variables("answer_system") == {"fence", "length", "sentinel"}
    for name in prompts.names():
        filled = prompts.render(name, **{v: f"<{v}>" for v in prompts.variables(name)})
        assert "{{" not in filled
        assert all(f"<{v}>" in filled for v in prompts.variables(name))


def test_a_missing_and_an_unknown_variable_are_named():
    with pytest.raises(prompts.PromptError, match=r"answer_system\.txt: without a value: fence"):
        prompts.render("answer_system", length="l", sentinel="x")
    with pytest.raises(prompts.PromptError, match="not in the file: colour"):
        prompts.render("answer_system", fence="f", length="l", sentinel="x", colour="red")


def test_values_are_not_read_as_templates():
    filled = prompts.render("answer_user", evidence="{{question}}", question="why?", sentinel="S")
    assert "{{question}}" in filled
    assert filled.count("why?") == 1


@pytest.mark.parametrize("name", ["nothing", "../secret", "Answer"])
def test_unknown_templates_are_refused(name):
    with pytest.raises(prompts.PromptError):
        prompts.text(name)


@pytest.mark.parametrize("template", ["{{ name }}", "{{Name}}", "{{name}", "name}}"])
def test_a_malformed_placeholder_is_an_error(template):
    with pytest.raises(prompts.PromptError, match=r"broken\.txt"):
        prompts.check(template, "broken")


def test_the_fingerprint_follows_the_text():
    one = prompts.fingerprint(["answer_system", "answer_user"])
    assert one == prompts.fingerprint(["answer_user", "answer_system"])
    assert one != prompts.fingerprint(["answer_system"])
    assert len(one) == 12
