"""Where and how two people meet, read from what they typed."""

import pytest

from coach.agenda.circumstances import Channel, Need, Place, channel_of, is_far_apart, is_walk, needs_in, place_of


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("remote", "remote"),
        ("Video call", "remote"),
        ("on Teams", "remote"),
        ("hybrid", "hybrid"),
        ("in person", "in person"),
        ("walking in the park", "in person"),
        ("8 hours apart", "remote"),
        ("8am CET / 4pm SGT", "remote"),
        ("Google Meet", "remote"),
        ("from home", "remote"),
        ("one of us in the office, the other on Zoom", "hybrid"),
        ("Priya dials in, Martin in meeting room 4", "hybrid"),
        ("I'm in the office, he is at home", "hybrid"),
        ("office + online", "hybrid"),
        ("half remote", "hybrid"),
        ("Zoom from the office", "remote"),
        ("F2F", "in person"),
        ("at his desk", "in person"),
        ("boardroom, third floor", "in person"),
        ("as always", None),
        (None, None),
    ],
)
def test_the_place_is_read_from_the_format(typed: str | None, place: Place | None) -> None:
    assert place_of(typed) == place


@pytest.mark.parametrize(
    ("typed", "needs"),
    [
        ("I am Deaf and use BSL; my interpreter comes along", ("hearing", "signing")),
        ("I stammer on names", ("speech",)),
        ("Large print, please", ("sight",)),
        ("screen reader user", ("screen-reader",)),
        ("I am blind and use JAWS", ("sight", "screen-reader")),
        ("colour blind", ("color",)),
        ("red-green colour-blind", ("color",)),
        ("migraine: no bright screens", ("light", "rest")),
        ("no camera please", ("camera",)),
        ("anxious when called on", ("calm",)),
        ("type rather than talk", ("speech",)),
        ("my voice is quiet", ("speech",)),
        ("only one hand", ("hands",)),
        ("can't wear headphones, noise sensitive", ("noise",)),
        ("learning disability: easy words, pictures help", ("language",)),
        ("Tourette", ()),
        ("fasting this month", ()),
        ("service dog", ()),
        ("Captions help me", ("hearing",)),
        ("wheelchair; no stairs", ("movement",)),
        ("dyslexic, long texts are hard", ("reading",)),
        ("long covid, I need breaks", ("rest",)),
        ("English is my third language", ("language",)),
        ("Please add captions", ("hearing",)),
        ("I have ADD", ("reading",)),
        ("speech-to-text for what others say", ()),
        ("macular degeneration", ("sight",)),
        ("none", ()),
        ("I designed the signage of the station", ()),
        ("I miss a lot of what is said when two people talk at once", ("hearing",)),
        ("please speak one at a time", ("hearing",)),
        ("I need time to get my words out", ("speech",)),
        ("please don't finish my sentences", ("speech",)),
        ("I can't read small text on slides", ("sight",)),
        ("retinitis pigmentosa, narrow field", ("sight",)),
        ("I need 18pt font", ("sight",)),
        ("I cannot tell red from green", ("color",)),
        ("MS, my hands shake", ("movement", "hands")),
        ("power chair, space at the table", ("movement",)),
        ("camera makes me uncomfortable", ("camera",)),
        ("please avoid slang", ("language",)),
        ("I get overwhelmed by sounds", ("noise",)),
        ("neon lights hurt", ("light",)),
        ("I freeze when asked directly", ("calm",)),
        ("I need to know what comes next", ("reading",)),
        ("I tire fast", ("rest",)),
        ("MS Teams", ()),
        ("I like drawing", ()),
        ("childcare until nine", ()),
        ("I can't sit for more than twenty minutes", ("movement", "rest")),
        ("I lose focus after 15 minutes", ("rest",)),
        ("RSI, typing is painful", ("hands",)),
        ("we may not bring phones into the lab", ("devices",)),
        ("phones are not allowed here", ("devices",)),
        ("no phone calls please", ()),
        ("my internet is slow and the video freezes", ("connection",)),
        ("I just dial in, no screen", ("connection",)),
        ("I have to think slowly before I speak", ("calm",)),
        ("I need a moment to answer", ("calm",)),
        ("I cannot have my camera on at home", ("camera",)),
        ("auditory processing disorder", ("hearing", "reading")),
        ("I hear nothing, all in the chat please", ("speech",)),
        ("No captions needed", ()),
        ("I do not need an interpreter, but captions help", ("hearing",)),
        ("my brother is deaf", ()),
        ("I used to stammer", ()),
    ],
)
def test_needs_are_read_as_kinds(typed: str, needs: tuple[Need, ...]) -> None:
    assert needs_in([typed]) == needs


def test_the_order_of_needs_does_not_tell_whose_they_are() -> None:
    assert needs_in(["I stammer", "large print"]) == needs_in(["large print", "I stammer"])


def test_walks_and_distances_are_told_apart() -> None:
    assert is_walk("a walk by the river")
    assert is_walk("in the park")
    for indoors in ("remote", "Business Park, building 4", "car park entrance, room 3", "a walk-through of the shop"):
        assert not is_walk(indoors)
    assert is_far_apart(["UTC+9 and UTC-3"])
    assert is_far_apart(["a time difference of nine hours"])
    assert is_far_apart(["", "Lagos and Tokyo: 8 hours apart"])
    assert not is_far_apart(["two hours in the meeting room"])


@pytest.mark.parametrize(
    ("typed", "is_far"),
    [
        ("remote, Sydney and London", True),
        ("Zoom (CET / PST)", True),
        ("call, Singapore-New York", True),
        ("video, I'm in IST and she's in EST", True),
        ("Zoom, Bangalore - Munich", True),
        ("remote, 8h apart", True),
        ("Zoom, London and Berlin", False),
        ("remote, 1h apart", False),
        ("Teams, Oslo office", False),
        ("in person, Phoenix room", False),
        ("a list of 3 items, just us", False),
    ],
)
def test_hours_between_two_places_are_known_by_their_names(typed: str, is_far: bool) -> None:
    assert is_far_apart([typed]) is is_far


@pytest.mark.parametrize(
    ("told", "channel"),
    [
        ("by phone", "voice"),
        ("remote, ship to shore, sound only", "voice"),
        ("remote, text chat only", "text"),
        ("Slack chat", "text"),
        ("by email, not live", "text"),
        ("WhatsApp call", None),
        ("video call", None),
        ("in person", None),
        (None, None),
    ],
)
def test_a_call_without_a_picture_or_a_voice_is_known(told: str | None, channel: Channel | None) -> None:
    assert channel_of(told) == channel
