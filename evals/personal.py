"""The parts `pairs` and `series`: whether agendas are a pair's own, and stay fresh over a series of meetings.

The composer makes them, for every pair of `datasets/pairs`, as the service would from its database.
"""

import re
from functools import cache
from typing import Any

from pydantic_evals.reporting import EvaluationReport

from coach.agenda.brief import SessionBrief
from coach.agenda.stages import FRESH_SESSIONS
from coach.retrieval.library import TopicFrontMatter, read_library
from coach.settings import Settings
from coach.untrusted import orders_a_model
from coach.wishes import ONE_ASKED, YOU_ASKED, YOU_SHARED
from evals.made import SESSIONS, Made, Series, pairs_agendas, series_of_agendas
from evals.pairs import PairCase
from evals.parts import Metric, Part, judged, register
from evals.word_runs import common_runs, runs, words_in
from evals.wording import WORDING_METRICS

_PRIVATE_RUN = 4
_LISTENING = re.compile(
    r"only ask questions|takes notes in|says back in one sentence|asks the question first", re.IGNORECASE
)
_FOR = re.compile(r"For “([^”]+)”: (.+)")
_TOOK_ON = re.compile(r"You took on “([^”…]+)")
# So many characters tell one text from another.
_TELLING = 30
_STAGE = re.compile(
    r"\b(?:first meeting|last planned meeting|closing meeting|closes your series|[Mm]eeting \d+)\b|did not take place"
)


class Theirs(Metric[PairCase, Made]):
    """An agenda that could be anybody's is read once: with the names taken out it must still be found to be this
    pair's among all others.
    """

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """The pair it was taken for."""
        return [] if output.closest == inputs.name else [f"taken for {output.closest}"]


class EveryItemTied(Metric[PairCase, Made]):
    """What has no reason of the pair's own is the first thing that gets skipped."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """Items whose reason names no goal, action, focus or feedback of theirs, and no stage."""
        brief = output.briefing.brief
        told = [text[:40] for text in (*brief.goals, *brief.reached, *([brief.focus] if brief.focus else []))]
        found = []
        for item in output.content["items"]:
            why = item["because"]
            named = any(text in why for text in (*told, "still open between you", YOU_ASKED, YOU_SHARED, ONE_ASKED))
            if not item["tied_to"] or not (named or _STAGE.search(why)):
                found.append(f"item {item['id']}: {why}")
        return found


class StageFits(Metric[PairCase, Made]):
    """A midpoint review in the third of three meetings, or a second kickoff, tells the pair that nobody counts."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """A stage other than the number of the meeting says; meetings that fell through do not count."""
        number = 1 + sum(earlier.status == "held" for earlier in inputs.past)
        planned = inputs.planned_sessions
        wanted = "midpoint" if planned >= 3 and number == (planned + 1) // 2 else "building"
        if number == planned:
            wanted = "closing"
        if number == 1:
            wanted = "kickoff"
        stage = output.content["stage"]
        return [] if stage == wanted else [f"{stage} in meeting {number} of {planned}, where {wanted} belongs"]


class LateSaid(Metric[PairCase, Made]):
    """A look back that comes later than it was due, without a word, reads as if nobody had noticed that a meeting fell
    through.
    """

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """A stage that was due at a meeting that fell through, where no item says at which."""
        fell_through = [earlier.status != "held" for earlier in inputs.past]
        if output.content["stage"] == "building" or not any(fell_through[-1:]):
            return None
        first = len(fell_through) - fell_through[::-1].index(False) + 1 if False in fell_through else 1
        said = any(f"was due at session {first}" in item["because"] for item in output.content["items"])
        return [] if said else [f"it is not said that it was due at session {first}"]


class SeniorListens(Metric[PairCase, Made]):
    """Rank talks unless listening is a task like any other."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """No listening task for the senior."""
        texts = " ".join(item["description"] for item in output.content["items"])
        return [] if _LISTENING.search(texts) else ["nobody is asked to listen"]


class BoundarySet(Metric[PairCase, Made]):
    """Who brings a complaint, an illness or a lawsuit is sent on kindly, not into an exercise; and nobody else is."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """A boundary that is missing, one that nothing called for, and what is sent on and worked on all the same."""
        shared = output.shared()
        said = "right place" in shared
        if "off-scope" in inputs.traits:
            sent_on = [one.text for one in output.briefing.brief.beyond]
            again = [f"worked on: {text}" for text in sent_on if shared.count(text[:_TELLING]) > 1]
            return again if said else ["no boundary"]
        return [f"sent on: {one.text} ({one.matter})" for one in output.briefing.brief.beyond] if said else []


class FeedbackTakenUp(Metric[PairCase, Made]):
    """Feedback that changes nothing is the last that is given."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """Wishes that were read, and stand nowhere in the agenda; or words of the feedback in it."""
        if not output.briefing.brief.wishes:
            return None
        if not any("feedback" in item["tied_to"] for item in output.content["items"]):
            return ["not taken up"]
        said = [one.to_change for earlier in inputs.past for one in earlier.feedback.values() if one.to_change]
        shared = words_in(output.shared())
        return [f"quoted: {run}" for text in said for run in common_runs(words_in(text), shared, 5)]


class RestartAfterMissed(Metric[PairCase, Made]):
    """After two missed meetings a full agenda says that nothing happened; a short one can be kept."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """A long agenda, or one that says nothing of it."""
        statuses = [earlier.status for earlier in inputs.past]
        if len(statuses) < 2 or "held" in statuses[-2:]:
            return None
        found = [] if output.content["minutes"] <= 30 else [f"{output.content['minutes']} minutes"]
        return found if "restart" in output.content["summary"].lower() else [*found, "it is not called a restart"]


class OwnWordsKept(Metric[PairCase, Made]):
    """What somebody told the coach alone and finds in the partner's agenda is the end of candor."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """Runs of words of a note in what the partner reads, unless they stand in what both may know."""
        notes = {"mentor": inputs.mentor.note, "mentee": inputs.mentee.note}
        if not any(notes.values()):
            return None
        known = words_in(output.briefing.brief.model_dump_json())
        found = []
        for author, note in notes.items():
            partner = "mentee" if author == "mentor" else "mentor"
            read = words_in(f"{output.shared()} {' '.join(output.preps[partner]['steps'])}")
            for run in common_runs(words_in(note or ""), read, _PRIVATE_RUN):
                if run not in set(runs(known, _PRIVATE_RUN)):
                    found.append(f"the {author}'s note: {' '.join(run)}")
        return found


class PrepIsTheirs(Metric[PairCase, Made]):
    """Two people who have each prepared the other one's part sit down and find that nobody has the file."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """Steps that the library has for the other one, and actions that the other one took on."""
        found = []
        brief, lines = output.briefing.brief, _prep_lines()
        for role, partner in (("mentor", "mentee"), ("mentee", "mentor")):
            for step in output.preps[role]["steps"]:
                if (titled := _FOR.match(step)) and (titled[1], role) in lines:
                    told = _in_roles(titled[2], brief)[:_TELLING]
                    if told not in lines[titled[1], role] and told in lines[titled[1], partner]:
                        found.append(f"the {role} prepares the {partner}'s part: {step}")
                took_on = _TOOK_ON.match(step)
                owners = {one.owner for one in inputs.actions if took_on and one.text.startswith(took_on[1][:_TELLING])}
                if owners == {partner}:
                    found.append(f"the {role} is told of the {partner}'s action: {step}")
        return found


@cache
def _prep_lines() -> dict[tuple[str, str], str]:
    """What the library has each role prepare for the activity of this title."""
    fronts = (document.front for document in read_library(Settings().knowledge_dir).documents)
    return {
        (front.title, role): _small(getattr(front.prep, role))
        for front in fronts
        if isinstance(front, TopicFrontMatter)
        for role in ("mentor", "mentee")
    }


def _in_roles(text: str, brief: SessionBrief) -> str:
    """The text with the roles in the place of the two names, as the library has it."""
    for role, person in (("mentor", brief.mentor), ("mentee", brief.mentee)):
        text = re.sub(rf"\b{re.escape(person.first_name)}", f"the {role}", text)
    return _small(text)


def _small(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip().replace("your ment", "the ment")


class AvoidedNowhere(Metric[PairCase, Made]):
    """Somebody asked to keep this out, perhaps for a reason that hurts, and the other one is not to learn even that."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """What either asked to avoid, in what both read or in the other one's prep."""
        found = []
        for author, partner in (("mentor", "mentee"), ("mentee", "mentor")):
            read = f"{output.shared()}\n{' '.join(output.preps[partner]['steps'])}"
            for phrase in (inputs.mentor if author == "mentor" else inputs.mentee).avoid_topics:
                words = r"\W+".join(map(re.escape, re.findall(r"\w+", phrase)))
                if re.search(rf"\b{words}\b", read, re.IGNORECASE):
                    found.append(f"“{phrase}”, which the {author} asked to keep out")
        return found if inputs.mentor.avoid_topics or inputs.mentee.avoid_topics else None


class NoOrders(Metric[PairCase, Made]):
    """What a goal or a name orders a model to do must not stand in an agenda as if the coach had said it."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """Texts that give orders to a model, or carry markup or links."""
        texts = [
            text for text in output.shared().split("\n") if orders_a_model(text) or re.search(r"https?://|</?\w", text)
        ]
        return [f"“{text}”" for text in texts]


class NoExerciseSoon(Metric[PairCase, Series]):
    """The same exercise within a few meetings is a rerun, unless it was carried over or the library had no other; that
    is said then.
    """

    def faults(self, inputs: PairCase, output: Series) -> list[str] | None:
        """Activities that came back too soon without a word about it."""
        last: dict[str, int] = {}
        found = []
        for number, agenda in enumerate(output.agendas, start=1):
            for item in agenda["items"]:
                activity = item["activity"]
                if activity is None:
                    continue
                soon = number - last.get(activity, -FRESH_SESSIONS) < FRESH_SESSIONS
                if soon and not item["carried_over_from"] and "had no activity" not in agenda["notice"]:
                    found.append(f"{activity} in sessions {last[activity]} and {number}")
                last[activity] = number
        return found


PAIR_METRICS: tuple[type[Metric[PairCase, Made]], ...] = (
    Theirs,
    EveryItemTied,
    StageFits,
    LateSaid,
    SeniorListens,
    BoundarySet,
    FeedbackTakenUp,
    RestartAfterMissed,
    OwnWordsKept,
    PrepIsTheirs,
    AvoidedNowhere,
    NoOrders,
    *WORDING_METRICS,
)
SERIES_METRICS: tuple[type[Metric[PairCase, Series]], ...] = (NoExerciseSoon,)


def run_pairs() -> EvaluationReport[Any, Any, Any]:
    """The part `pairs`. Raises PartNotRun or a CoachError."""
    pairs, made = pairs_agendas()
    return judged("pairs", {pair.name: pair for pair in pairs}, PAIR_METRICS, made)


def run_series() -> EvaluationReport[Any, Any, Any]:
    """The part `series`. Raises PartNotRun or a CoachError."""
    pairs, made = series_of_agendas()
    return judged("series", {pair.name: pair for pair in pairs}, SERIES_METRICS, made)


register(Part("pairs", "whether agendas are a pair's own and read well, over datasets/pairs", PAIR_METRICS, run_pairs))
register(Part("series", f"whether {SESSIONS} agendas of a pair stay fresh", SERIES_METRICS, run_series))
