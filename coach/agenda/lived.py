"""Goals that only one of the two could answer from their own life: "what it is like to be a Black woman here".

A goal on fairer job adverts is work; one on what somebody goes through makes that person the subject of each meeting.
"""

import re
from collections.abc import Iterable

from coach.agenda.stages import took_place
from coach.store.agendas import AgendaFacts

_WHO = r"""(?:black|brown|asian|african|arab|latin[oax]|hispanic|indigenous|roma|(?:people|person|wom[ae]n)\sof\scolou?r
    |ethnic\w*|minorit(?:y|ies)|(?:im)?migrants?|refugees?|foreigners?|asylum\s\w+|muslims?|jewish|jews?|hindus?|sikhs?
    |wom[ae]n|female|girls?|mothers?|single\sparents?|carers?|pregnan\w+|gay|lesbians?|queer|trans(?:gender)?|bisexual
    |non-?binary|lgbt\w*|disab\w+|wheelchair|deaf|blind|autis\w+|adhd|dyslexi\w+|neuro-?(?:diver\w+|atypical)|chronic\w*
    |burn-?out|depress\w+|poor|poverty|working[\s-]class|first[\s-]generation|rac(?:ism|ist)|sexis[mt]|homophob\w+
    |discriminat\w+|harass\w+)"""
_WHAT_THEY_FACE = (
    r"(?:face|faces|experience|experiences|go\sthrough|goes\sthrough|runs?\sinto|put\sup\swith|live\swith)"
)
_A_LIFE = rf"""(?:what\s(?:it|life|work)(?:['’]s|\sis|\sfeels|\smeans|\swas)|how\sit\s(?:is|feels|was|felt)
    |what(?:['’]s|\sis|\swas)\s(?:it|life)
    |(?:daily|everyday|day[\s-]to[\s-]day|working)\s(?:life|lives)|life\s(?:of|as)|first[\s-]hand|lived\sexperience
    |(?:her|his|their|mentor['’]s|own|an?|the)\s(?:life|story|stories|journey|experiences?|perspective|view|eyes)\b
    |experiences?\s(?:of|as)\s(?:being\s)?an?\b|(?:perspective|eyes|point\sof\sview)\sof|means?\sto\sbe
    |li(?:ve|ves|ved)\sthrough|gr(?:ow|ows|ew|own|owing)\sup|what\s[^.!?]{{0,40}}\b{_WHAT_THEY_FACE}
    |how\s[^.!?]{{0,40}}\b(?:are|is|get|gets)\streated
    |(?:mentor|he|she|him|her)\s(?:\w+\s)?(?:explain|tell|teach|talk|speak|share)s?
    |be(?:ing)?\s(?:an?|the\sonly)\s(?:\w+\s)?{_WHO})"""
_LEANS = re.compile(rf"(?=.*\b{_WHO}\b).*\b{_A_LIFE}\b", re.IGNORECASE | re.VERBOSE | re.DOTALL)
# Whose life that is cannot be the mentor's.
_OTHERS = re.compile(
    r"\b(?:customers?|clients?|(?<!wheelchair )users?|patients?|guests?|shoppers?|applicants?|candidates?|passengers?"
    r"|visitors?|market)\b",
    re.IGNORECASE,
)


def leans_on_a_life(text: str) -> bool:
    """Whether a goal or a focus can mostly be met by one person telling what that person has lived through."""
    return _LEANS.match(text) is not None and not _OTHERS.search(text)


def rest_due(facts: AgendaFacts, *, weighs: bool) -> bool:
    """Whether the mentor has been the subject of such a goal often enough: as many meetings in a row as the mentor's
    limit worked on one, or the mentor said that it `weighs`.
    """
    limit = facts.people.mentor.experience_limit
    worked_on = {past.number: past.goals for past in facts.past}
    held = [row.number for row in took_place(facts.session, facts.sessions) if row.status == "held"]
    last = held[len(held) - limit :] if limit else []
    return weighs or (len(held) >= limit and all(_any_leans(worked_on.get(number, ())) for number in last))


def _any_leans(goals: Iterable[str]) -> bool:
    return any(leans_on_a_life(goal) for goal in goals)
