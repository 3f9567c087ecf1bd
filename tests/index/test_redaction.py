"""Keys show in no log, whoever logs."""

import io
import logging

import pytest

from index.redaction import install, redact
from rag.settings import Settings

KEY = "my-very-own-secret"


@pytest.fixture
def record_factory():
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


def test_given_and_likely_keys_are_removed():
    text = f"{KEY} sk-abcdefgh12345678 Bearer abc.def http://me:pass@host/v1 sk-ip risk-taking"
    assert redact(text, [KEY, None]) == (
        "[key removed] [key removed] Bearer [key removed] http://[key removed]@host/v1 "
        "sk-ip risk-taking"
    )


def test_logs_hold_no_key(record_factory):
    install([KEY])
    written = io.StringIO()
    logger = logging.getLogger("paperchat.test")
    handler = logging.StreamHandler(written)
    logger.addHandler(handler)
    logger.propagate = False
    try:
        logger.warning("a key: %s", KEY)
        logger.warning({"headers": f"Bearer {KEY}"})
        try:
            raise ValueError(f"bad {KEY}")
        except ValueError:
            logger.exception("it failed")
    finally:
        logger.removeHandler(handler)
    assert KEY not in written.getvalue()
    assert written.getvalue().count("[key removed]") == 3
    assert "ValueError" in written.getvalue()


def test_settings_do_not_show_the_key():
    assert KEY not in repr(Settings(api_key=KEY))


def test_what_was_redacted_stays_as_it_is():
    once = redact("Bearer abc.def and http://me:pass@host/v1")
    assert redact(once) == once
