"""Feedback that was kept elsewhere."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException

from api import events
from api.auth import Admin
from api.dependencies import Id, negotiate
from api.routes.agendas import JSON, Accept
from api.schemas import imports as schemas
from api.state import State
from coach.errors import Conflict
from coach.feedback.imported import Form, read_rows
from coach.models import new_id, now
from coach.store.imports import Imported, add_imported, pairs_of_program
from coach.store.programs import get_program

router = APIRouter(tags=["feedback"])

CSV = "text/csv"
_FORMS: dict[str, Form] = {JSON: "json", CSV: "csv"}


@router.post(
    "/programs/{program_id}/feedback/import",
    status_code=201,
    response_model=schemas.FeedbackImported,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": schemas.IMPORT_SCHEMA}, CSV: {"schema": {"type": "string"}}},
        }
    },
    responses={
        200: {
            "description": "The progress, and at the end the result: events `progress`, then `imported` or `problem`.",
            "content": {events.MEDIA_TYPE: {"schema": {"type": "string"}}},
        }
    },
)
async def import_feedback(program_id: Id, caller: Admin, state: State, request: Request, accept: Accept = None) -> Any:
    """Bring in feedback that was kept elsewhere, all rows or none: at most 100,000, as JSON or as CSV in UTF-8.

    JSON is a list of rows, by itself or as `rows` of an object. A CSV file begins with a line of column names:
    `pair_id`, `author` and `held_at`, and any of `usefulness`, `safety`, `progress`, `went_well`, `to_change`, with a
    comma, a semicolon or a tab between them. A row that is there already is not counted twice. It counts for periods of
    which no report is published yet; what was held in a published period is kept, and counts in no report. No partner
    ever sees imported feedback. With `Accept: text/event-stream` the reply tells how far it is.
    """
    answer = negotiate(accept, (JSON, events.MEDIA_TYPE))
    form = _FORMS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if form is None:
        raise HTTPException(415, f"Send the rows as {JSON} or as {CSV}, and say which in Content-Type.")
    async with state.store.read() as db:
        await get_program(db, program_id)
        pairs = await pairs_of_program(db, program_id)
    body = await request.body()

    async def bring_in(tell: events.Tell) -> schemas.FeedbackImported:
        nonlocal body
        tell("checking", "Checking every row.")
        given, body = body, b""
        rows = await asyncio.to_thread(read_rows, given, form, pairs, now())
        total = len(rows)

        def stored(done: int) -> None:
            tell("storing", f"{done:,} of {total:,} rows are written.", done=done, of=total)

        try:
            async with state.store.write() as db:
                result = await add_imported(db, program_id, rows, stored)
                await caller.did(db, "feedback.import", program_id=program_id)
        except IntegrityError:
            raise Conflict("The same rows are being imported by somebody else. Try again in a minute.") from None
        if result.comments:
            # An id of its own: a job that runs already may be past some of these comments.
            state.jobs.enqueue("read-imported", import_id=new_id())
        return _reply(result)

    if answer == events.MEDIA_TYPE:
        return events.tell(request, "imported", bring_in)
    return await bring_in(events.untold)


def _reply(result: Imported) -> schemas.FeedbackImported:
    notice = "Their comments are read for themes in the background." if result.comments else "There is nothing to read."
    if result.not_counted:
        notice += (
            f" {result.not_counted:,} of them were held in a period whose report is published. Reports are frozen, so "
            "these are kept and count in no report."
        )
    return schemas.FeedbackImported(
        imported=result.imported,
        already_there=result.already_there,
        not_counted=result.not_counted,
        comments=result.comments,
        notice=notice,
    )
