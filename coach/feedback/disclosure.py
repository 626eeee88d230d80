"""What may be shown to whom: the numbers that every promise of confidentiality rests on.

They stand here and nowhere else; the receipt, the window and the reports take them from here. A program may raise a
minimum, never lower it.
"""

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

# Feedback may be changed, and is kept from the partner, until this long after the session was marked held, or until
# both people have sent theirs.
WINDOW = timedelta(days=7)

# A period has a report where so many people from so many pairs gave feedback for it.
REPORT_PEOPLE = 10
REPORT_PAIRS = 5
# A theme is listed where so many people from so many pairs raised it.
THEME_PEOPLE = 3
THEME_PAIRS = 3
# Mentors and mentees are shown apart where each side has so many people.
SIDE_PEOPLE = 10
# A name, a title, a number or a code word is shown where so many people used it.
WORD_PEOPLE = 10
# So many words of a comment in a row are a quote, and never shown.
QUOTE_WORDS = 5
# How many people raised a theme is said as one of these, both ends included; the last has no upper end.
BANDS: tuple[tuple[int, int | None], ...] = ((3, 5), (6, 10), (11, 20), (21, 50), (51, None))


def band_label(band: tuple[int, int | None]) -> str:
    """A band as reports write it, such as `3-5` or `51+`."""
    least, most = band
    return f"{least}+" if most is None else f"{least}-{most}"


# The classifier takes some remarks for what they are not, and the more people write, the more of them agree by chance.
# So the squares of the certainties (0 to 1) with which a theme was found, the highest for each person, must add up to
# so much, by how many people gave feedback: one who is surely understood tells more than two who may have been. Chosen
# on simulated programs of 10 to 300 people drawn from the examples, each read by a classifier that was trained without
# their writer: of sums of the certainties, their squares and their cubes, squares list most of the themes that 6 or
# more people raised where as many of those that nobody or one person raised are left out. Above the last step it
# doubles whenever the people do.
CERTAINTY: tuple[tuple[int, float], ...] = ((20, 1.15), (50, 1.5), (100, 2.5), (200, 3.3), (400, 4.2))


@dataclass(frozen=True)
class Minimums:
    """The least numbers of people for a report and for a theme; a program may raise both. Pairs are never raised."""

    people: int = REPORT_PEOPLE
    theme_people: int = THEME_PEOPLE

    def band_of_people(self, count: int) -> str:
        """The band of how many people gave feedback."""
        return band_of(count, self.people if self.people > REPORT_PEOPLE else None)

    def band_of_theme(self, count: int) -> str:
        """The band of how many people raised a theme."""
        return band_of(count, self._raised_for_themes)

    def step_of_theme(self, count: int) -> int:
        """The place of that band, from 0."""
        return band_step(count, self._raised_for_themes)

    @property
    def _raised_for_themes(self) -> int | None:
        return self.theme_people if self.theme_people > THEME_PEOPLE else None


@dataclass(frozen=True)
class Voice:
    """What one feedback says to a report: `themes` are ids with the certainty, 0 to 1, with which each was found."""

    person: str
    pair: str
    role: str
    themes: Mapping[str, float]


@dataclass(frozen=True)
class ShownTheme:
    """A theme that may be listed, and how many people raised it, as a band."""

    id: str
    people: str


@dataclass(frozen=True)
class ShownSide:
    """Mentors alone, or mentees alone: how many gave feedback, and each listed theme, in the order of the report."""

    role: str
    respondents: str
    themes: tuple[ShownTheme, ...]


@dataclass(frozen=True)
class Shown:
    """All that may be shown of a period. `sides` is empty where mentors and mentees are not told apart."""

    respondents: str
    themes: tuple[ShownTheme, ...]
    sides: tuple[ShownSide, ...]


def decide(voices: Iterable[Voice], minimums: Minimums, known: Container[str]) -> Shown | None:
    """What may be shown of one closed period; None where the report is withheld.

    People and pairs are counted, never comments: whoever writes ten times counts once. A theme is listed where enough
    people from enough pairs raised it, and with enough certainty; ids that are not `known` are passed over. They come
    by band and then by id, since an order by number would say more than the bands.

    Mentors and mentees are told apart for all listed themes or for none. If a single theme were left out of a split,
    its total less the other side would give the number that was left out, and the gap itself would say that a side was
    small. So every listed theme must reach its minimum on both sides. What then keeps the sides from being shown is one
    of many things that nobody can tell apart.
    """
    said = _Counted(voices)
    if len(said.people) < minimums.people or len(said.pairs) < REPORT_PAIRS:
        return None
    enough = certainty_wanted(len(said.people))
    listed = [
        theme
        for theme in sorted(said.themes)
        if theme in known and said.reaches(theme, minimums.theme_people) and said.certainty(theme) >= enough
    ]
    listed.sort(key=lambda theme: -minimums.step_of_theme(said.raised(theme)))
    return Shown(
        respondents=minimums.band_of_people(len(said.people)),
        themes=tuple(ShownTheme(theme, minimums.band_of_theme(said.raised(theme))) for theme in listed),
        sides=_sides(said, listed, minimums),
    )


def certainty_wanted(people: int) -> float:
    """What the squares of a theme's certainties must add up to where so many people gave feedback."""
    for most, wanted in CERTAINTY:
        if people <= most:
            return wanted
    most, wanted = CERTAINTY[-1]
    return wanted * 2.0 ** math.ceil(math.log2(people / most))


def band_step(count: int, minimum: int | None = None) -> int:
    """The place of the band that `count` falls into, from 0; `minimum` is as for `band_of`."""
    return next(
        step for step, (_, most) in enumerate(BANDS) if most is None or (count <= most and not _narrow(most, minimum))
    )


def band_of(count: int, minimum: int | None = None) -> str:
    """The band that `count` falls into, as reports write it. `minimum` is the least that is shown, where it was raised.

    A raised minimum that leaves a band fewer than three numbers would make it as good as a number: that band is said
    together with the next one.
    """
    step = band_step(count, minimum)
    least, most = BANDS[step]
    before = BANDS[step - 1][1] if step else None
    if minimum is not None and before is not None and before >= minimum and _narrow(before, minimum):
        least = minimum
    return band_label((least, most))


def _narrow(most: int, minimum: int | None) -> bool:
    """Whether a raised minimum leaves fewer than three numbers up to the end of a band."""
    return minimum is not None and most - minimum < 2


class _Counted:
    """Who said what: distinct people and pairs, in all and by theme."""

    def __init__(self, voices: Iterable[Voice]) -> None:
        self.people: set[str] = set()
        self.pairs: set[str] = set()
        self.themes: dict[str, dict[str, float]] = {}
        self._pairs_of: dict[str, set[str]] = {}
        self.sides: dict[str, _Counted] = {}
        self._take(voices)

    def _take(self, voices: Iterable[Voice]) -> None:
        by_role: dict[str, list[Voice]] = {}
        for voice in voices:
            by_role.setdefault(voice.role, []).append(voice)
            self.people.add(voice.person)
            self.pairs.add(voice.pair)
            for theme, certainty in voice.themes.items():
                each = self.themes.setdefault(theme, {})
                each[voice.person] = max(certainty, each.get(voice.person, 0.0))
                self._pairs_of.setdefault(theme, set()).add(voice.pair)
        if len(by_role) > 1:
            self.sides = {role: _Counted(own) for role, own in sorted(by_role.items())}

    def raised(self, theme: str) -> int:
        return len(self.themes.get(theme, ()))

    def certainty(self, theme: str) -> float:
        # Summed exactly, so that the order of the comments does not show in the last digit.
        return round(math.fsum(certainty**2 for certainty in self.themes[theme].values()), 3)

    def reaches(self, theme: str, people: int) -> bool:
        return self.raised(theme) >= people and len(self._pairs_of.get(theme, ())) >= THEME_PAIRS


def _sides(said: _Counted, listed: Sequence[str], minimums: Minimums) -> tuple[ShownSide, ...]:
    least = max(SIDE_PEOPLE, minimums.people)
    if len(said.sides) < 2 or any(
        len(side.people) < least or not all(side.reaches(theme, minimums.theme_people) for theme in listed)
        for side in said.sides.values()
    ):
        return ()
    return tuple(
        ShownSide(
            role,
            minimums.band_of_people(len(side.people)),
            tuple(ShownTheme(theme, minimums.band_of_theme(side.raised(theme))) for theme in listed),
        )
        for role, side in said.sides.items()
    )
