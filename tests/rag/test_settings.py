"""Settings: argument before environment before default, and what each may be."""

import pytest

from index.errors import ConfigError
from rag.settings import Settings


def test_prices_and_cache_come_from_the_environment():
    env = {"PAPERCHAT_PRICES": "0.25,2", "PAPERCHAT_CACHE": "1"}
    settings = Settings.from_env(env)
    assert (settings.prices, settings.cache) == ("0.25,2", True)
    settings = Settings.from_env(env, prices="1,1", cache=False)
    assert (settings.prices, settings.cache) == ("1,1", False)
    assert Settings.from_env({}) == Settings()
    assert Settings().cache is False


@pytest.mark.parametrize(
    ("value", "on"), [("on", True), ("TRUE ", True), ("0", False), ("off", False), ("", False)]
)
def test_a_switch_is_read_as_people_write_it(value, on):
    assert Settings.from_env({"PAPERCHAT_CACHE": value}).cache is on


def test_how_long_answers_are():
    assert Settings().length == "normal"
    assert Settings.from_env({"PAPERCHAT_LENGTH": "long"}).length == "long"
    assert Settings.from_env({"PAPERCHAT_LENGTH": "long"}, length="short").length == "short"
    with pytest.raises(ConfigError, match=r"length must be one of short, normal, long, not 'tiny'"):
        Settings.from_env({"PAPERCHAT_LENGTH": "tiny"})


def test_how_sure_answers_have_to_be():
    assert Settings().strictness == "normal"
    env = {"PAPERCHAT_STRICTNESS": "strict"}
    assert Settings.from_env(env).strictness == "strict"
    assert Settings.from_env(env, strictness="lenient").strictness == "lenient"
    with pytest.raises(ConfigError, match=r"strictness must be one of lenient, normal, strict"):
        Settings(strictness="severe")


@pytest.mark.parametrize("strictness", ["lenient", "normal", "strict"])
def test_what_becomes_of_unsupported_claims_counts_before_strictness(strictness):
    assert Settings(strictness=strictness, unsupported="show").withheld == set()
    assert "unsupported" in Settings(strictness=strictness, unsupported="withhold").withheld
    by_itself = Settings(strictness=strictness).withheld
    assert ("unsupported" in by_itself) == (strictness != "lenient")
    assert ("weak" in by_itself) == (strictness == "strict")
    with pytest.raises(ConfigError, match="unsupported must be one of withhold, show"):
        Settings(strictness=strictness, unsupported="mark")


def test_values_that_mean_nothing_are_errors():
    with pytest.raises(ConfigError, match="PAPERCHAT_CACHE"):
        Settings.from_env({"PAPERCHAT_CACHE": "perhaps"})
    with pytest.raises(ConfigError, match="prices"):
        Settings.from_env({"PAPERCHAT_PRICES": "cheap"})
    with pytest.raises(ConfigError, match="prices"):
        Settings(prices="1")
