import numpy as np
import pytest

from index.products import product


@pytest.mark.parametrize(
    ("rows", "inner", "columns"),
    [(0, 4, 3), (1, 600, 600), (5, 384, 128), (3_000, 16, 7), (2, 3, 0)],
)
def test_slices_make_the_same_product(rows: int, inner: int, columns: int) -> None:
    rng = np.random.default_rng(0)
    left = rng.normal(size=(rows, inner)).astype(np.float32)
    right = rng.normal(size=(inner, columns)).astype(np.float32)
    found = product(left, right)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, left @ right, rtol=1e-3, atol=1e-3)
