"""Products of matrices that stay on the thread that asks for them. Pure."""

from __future__ import annotations

import numpy as np

from index.embedding import Vectors

_ALONE = 2**18


def product(left: Vectors, right: Vectors) -> Vectors:
    """``left @ right``, some rows at a time.

    OpenBLAS takes all cores for a product of more than 2**18 multiplications, and its threads
    then spin for milliseconds, in which the model's threads lack those cores: twice the processor
    time for every chunk and question.
    """
    rows = max(1, _ALONE // max(right.size, 1))
    found = np.empty((len(left), right.shape[1]), np.float32)
    for start in range(0, len(left), rows):
        np.matmul(left[start : start + rows], right, out=found[start : start + rows])
    return found
