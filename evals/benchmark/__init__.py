"""Public benchmarks in BEIR's form: the product's retrieval beside BM25 and vectors alone."""
