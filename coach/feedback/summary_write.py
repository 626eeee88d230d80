"""The words of a pair's summary from a model: redacted text in, guarded words out."""

import json
from collections.abc import Collection

from coach.asking import Spent, ask, wire_schema
from coach.feedback.guard import (
    MOST_STATEMENTS,
    STATEMENT_CHARACTERS,
    Answer,
    ListWords,
    PairWords,
    StatementWords,
    Violation,
    check_summary,
)
from coach.feedback.redact import Redact
from coach.feedback.summary import Remark, SummaryPlan
from coach.feedback.summary_words import Lists, Statement, SummaryWords, compose
from coach.llm import LanguageModel
from coach.prompts import Rendered, Untrusted, load

MOST_TOKENS = 1_500
# So many sessions are worded anew; of older ones the composer's words do.
MOST_SESSIONS = 6
_SCHEMA = wire_schema(PairWords)


async def write_summary(
    model: LanguageModel, plan: SummaryPlan, redact: Redact, known: Collection[str], spent: Spent
) -> tuple[SummaryWords, bool, str]:
    """The words, whether they took the repair turn, and the prompt's name and version.

    `known` are stems of the library. Raises ModelError.
    """
    remarks = {remark.id: remark for remark in worded_remarks(plan)}
    answers = [
        Answer(key, one.session, "went_well" if one.works else "to_change", redact(one.text))
        for key, one in remarks.items()
    ]
    prompt = summary_prompt(answers)

    def check(words: PairWords) -> list[Violation]:
        return check_summary(words, answers, known)

    words, repaired = await ask(model, prompt, PairWords, _SCHEMA, MOST_TOKENS, check, spent)
    composed = compose(plan)
    sessions = composed.sessions | {part.session: _named(part, remarks, plan) for part in words.sessions}
    return SummaryWords(sessions, _named(words.series, remarks, plan)), repaired, prompt.label


def worded_remarks(plan: SummaryPlan) -> list[Remark]:
    """What the model is given: the remarks of the newest sessions that have any."""
    numbers = list(dict.fromkeys(remark.session for remark in plan.remarks))[:MOST_SESSIONS]
    return [remark for remark in plan.remarks if remark.session in numbers]


def summary_prompt(answers: Collection[Answer]) -> Rendered:
    """The prompt; the answers stand in it between marks alone."""
    lines = [
        json.dumps(
            {
                "id": answer.id,
                "session": answer.session,
                "asked": "what went well" if answer.question == "went_well" else "what should change",
                "answer": answer.text,
            },
            ensure_ascii=False,
        )
        for answer in answers
    ]
    return load("feedback_summary").render(
        statement_characters=STATEMENT_CHARACTERS, statements=MOST_STATEMENTS, answers=Untrusted("\n".join(lines))
    )


def _named(words: ListWords, remarks: dict[str, Remark], plan: SummaryPlan) -> Lists:
    def statement(one: StatementWords) -> Statement:
        text = one.text
        for role in ("mentor", "mentee"):
            for article in ("The", "the"):
                text = text.replace(f"{article} {role}", plan.people[role])
        return Statement(text, False, tuple(remarks[key] for key in dict.fromkeys(one.rests_on)))

    return Lists(tuple(map(statement, words.what_works)), tuple(map(statement, words.what_to_change)))
