"""What people are called, however their name was typed."""

import pytest

from coach.names import first_names_of


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ("Priya Raman", "Priya"),
        ("Dr. Anna Weiss", "Dr. Anna Weiss"),
        ("Dr. Ing. Hans-Peter von und zu Grünberg-Falkenstein", "Dr. von und zu Grünberg-Falkenstein"),
        ("Captain (ret.) Rosalind Achterberg", "Captain Achterberg"),
        ("The Very Reverend Dame Cecily Holt", "Dame Cecily"),
        ("Sir Peregrine Ashcombe-Vane", "Sir Peregrine"),
        ("Maître Théodore Lévêque", "Maître Lévêque"),
        ("Cllr. Bernard Wetherby III", "Cllr. Wetherby"),
        ("MARGUERITE TREMBLAY", "Marguerite"),
        ("TANAKA Yuki", "Yuki"),
        ("JP Morgan", "JP"),
        ("عبد الرحمن الفاسي", "عبد الرحمن"),
        ("李小龙", "李小龙"),
        ("Q", "Q"),
        ("J. R. Ortega", "J. R. Ortega"),
        ('A. B. "Bud" O’Rourke-[Smith]', "A. B. O’Rourke"),
        ("Ana Lund (she/her)", "Ana"),
    ],
)
def test_nobody_is_called_by_half_a_title_or_in_capitals(typed: str, called: str) -> None:
    assert first_names_of(typed, "Martin Olsen")[0] == called


def test_two_of_one_first_name_are_told_apart() -> None:
    assert first_names_of("Anna Lind", "Anna Berg") == ("Anna Lind", "Anna Berg")
    assert first_names_of("Anna", "ANNA") == ("Anna (mentor)", "Anna (mentee)")
