"""The receipt: who will see what of a person's feedback, in plain words, before anything is sent."""

from dataclasses import dataclass
from datetime import datetime

from coach.feedback.disclosure import (
    BANDS,
    QUOTE_WORDS,
    REPORT_PAIRS,
    REPORT_PEOPLE,
    SIDE_PEOPLE,
    THEME_PAIRS,
    THEME_PEOPLE,
    WINDOW,
    WORD_PEOPLE,
    Minimums,
    band_label,
)


@dataclass(frozen=True)
class Section:
    """One part of the receipt."""

    title: str
    text: str


def receipt(
    closing: datetime | None,
    closed: bool = False,
    *,
    second_reader: str | None = None,
    minimums: Minimums | None = None,
) -> tuple[Section, ...]:
    """The receipt for a session whose window closes at `closing`, which is None while it is not marked held.

    `closed` says that nothing can be sent or changed any more: the window is over, or both have sent. `second_reader`
    is the language model that looks for themes in comments, too, where one is set to, and `minimums` are those that
    hold for the session where its program raised them.
    """
    people, theme_people, bands = REPORT_PEOPLE, THEME_PEOPLE, _listed([band_label(band) for band in BANDS])
    if minimums is not None:
        people, theme_people = minimums.people, minimums.theme_people
        bands = _listed([minimums.band_of_theme(max(least, theme_people)) for least, _ in BANDS])
    return (
        Section(
            "What you send",
            "Three ratings from 1 to 5, and two answers that you may leave empty. You choose twice, apart from each "
            "other: whether your partner may see it, and whether it may count in what coordinators see. Without your "
            "yes it is kept for you alone.",
        ),
        Section(
            "What your partner sees",
            "If you share with your partner: your ratings and your answers, word for word. There are two of you, so "
            "two people are never anonymous to each other. Your partner sees nothing before both of you have sent, "
            f"or before the window closes, {WINDOW.days} days after the session was marked held. Then it opens for "
            "both of you at once. Until then neither of you is told whether the other has sent anything. What you "
            "share also goes into what the coach makes for the two of you, such as your next agendas.",
        ),
        Section(
            "What coordinators see",
            "If you share with coordinators: themes, such as “finding the time”, never your ratings, your answers or "
            "your name. A report covers one month or quarter that is over, and is made only if at least "
            f"{people} people from at least {REPORT_PAIRS} pairs shared feedback in it. A theme is listed only "
            f"if at least {theme_people} people from at least {THEME_PAIRS} pairs raised it, and how many did is said "
            f"roughly: {bands}. Mentors and mentees are told apart only where each side has at least "
            f"{max(SIDE_PEOPLE, people)} people. No report repeats {QUOTE_WORDS} or more of your words in a row, "
            f"nor a name, title, address, number or code word that fewer than {WORD_PEOPLE} people used. What is below "
            "a minimum is not shown at all.",
        ),
        *([Section("A language model", _second_reader(second_reader))] if second_reader else []),
        Section(
            "Reports are frozen",
            "A report is made once and never again. If yours counted in it, that report stays as it is.",
        ),
        Section("Changing it", _changing(closing, closed)),
        Section(
            "Taking it back",
            "You can withdraw your feedback at any time until it has counted in a published report. Then it is "
            "deleted. What your partner has read by then cannot be unread.",
        ),
    )


def _second_reader(model: str) -> str:
    return (
        f"If you share with coordinators, a language model ({model}) reads your answers, too, to find their themes. "
        "Names, titles, places, dates, numbers and addresses are taken out before, as far as the coach knows them. It "
        "answers with themes alone, and writes no word of what coordinators see. What you do not share with "
        "coordinators it does not get for this."
    )


def _listed(labels: list[str]) -> str:
    """The labels of bands as a sentence lists them, each once."""
    *others, last = dict.fromkeys(labels)
    return f"{', '.join(others)} or {last}" if others else last


def _changing(closing: datetime | None, closed: bool) -> str:
    if closed:
        return "Feedback on this session is closed: it can no longer be sent or changed."
    if closing is None:
        until = f"once the session is marked held, and change it until {WINDOW.days} days after that"
    else:
        until = f"and change it until {closing:%Y-%m-%d at %H:%M} UTC"
    return f"You can send your feedback {until}. When both of you have sent, it closes at once."
