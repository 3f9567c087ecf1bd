"""What a person at the terminal gets of texts that others wrote."""

import pytest

from evals.terminal import note, put

EVIL = "A\x1b[2Jtitle\x9b1m \u202eof\r\tnew\nlines\x07"
SAFE = "A[2Jtitle1m of\tnew\nlines\n"


@pytest.mark.parametrize("say", [note, put])
def test_no_text_steers_the_terminal(say, capsys):
    say(EVIL)
    output = capsys.readouterr()
    assert (output.out + output.err).expandtabs() == SAFE.expandtabs()
