"""Known ways to break the coach, and the gates that must turn red for each.

Each is one patch of the production code, of the kind that a slip of the hand makes. Where one leaves every gate green,
the evals are what has to be mended.
"""

from collections.abc import Sequence

from coach import prompts
from coach.agenda import adapt, brief, choose, pipeline, plan, series, stages, write
from coach.agenda.avoidance import Avoidance
from coach.agenda.brief import SessionBrief
from coach.agenda.guard import evidence, form, people, plan_keeping
from coach.retrieval import find, rank
from coach.retrieval.answered import Bar
from coach.retrieval.search import Search
from evals.breakages import (
    Mutation,
    Patch,
    becomes,
    closed_questions,
    drop_citations,
    each_item,
    everything_fits,
    forgets_asked,
    grand_words,
    guard_refuses_all,
    guards_asleep,
    guards_off,
    invent_citations,
    mentee_leads_all,
    minutes_off,
    no_reviews,
    note_in_prompt,
    note_in_summary,
    nothing_fits,
    one_guard_off,
    pair_in_rules,
    previous_goals,
    repeated,
    shuffle_citations,
    swapped_opening,
    swapped_people,
    thresholds,
    topics_open,
    without_legs,
    without_reason,
    without_ties,
    wrapped,
    wrapped_async,
)
from evals.mutations_of_feedback import MUTATIONS_OF_FEEDBACK
from evals.mutations_of_lives import MUTATIONS_OF_LIVES
from evals.mutations_of_words import MUTATIONS_OF_WORDS

MUTATIONS: Sequence[Mutation] = (
    Mutation(
        "minutes off by one",
        "the last slot gets a minute too many",
        ("agendas.minutes-sum",),
        wrapped(plan, "_share_out", minutes_off),
    ),
    Mutation(
        "starter repeated",
        "the last starter is the first again",
        ("agendas.starters-open", "starters.no-starter-twice"),
        wrapped(choose, "choose_starters", repeated),
    ),
    Mutation(
        "starters forgotten",
        "what the pair was asked before is not remembered",
        ("agendas.starters-open", "starters.no-starter-twice"),
        wrapped(choose, "choose_starters", forgets_asked),
    ),
    Mutation(
        "closed questions",
        "starters can be answered by yes or no",
        ("agendas.starters-open", "starters.open-questions"),
        wrapped(choose, "choose_starters", closed_questions),
    ),
    Mutation(
        "exercises forgotten",
        "what the pair did lately is not remembered",
        ("series.no-exercise-soon",),
        becomes(series, "recent", lambda facts: ()),
    ),
    Mutation(
        "dry library hidden",
        "nobody is told that the library has no more",
        ("starters.dry-told",),
        wrapped(pipeline, "notice", lambda original, *args: "Made by the coach."),
    ),
    Mutation(
        "wrong pair's goals",
        "the goals are those of the pair before",
        ("agendas.goals-named", "pairs.theirs"),
        previous_goals(),
    ),
    Mutation(
        "goals not given",
        "activities serve no goal",
        ("pairs.every-item-tied",),
        each_item(without_ties),
    ),
    Mutation(
        "citations shuffled",
        "each item cites what the next one rests on",
        ("agendas.guards-pass",),
        each_item(shuffle_citations),
    ),
    Mutation(
        "citations dropped",
        "no item cites anything",
        ("agendas.citations-exist",),
        each_item(drop_citations),
    ),
    Mutation(
        "citation invented",
        "an item cites what does not exist",
        ("agendas.citations-exist",),
        each_item(invent_citations),
    ),
    Mutation(
        "words leg dropped",
        "the search goes by meaning alone",
        ("retrieval.found-first", "retrieval.found-at-all"),
        without_legs("words", "whole_words", "document_words"),
    ),
    Mutation(
        "meaning leg dropped",
        "the search goes by words alone",
        ("retrieval.found-first",),
        without_legs(
            "similarity",
            "document_similarity",
            "document_asked",
            "section_asked",
            "document_learned",
            "section_learned",
        ),
    ),
    Mutation(
        "questions leg dropped",
        "what people ask of documents and sections is not compared with the question",
        ("retrieval.found-first", "retrieval.right-document"),
        without_legs("document_asked", "section_asked", "document_learned", "section_learned"),
    ),
    Mutation(
        "sections' places ignored",
        "a section on sources counts as much as one that says what to do",
        ("retrieval.found-first",),
        becomes(rank.Ranker, "_with_priors", lambda self, scores: scores),
    ),
    Mutation(
        "every question answered",
        "the search never says that it has no answer",
        ("retrieval.no-answer-said", "retrieval.nothing-pretended", "retrieval.far-told"),
        becomes(Bar, "above", lambda self, signs: 1.0),
    ),
    Mutation(
        "no question answered",
        "the search says too often that it has no answer",
        (
            "retrieval.no-answer-said",
            "retrieval.found-first",
            "retrieval.right-document-again",
            "retrieval.right-document-third",
        ),
        becomes(Bar, "above", lambda self, signs: signs.closeness - 0.6),
    ),
    Mutation(
        "kind of passage not read",
        "who asks for questions to ask gets whatever says the same",
        ("retrieval.starters-sought",),
        becomes(find, "seeks_starters", lambda question: False),
    ),
    Mutation(
        "starters for every question",
        "whatever is asked, conversation starters come first",
        ("retrieval.starters-unsought", "retrieval.found-first"),
        becomes(find, "seeks_starters", lambda question: True),
    ),
    Mutation(
        "own documents forgotten",
        "what a program added for itself is never found to fit",
        ("own-documents.own-named",),
        becomes(Search, "fitting", nothing_fits),
    ),
    Mutation(
        "own documents anywhere",
        "what a program added for itself fits whatever the two do",
        ("own-documents.own-fits",),
        wrapped_async(Search, "fitting", everything_fits),
    ),
    Mutation(
        "topic narrowing off",
        "starters come from any topic",
        ("starters.topics-kept",),
        wrapped(choose, "_starter_narrowings", topics_open),
    ),
    Mutation(
        "avoided topic let through",
        "what somebody asked to keep out is not looked for",
        ("pairs.avoided-nowhere",),
        becomes(Avoidance, "touches", lambda self, text: False),
    ),
    Mutation(
        "carry-over lost",
        "what was prepared for a meeting that fell through is forgotten",
        ("agendas.stage-must-haves",),
        becomes(choose, "_carried", lambda *args: None),
    ),
    Mutation(
        "open actions forgotten",
        "what was promised last time is not asked about",
        ("agendas.stage-must-haves",),
        wrapped(choose, "adapted", lambda original, made, told: no_reviews(lambda _: original(made, told), told)),
    ),
    Mutation(
        "mentor's share ignored",
        "the mentee leads what the mentor should",
        ("agendas.mentors-share",),
        mentee_leads_all,
    ),
    Mutation(
        "listening dropped",
        "nobody is asked to listen",
        ("pairs.senior-listens",),
        becomes(adapt, "_give_listening", lambda *args: None),
    ),
    Mutation(
        "private note in the shared prompt",
        "the model that writes for both reads what one told in private",
        ("worst.secrets-kept", "injection.secrets-kept"),
        wrapped(write, "agenda_prompt", note_in_prompt),
    ),
    Mutation(
        "private note in the summary",
        "the composer repeats what one told in private",
        ("pairs.own-words-kept",),
        wrapped(pipeline, "compose", note_in_summary),
    ),
    Mutation(
        "fence removed",
        "what people typed stands in the prompt without its marks",
        ("worst.attack-fenced", "injection.attack-fenced"),
        becomes(prompts, "fence", lambda name, text: text),
    ),
    Mutation(
        "orders taken for goals",
        "what gives orders to a model is quoted like any goal",
        ("pairs.no-orders",),
        becomes(brief, "quotable", lambda text, limit: text[:limit]),
    ),
    Mutation(
        "guards asleep",
        "whatever the model writes is taken",
        ("worst.no-bad-words", "worst.worst-is-guarded", "injection.worst-is-guarded", "injection.no-marker"),
        guards_asleep,
    ),
    Mutation(
        "guards of evidence off",
        "claims, figures, names and links go unchecked",
        ("plants.faults-caught", "plants.guards-at-work"),
        guards_off(evidence),
    ),
    Mutation(
        "guards of form off",
        "markup, private words, other languages and empty words go unchecked",
        ("plants.faults-caught", "plants.guards-at-work"),
        guards_off(form),
    ),
    Mutation(
        "guards of people off",
        "roles, stereotypes, advice and promises go unchecked",
        ("plants.faults-caught", "plants.guards-at-work"),
        guards_off(people),
    ),
    Mutation(
        "guards of the plan off",
        "structure, citations, minutes and starters go unchecked",
        ("plants.every-kind-caught", "plants.guards-at-work"),
        guards_off(plan_keeping),
    ),
    Mutation(
        "one guard off",
        "medical advice goes unchecked",
        ("plants.guards-at-work",),
        one_guard_off("medical"),
    ),
    Mutation(
        "because missing",
        "no item says why it is there",
        ("agendas.because-given", "pairs.every-item-tied"),
        each_item(without_reason),
    ),
    Mutation(
        "stage fixed",
        "every meeting is a building session",
        ("pairs.stage-fits",),
        becomes(brief, "stage_at", lambda *known: "building"),
    ),
    Mutation(
        "late without a word",
        "nothing says that a stage was due at a meeting that fell through",
        ("pairs.late-said",),
        becomes(stages, "late", lambda *known: None),
    ),
    Mutation(
        "opening order swapped",
        "the check-in comes second",
        ("agendas.stage-must-haves",),
        wrapped(pipeline, "outline", swapped_opening),
    ),
    Mutation(
        "restart ignored",
        "after missed meetings the agenda is as long as ever",
        ("pairs.restart-after-missed",),
        becomes(SessionBrief, "restart", property(lambda self: False)),
    ),
    Mutation(
        "feedback wish ignored",
        "what feedback asked for is read and not done",
        ("pairs.feedback-taken-up",),
        becomes(adapt, "grant_wishes", lambda *args: None),
    ),
    Mutation(
        "boundary not set",
        "a complaint or an illness becomes a goal like any other",
        ("pairs.boundary-set",),
        becomes(brief, "beyond", lambda texts: ()),
    ),
    Mutation(
        "empty words composed",
        "the composer writes grand words",
        ("agendas.guards-pass",),
        wrapped(pipeline, "compose", grand_words),
    ),
    Mutation(
        "mentor and mentee swapped",
        "the composer takes the mentor for the mentee",
        ("agendas.guards-pass",),
        wrapped(pipeline, "compose", swapped_people),
    ),
    Mutation(
        "classifier threshold off",
        "every theme is found in every comment",
        ("themes.precision",),
        thresholds(0.0),
    ),
    Mutation(
        "classifier too strict",
        "hardly any theme is found",
        ("themes.micro-f1",),
        thresholds(0.999),
    ),
    Mutation(
        "guard that refuses all",
        "a guard finds fault with everything",
        ("plants.good-left-alone", "plants.sound-texts-pass"),
        guard_refuses_all,
    ),
    Mutation(
        "whole passages in the prompt",
        "a model is sent passages at full length, each three times",
        ("prompts.prompt-fits",),
        wrapped(write, "shorten", lambda original, text, limit: " ".join([text] * 3)),
    ),
    Mutation(
        "pair among the rules",
        "what is a pair's own stands before the rules that all pairs share",
        ("prompts.stable-part-first",),
        wrapped(prompts.Prompt, "render", pair_in_rules),
    ),
    *MUTATIONS_OF_FEEDBACK,
    *MUTATIONS_OF_WORDS,
    *MUTATIONS_OF_LIVES,
)

__all__ = ["MUTATIONS", "Mutation", "Patch"]
