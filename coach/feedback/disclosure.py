"""What may be shown to whom: the numbers that every promise of confidentiality rests on.

They stand here and nowhere else; the receipt, the window and the reports take them from here. A program may raise a
minimum, never lower it.
"""

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
