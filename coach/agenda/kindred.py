"""Other words for what people ask to keep out: who avoids layoffs means redundancies as well."""

import re

# In each group, what people call one subject. The plain words on the left only tell that the subject is meant: they
# have too many other uses to keep out what holds them.
_SUBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "",
        (
            *(
                "layoff",
                "lay people off",
                "laying off",
                "laid off",
                "redundancy",
                "made redundant",
                "job cut",
                "job loss",
                "downsizing",
            ),
            *("dismissal", "severance", "lose their job", "losing their job", "lose my job", "losing my job"),
            *("losing a job", "lost their job", "lost my job"),
        ),
    ),
    (
        "pay|compensation",
        ("salary", "wage", "pay band", "pay grade", "pay rise", "pay gap", "pay scale", "bonus", "remuneration"),
    ),
    (
        "",
        (
            *("mental health", "burnout", "burn out", "burned out", "depression", "anxiety", "panic attack"),
            *("psychotherapy", "nervous breakdown"),
        ),
    ),
    (
        "health",
        ("illness", "sickness", "sick leave", "disease", "diagnosis", "chronic pain", "surgery", "cancer"),
    ),
    (
        "family|private life",
        (
            *("parental leave", "maternity leave", "paternity leave", "marriage", "divorce", "pregnancy"),
            *("my children", "my kids", "my wife", "my husband", "my parents"),
        ),
    ),
    ("", ("pregnancy", "fertility", "infertility", "miscarriage", "maternity leave")),
    ("faith", ("religion", "church", "mosque", "synagogue", "prayer", "hijab", "headscarf", "religious belief")),
    ("politics", ("election", "political party", "political view", "politician")),
    (
        "",
        (
            "sexuality",
            "sexual orientation",
            "coming out",
            "being gay",
            "being lesbian",
            "homosexuality",
            "lgbt",
            "lgbtq",
        ),
    ),
    ("race|origin", ("racism", "ethnicity", "skin color", "skin colour", "migration background", "xenophobia")),
    ("", ("disability", "wheelchair", "impairment")),
    ("", ("alcohol", "addiction", "substance abuse")),
    ("", ("grief", "bereavement", "mourning", "funeral")),
    ("", ("harassment", "bullying", "mobbing")),
)
# A longer phrase says something of its own: "pay for suppliers in the north" is no wish about salaries.
_MOST_WORDS = 3


def kindred(phrase: str) -> tuple[str, ...]:
    """Other words for the subject of a short phrase, in the singular; none where no subject is known in it.

    What the phrase itself names is not among them: who says "mental health" does not mean all health.
    """
    words = re.findall(r"\w+", phrase.casefold())
    if not words or len(words) > _MOST_WORDS:
        return ()
    said = " ".join(words)
    for plain, subject in _SUBJECTS:
        named = [one for one in subject if _names(one, said)]
        if named or any(_names(word, said) for word in plain.split("|") if word):
            return tuple(one for one in subject if one not in named)
    return ()


def _names(one: str, said: str) -> bool:
    """Whether what was said holds these words, in the singular or the plural."""
    stem = re.escape(one.removesuffix("y")) + "(?:y|ies)" if one.endswith("y") else re.escape(one) + "(?:s|es)?"
    return re.search(rf"\b{stem}\b", said) is not None
