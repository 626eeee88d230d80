"""The bench measures the way of a model's words to a pair, so its stand-in must write words that get there."""

from coach.agenda.choose import choose
from coach.agenda.guard import Draft, check_agenda
from coach.agenda.plan import outline
from coach.agenda.words import AgendaWords
from coach.agenda.write import agenda_prompt
from coach.asking import wire_schema
from coach.retrieval.search import Search
from coach.vocabulary import Vocabulary
from evals.bench.stub import read_offer, write
from evals.pairs import read_pairs


async def test_the_words_of_the_benchs_stand_in_pass_every_guard(search: Search) -> None:
    vocabulary, refused = Vocabulary(search.passages), {}
    for turn, pair in enumerate(read_pairs()[:24]):
        briefing = pair.briefing()
        plan = await choose(outline(briefing.brief), briefing, search)
        prompt = agenda_prompt(plan, briefing)
        text = write(wire_schema(AgendaWords), read_offer(f"{prompt.system}\n{prompt.user}"), turn)
        found = check_agenda(Draft(AgendaWords.model_validate_json(text), plan, briefing, vocabulary))
        if found:
            refused[pair.name] = found
    assert refused == {}
