"""What a model is given besides its task must be harmless in anybody's hands."""

from coach.errors import ModelUnreachable
from tests.api.conftest import FEEDBACK, Serve
from tests.scripted_model import ScriptedModel

KEY = "sk-zqcanary"


async def test_a_model_is_given_no_key_token_or_id(serve: Serve) -> None:
    model = ScriptedModel("no agenda", ModelUnreachable("down"), "no summary", ModelUnreachable("down"))
    service = await serve(model, llm_api_key=KEY)
    pair = await service.pair()
    await pair.mentor.put(f"/pairs/{pair.id}/private-note", {"text": "I would rather listen today."})
    held = await pair.held(focus="Which charts we need")
    for who in (pair.mentor, pair.mentee):
        assert (await who.put(f"/sessions/{held}/feedback", FEEDBACK)).status_code == 200
    session_id = await pair.session()
    agenda = await pair.agenda(session_id)
    assert (await pair.mentor.get(f"/pairs/{pair.id}/feedback-summary")).status_code == 200
    given = model.asked()
    assert {request.schema_name for request in model.requests} == {"agenda", "feedback_summary"}
    ids = (pair.id, pair.program_id, pair.mentor.id, pair.mentee.id, session_id, held, agenda["id"])
    people = (pair.mentor, pair.mentee, pair.coordinator)
    for secret in (KEY, *ids, *(who.token or "" for who in people), "priya@example.org", "martin@example.org"):
        assert secret
        assert secret not in given, secret
