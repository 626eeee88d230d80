from coach.english import is_english, strange_words


def test_common_words_are_english_with_any_ending_and_put_together() -> None:
    for word in (
        "agenda",
        "meetings",
        "stopping",
        "carried",
        "rewrite",
        "smartphone",
        "notebook",
        "unhelpful",
        "contradicts",
        "hectic",
    ):
        assert is_english(word), word


def test_made_up_words_are_strange_and_names_of_things_are_not_asked_about() -> None:
    assert strange_words(["the", "word", "wendorich", "Wendorich", "WENDORICH", "zyx", "квант"]) == ["wendorich"]


def test_british_spellings_are_english() -> None:
    for word in ("practise", "organising", "colours", "analysed", "travelled", "modelling", "visualise", "programme"):
        assert is_english(word), word
    assert not is_english("presntation")
