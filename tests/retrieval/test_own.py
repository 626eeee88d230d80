from coach.retrieval.own import PerProgram


def test_what_was_made_of_other_documents_is_not_taken_for_the_programs() -> None:
    held = PerProgram[str]()
    held.keep("ours", ["a", "b"], "made of both")

    assert held.get("ours", ["a", "b"]) == "made of both"
    assert held.get("ours", ["a"]) is None
    assert held.get("ours", ["a", "b", "c"]) is None
    assert held.get("theirs", ["a", "b"]) is None


def test_the_programs_asked_for_last_are_held() -> None:
    held = PerProgram[int]()
    for number in range(16):
        held.keep(str(number), [], number)
    held.get("0", [])
    held.keep("16", [], 16)

    assert [number for number in range(17) if held.get(str(number), []) is None] == [1]
    held.forget("0")
    assert held.get("0", []) is None
    held.forget()
    assert held.get("16", []) is None
