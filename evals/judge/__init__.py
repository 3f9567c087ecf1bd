"""A language model as judge of kept answers, beside the measures that need none.

LlamaIndex's evaluators are not used: each is one template, one call and a parser of one score; what
is needed here (a verdict an item, a reply that was cut off told from a whole one, text of others
fenced off, controls) would stand around them, not in them.
"""

AT_ONCE = 8
"""Questions to a judge at a time, unless another number is given."""
