"""How a reader wants answers: how long, how sure, and what becomes of unsupported claims."""

from typing import Literal

Length = Literal["short", "normal", "long"]
Strictness = Literal["lenient", "normal", "strict"]
Unsupported = Literal["withhold", "show"]
