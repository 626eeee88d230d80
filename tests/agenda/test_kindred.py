"""What people mean who keep a private subject out, in their own words: that, its kindred, and nothing besides."""

import pytest

from coach.agenda.avoidance import Avoidance
from coach.agenda.brief import make_brief
from coach.agenda.choose import may_be_shown
from coach.agenda.kindred import subjects
from coach.retrieval.chunk import AT_A_GLANCE
from coach.retrieval.search import Search
from tests.agenda.pairs import agenda_facts, briefing_of, participant


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("talk about money", "what to do with your savings account"),
        ("how much I earn", "Compare our salaries."),
        ("anything to do with my divorce", "since the divorce"),
        ("anything to do with my divorce", "my ex-husband's company"),
        ("my weight", "who goes on a diet"),
        ("please no food talk", "her eating disorder"),
        ("politics please not", "the politics of the city"),
        ("politics please not", "after the election"),
        ("religion/faith stuff", "sing in the church choir"),
        ("religion/faith stuff", "a matter of faith"),
        ("nothing about my health, please", "back from sick leave"),
        ("questions on my mental health", "Signs of a burnout"),
        ("Don't ask me about my kids!", "how childcare is paid"),
        ("being pregnant", "her miscarriage"),
        ("my partner's illness", "when the diagnosis came"),
        ("my age", "Plan for your retirement"),
        ("jokes about my accent", "as a native speaker"),
        ("where I'm from", "What is your nationality?"),
        ("I'd rather not talk about my dad's death", "the funeral"),
        ("drinking", "a glass of wine after work"),
        ("why I left my last job", "when you were fired"),
        ("being gay", "her sexual orientation"),
        ("my disability", "the wheelchair ramp"),
        ("my housing situation", "the landlord's letter"),
        ("my immigration status", "the visa office"),
        ("how I look", "What does your outfit say?"),
        ("my grades at school", "colleagues without a degree"),
        ("conflict with my boss", "what your line manager thinks"),
        ("marriage and family plans", "the maternity leave"),
        ("discussions about the reorganisation", "after a reorganisation"),
        ("my stutter", "Speak with a stutter"),
        ("nothing about my caste please", "caste and class"),
        ("mi religión", "religion at work"),
        ("ma grossesse", "when she was pregnant"),
        ("Religion und Politik", "after the election"),
        ("race", "Be an ally for Black colleagues"),
        ("my ADHD", "how neurodivergent colleagues work"),
        ("being a woman in tech", "what women run into here"),
        ("social media", "Post on LinkedIn"),
        ("bitcoin", "what cryptocurrencies are for"),
        ("trade unions", "the works council"),
        ("performance reviews", "before the annual appraisal"),
        ("religion", "how faith shapes a day"),
        ("the police, protests", "How protests changed this town"),
        ("my stutter and squirrels", "a park full of squirrels"),
        ("my family or where I come from", "Our family"),
        ("artificial intelligence", "Use ChatGPT for first drafts"),
    ],
)
def test_what_is_kept_out_in_free_words_stays_out_with_its_kindred(phrase: str, text: str) -> None:
    assert Avoidance([phrase]).touches(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("IT issues", "It works, and issues are rare."),
        ("no-code tools", "the code of conduct"),
        ("on call", "a call with a customer"),
        ("talk about work", "the work of both"),
        ("my health", "a health check of our servers"),
        ("my weight", "how to weigh a trend, and give it weight"),
        ("my grief", "a loss of two minutes"),
        ("religion", "Christian and Grace look at a chart."),
        ("my age", "at the age of the telegraph"),
        ("my partner", "Ask your partner to read it out."),
        ("my last job", "the job in hand, and let it go"),
        ("my team", "each team and its goals"),
        ("TikTok", "Post on LinkedIn"),
        ("religion", "Faith opens, Martin listens."),
        ("race", "a black line on the chart"),
        ("climate change", "the climate in our team"),
        ("pay for suppliers in the north, and their terms", "our salaries"),
    ],
)
def test_who_keeps_one_thing_out_keeps_no_other(phrase: str, text: str) -> None:
    assert not Avoidance([phrase]).touches(text)


@pytest.mark.parametrize("phrase", ["no career questions, please", "Career stuff", "inclusion or career"])
def test_a_topic_is_kept_out_in_free_words_as_well(phrase: str) -> None:
    assert "career" in Avoidance([phrase]).topics
    assert Avoidance([phrase]).touches("a career page")


def test_what_free_words_keep_out_is_in_no_part_of_the_brief_and_its_author_alone_is_told() -> None:
    mentor = participant("mentor", "Priya Raman", avoid_topics=["anything to do with my divorce, please"])
    briefing = make_brief(agenda_facts(mentor=mentor, goals=["Use SQL", "Write about divorce for our clients"]))
    assert briefing.brief.goals == ("Use SQL",)
    assert (briefing.mentor.set_aside, briefing.mentee.set_aside) == (1, 0)


def test_no_subject_costs_more_than_a_tenth_of_the_activities_or_of_the_starters(search: Search) -> None:
    activities = [passage for passage in search.passages if passage.section == AT_A_GLANCE]
    starters = [passage for passage in search.passages if passage.asked_by]
    for words in subjects().values():
        mentee = participant("mentee", "Martin Olsen", avoid_topics=list(words))
        briefing = briefing_of(mentee=mentee)
        for passages in (activities, starters):
            lost = [passage.id for passage in passages if not may_be_shown(passage, briefing.avoid)]
            assert 10 * len(lost) <= len(passages), (words[0], lost)
    assert len(subjects()) >= 20
