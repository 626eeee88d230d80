"""Theme reports for coordinators."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from api.auth import Coordinator
from api.dependencies import Id, Page, negotiate
from api.routes.agendas import Accept
from api.schemas import Page as PageOf
from api.schemas import reports as schemas
from api.state import State
from coach.errors import NotFound
from coach.feedback.periods import parse_period
from coach.feedback.publishing import publish
from coach.feedback.report_forms import markdown, table
from coach.feedback.report_words import report_words
from coach.models import now
from coach.store.programs import get_program
from coach.store.reports import cursor_of, list_reports, report_of

router = APIRouter(tags=["feedback"])

JSON, MARKDOWN, CSV = "application/json", "text/markdown", "text/csv"
_FORMS = (JSON, MARKDOWN, CSV)
_TEXT = {"schema": {"type": "string"}}
_CONTENT: dict[int | str, dict[str, Any]] = {200: {"content": {MARKDOWN: _TEXT, CSV: _TEXT}}}
_CONTENT_MADE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The report, which was made before.", "model": schemas.ThemeReport},
    201: {"content": {MARKDOWN: _TEXT, CSV: _TEXT}},
}
PeriodLabel = Annotated[str, Path(max_length=40, description="A quarter such as 2026-Q3 or a month such as 2026-08.")]


@router.post(
    "/programs/{program_id}/theme-reports",
    status_code=201,
    response_model=schemas.ThemeReport,
    responses=_CONTENT_MADE,
)
async def publish_report(
    program_id: Id,
    body: schemas.ReportCreate,
    caller: Coordinator,
    state: State,
    response: Response,
    accept: Accept = None,
) -> Any:
    """Publish the themes of a month or a quarter, from 7 days after its end on: once, and never changed again.

    With too few people or pairs the report is withheld, for good. No day is in two published reports: whoever
    publishes a month cannot publish its quarter. Asking again gives the same report, with status 200.
    """
    caller.sees_program(program_id)
    form = negotiate(accept, _FORMS)
    period = parse_period(body.period)
    words = report_words(state.library().library)
    report, made = await publish(
        state.store,
        state.reader,
        words,
        program_id,
        period,
        now(),
        who=caller.token_id,
        second_reader=state.second_reader is not None,
    )
    response.status_code = 201 if made else 200
    return _in_form([report.content], form, response.status_code) or schemas.ThemeReport(**report.content)


@router.get(
    "/programs/{program_id}/theme-reports",
    response_model=PageOf[schemas.ThemeReport],
    responses=_CONTENT,
)
async def read_reports(
    program_id: Id, caller: Coordinator, page: Page, state: State, request: Request, accept: Accept = None
) -> Any:
    """The reports that were published or withheld, by period, also as `text/markdown` or `text/csv`.

    In those two forms the header `Link` names the next part of the list.
    """
    caller.sees_program(program_id)
    form = negotiate(accept, _FORMS)
    async with state.store.read() as db:
        await get_program(db, program_id)
        rows = await list_reports(db, program_id, page.limit + 1, page.after)
    behind = page.next_cursor([cursor_of(row) for row in rows])
    contents = [row.content for row in rows[: page.limit]]
    if reply := _in_form(contents, form, 200):
        if behind:
            path = request.url.path
            reply.headers["Link"] = f'<{path}?limit={page.limit}&cursor={behind}>; rel="next"'
        return reply
    return PageOf(items=[schemas.ThemeReport(**content) for content in contents], next_cursor=behind)


@router.get(
    "/programs/{program_id}/theme-reports/{period}",
    response_model=schemas.ThemeReport,
    responses=_CONTENT,
)
async def read_report(
    program_id: Id, period: PeriodLabel, caller: Coordinator, state: State, accept: Accept = None
) -> Any:
    """The report of one period, also as `text/markdown` or `text/csv`. Nothing is told of a period without one."""
    caller.sees_program(program_id)
    form = negotiate(accept, _FORMS)
    label = parse_period(period).label
    async with state.store.read() as db:
        await get_program(db, program_id)
        report = await report_of(db, program_id, label)
    if report is None:
        raise NotFound("There is no report on this period. Publish it with POST on the list of reports.")
    return _in_form([report.content], form, 200) or schemas.ThemeReport(**report.content)


def _in_form(contents: list[dict[str, Any]], form: str, status: int) -> Response | None:
    """The reports as text, or None where JSON is wanted."""
    if form == MARKDOWN:
        return Response(markdown(contents), status, media_type=f"{MARKDOWN}; charset=utf-8")
    if form == CSV:
        headers = {"Content-Disposition": 'attachment; filename="feedback-themes.csv"'}
        return Response(table(contents), status, media_type=f"{CSV}; charset=utf-8; header=present", headers=headers)
    return None
