"""Cases drafted by a language model from the papers of a store, and their review by a person."""
