"""Accounts: the file of them, and what the gate counts."""

from __future__ import annotations

import os
import stat

import pytest

from index.errors import ConfigError
from ui.accounts import Accounts, Cost, Hashed, check_name
from ui.gate import PAUSE, TRIES, Owners, Tries

CHEAP = Cost(2**4)


@pytest.fixture
def accounts(tmp_path) -> Accounts:
    return Accounts(tmp_path / "kept" / "accounts", cost=CHEAP)


def test_an_account_has_the_password_that_it_was_given(accounts):
    assert accounts.put("anna", "long enough")
    assert accounts.check("anna", "long enough")
    for name, password in [("anna", "long enougH"), ("Anna", "long enough"), ("", ""), ("ben", "")]:
        assert not accounts.check(name, password)
    assert not accounts.put("anna", "another one")
    assert accounts.check("anna", "another one")
    assert not accounts.check("anna", "long enough")
    assert accounts.names() == ("anna",)
    assert accounts.remove("anna")
    assert not accounts.remove("anna")
    assert "anna" not in accounts


def test_a_password_may_be_typed_in_either_unicode_form(accounts):
    accounts.put("anna", "caf\u00e9 au lait")
    assert accounts.check("anna", "cafe\u0301 au lait")


def test_the_file_is_its_owners_and_holds_no_password(accounts):
    accounts.put("anna", "long enough")
    assert stat.S_IMODE(accounts.path.stat().st_mode) == 0o600
    text = accounts.path.read_text()
    assert text.startswith("anna:scrypt$16$8$1$")
    assert "long enough" not in text
    assert [p.name for p in accounts.path.parent.iterdir()] in (
        ["accounts"],
        ["accounts", "accounts.lock"],
        ["accounts.lock", "accounts"],
    )


def test_a_change_by_another_process_is_seen(accounts):
    other = Accounts(accounts.path, cost=CHEAP)
    assert "anna" not in accounts
    other.put("anna", "long enough")
    assert accounts.check("anna", "long enough")
    other.remove("anna")
    assert not accounts.check("anna", "long enough")


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_file_that_others_may_read_is_refused(accounts):
    accounts.put("anna", "long enough")
    accounts.path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        Accounts(accounts.path).check("anna", "long enough")


@pytest.mark.parametrize(
    "name",
    ["", " ", "a b", "anna\n", "../x", "a:b", "-", ".a", "a.", "ann\u0430", "x" * 65, "a\0", "<b>"],
)
def test_odd_names_are_refused(accounts, name):
    with pytest.raises(ConfigError, match="not a name"):
        accounts.put(name, "long enough")
    assert not accounts.check(name, "long enough")


@pytest.mark.parametrize("name", ["a", "anna", "A-1", "anna.b_c@example.org", "x" * 64])
def test_plain_names_are_taken(name):
    check_name(name)


def test_names_that_differ_in_case_alone_are_refused(accounts):
    accounts.put("anna", "long enough")
    with pytest.raises(ConfigError, match="anna already"):
        accounts.put("Anna", "long enough")


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1001])
def test_a_password_has_a_length(accounts, password):
    with pytest.raises(ConfigError, match="characters"):
        accounts.put("anna", password)


@pytest.mark.parametrize(
    "line",
    [
        "anna",
        "anna:plain",
        "anna:md5$1$1$1$aa$aa",
        "anna:scrypt$3$8$1$YWE=$YWE=",
        "anna:scrypt$1073741824$8$1$YWE=$YWE=",
        "a b:scrypt$16$8$1$YWE=$YWE=",
    ],
)
def test_a_line_that_is_no_account_is_named(accounts, line):
    accounts.put("anna", "long enough")
    accounts.path.write_text(f"# mine\n\n{line}\n")
    with pytest.raises(ConfigError, match="line 3"):
        accounts.names()


def test_what_is_written_can_be_read():
    hashed = Hashed.of("long enough", CHEAP)
    assert Hashed.parse(str(hashed)) == hashed
    assert hashed.matches("long enough")
    assert "salt" not in repr(hashed)


def test_guessing_is_slowed_down_by_address():
    now = [0.0]
    tries = Tries(lambda: now[0])
    for _ in range(TRIES):
        assert tries.pause("10.0.0.1") == 0
        now[0] += 1
    assert tries.pause("10.0.0.1") == PAUSE - TRIES
    assert tries.pause("10.0.0.2") == 0
    now[0] = PAUSE
    assert tries.pause("10.0.0.1") == 0
    tries.forgive("10.0.0.1")
    assert [tries.pause("10.0.0.1") for _ in range(TRIES)] == [0] * TRIES


def test_an_ipv6_network_counts_as_one_address():
    tries = Tries(lambda: 0.0)
    for place in range(TRIES):
        assert tries.pause(f"2001:db8::{place}") == 0
    assert tries.pause("2001:db8::ffff") > 0
    assert tries.pause("2001:db8:0:1::1") == 0


def test_a_session_is_its_first_users():
    owners = Owners()
    assert owners.allows("anna", "s1")
    assert owners.allows("anna", "s1")
    assert not owners.allows("ben", "s1")
    for number in range(3_000):  # Ben can't push Anna's out
        assert owners.allows("ben", f"b{number}")
    assert not owners.allows("ben", "s1")
