from index.pieces import telling_pieces

TEXT = "How does LoRA-XL work?"
#       0   4    9   13 14 17  21
WORD_IDS = [None, 0, 1, 2, 2, 3, 4, 5, 6, None]
SPANS = [(0, 0), (0, 3), (4, 8), (9, 11), (11, 13), (13, 14), (14, 16), (17, 21), (21, 22), (0, 0)]


def test_stop_words_and_marks_are_left_out_and_pieces_know_their_word() -> None:
    pieces = telling_pieces(TEXT, WORD_IDS, SPANS)
    assert pieces.words == ("LoRA", "LoRA", "XL", "work")
    assert pieces.starts.tolist() == [9, 9, 14, 17]
    assert pieces.places.tolist() == [3, 4, 6, 7]


def test_stop_words_stay_where_they_are_asked_for() -> None:
    pieces = telling_pieces(TEXT, WORD_IDS, SPANS, stopwords=True)
    assert pieces.words == ("How", "does", "LoRA", "LoRA", "XL", "work")


def test_a_text_without_letters_has_no_pieces() -> None:
    pieces = telling_pieces("?!", [None, 0, 1, None], [(0, 0), (0, 1), (1, 2), (0, 0)])
    assert (pieces.words, pieces.places.tolist(), pieces.starts.tolist()) == ((), [], [])
