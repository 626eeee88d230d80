"""Wishes that no words of theirs state: what feedback means."""

import numpy as np
import pytest

from coach.errors import EmbeddingError
from coach.feedback.head import read_tuning
from coach.learned import learned
from coach.retrieval.embed import PACKAGED_MODEL, SentenceTransformerEncoder
from coach.store.feedback import SharedFeedback
from coach.wish_words import Wish
from coach.wishes import hear, read_wishes, stated_wishes


@pytest.fixture(scope="module")
def tuned() -> SentenceTransformerEncoder:
    """The model whose vectors readings of comments keep."""
    return SentenceTransformerEncoder(PACKAGED_MODEL, read_tuning().changes)


def _said(text: str, tuned: SentenceTransformerEncoder, role: str = "mentee", reader: str = "") -> SharedFeedback:
    vector = tuned.encode([text])[0].astype(np.float16).tobytes()
    version = reader or f"{tuned.fingerprint}+phrases+subjects"
    return SharedFeedback("session-1", 1, role, None, 4, None, None, text, change_vector=vector, change_reader=version)


@pytest.mark.parametrize(
    ("text", "role", "wish"),
    [
        ("My eyes were burning after eighty minutes in front of that screen.", "mentee", "breaks"),
        ("Somehow he ends up explaining my own job to me.", "mentor", "level-the-table"),
        ("Nobody remembered what I had promised to do in March, me included.", "mentee", "look-back"),
        ("Five topics in forty minutes is four too many.", "mentee", "less-at-once"),
    ],
)
def test_what_nobody_says_in_so_many_words_is_taken_up(
    text: str, role: str, wish: Wish, tuned: SentenceTransformerEncoder
) -> None:
    unread = SharedFeedback("session-1", 1, role, None, 4, None, None, text)

    assert wish not in read_wishes([unread])
    assert wish in read_wishes([_said(text, tuned, role)])


@pytest.mark.parametrize(
    "text",
    ["Lovely hour, leave it as it is.", "We ran ten minutes over and I did not mind at all.", "Nothing comes to mind."],
)
def test_who_is_content_asks_for_nothing(text: str, tuned: SentenceTransformerEncoder) -> None:
    assert read_wishes([_said(text, tuned)]) == ()


def test_content_was_read_and_not_passed_over(tuned: SentenceTransformerEncoder) -> None:
    assert hear(_said("We ran ten minutes over and I did not mind at all.", tuned)).meant == frozenset()


def test_what_is_meant_beyond_doubt_counts_as_asked_for(tuned: SentenceTransformerEncoder) -> None:
    text = "My eyes were burning after eighty minutes in front of that screen."

    assert stated_wishes([_said(text, tuned)]) == {"breaks"}


def test_what_is_meant_with_some_doubt_is_taken_up_without_being_called_asked_for(
    tuned: SentenceTransformerEncoder,
) -> None:
    heard = hear(_said("Somehow he ends up explaining my own job to me.", tuned, "mentor"))

    assert not heard.stated
    assert set(heard.meant or ()) == {"level-the-table"}


def test_what_is_asked_for_comes_before_what_may_be_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    chances: dict[Wish, float] = {"shorter-demos": 0.7, "breaks": 0.7, "less-at-once": 0.7, "agenda-ahead": 0.95}
    monkeypatch.setattr("coach.wishes._chances", lambda said: chances)

    assert read_wishes([SharedFeedback("session-1", 1, "mentee", None, 4, None, None, "as I said")]) == (
        "shorter-demos",
        "less-at-once",
        "agenda-ahead",
    )


def test_nobody_means_an_easier_and_a_quicker_pace_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.wishes._chances", lambda said: {"slower": 0.7, "quicker": 0.8})

    assert read_wishes([SharedFeedback("session-1", 1, "mentee", None, 4, None, None, "as I said")]) == ("quicker",)


def test_what_is_refused_in_words_is_not_meant_however_sure_the_reader_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.wishes._chances", lambda said: {"shorter-demos": 0.99})
    said = SharedFeedback("session-1", 1, "mentee", None, 4, None, None, "longer demos please")

    assert read_wishes([said]) == ()


def test_a_reader_that_cannot_be_read_leaves_what_the_words_say(
    monkeypatch: pytest.MonkeyPatch, tuned: SentenceTransformerEncoder
) -> None:
    def broken(subject: str) -> None:
        raise EmbeddingError("gone")

    monkeypatch.setattr("coach.wishes.learned", broken)

    assert read_wishes([_said("Shorter demos please", tuned)]) == ("shorter-demos",)


def test_words_that_only_sound_like_a_wish_are_weighed_by_what_is_meant(
    monkeypatch: pytest.MonkeyPatch, tuned: SentenceTransformerEncoder
) -> None:
    monkeypatch.setattr("coach.wishes._AGAINST", 0.1)
    text = "In my other meetings nobody starts on time, here we did."

    assert read_wishes([SharedFeedback("session-1", 1, "mentee", None, 4, None, None, text)]) == ("start-on-time",)
    assert read_wishes([_said(text, tuned)]) == ()


def test_a_vector_of_another_model_is_not_read(tuned: SentenceTransformerEncoder) -> None:
    text = "My eyes were burning after eighty minutes in front of that screen."

    assert read_wishes([_said(text, tuned, reader="another+model")]) == ()


def test_what_is_in_another_language_is_not_read_for_its_meaning(tuned: SentenceTransformerEncoder) -> None:
    heard = hear(_said("Mir brannten die Augen nach achtzig Minuten vor diesem Bildschirm.", tuned))

    assert heard.meant is None


def test_the_reader_reads_what_comments_are_kept_as(tuned: SentenceTransformerEncoder) -> None:
    """A theme classifier that is trained anew has other vectors: this reader must be, too."""
    assert learned("wishes").model == tuned.fingerprint
