"""The other side of the benchmark: agendas by a plain LangChain retrieval chain behind FastAPI, in one file.

It knows nothing of the coach. `--build` fills the Chroma collection from a file of passages; without it the app is
served. There is no database, no plan and no guard: whatever the model writes is the reply.
"""

import argparse
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, Literal

import uvicorn
from chromadb.config import Settings as ChromaSettings
from fastapi import FastAPI
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnablePassthrough
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sentence_transformers import SentenceTransformer

PASSAGES = 8

SYSTEM = """\
You prepare agendas for reverse mentoring: the mentor is the junior colleague, the mentee the senior one. Write a timed
agenda whose minutes add up to the length of the session. Open with a check-in and close with next steps. Let the mentor
lead at least half of the minutes. Name the goals, give things to do rather than topics to mention, and say for every
item why it is there. Use the passages below and cite them by their ids; never cite another id. Add conversation
starters for each side, and two steps of private preparation for the mentor and for the mentee."""

USER = """\
Mentor: {mentor}
Mentee: {mentee}
Goals:
{goals}
Topics: {topics}
Stage: {stage}
Minutes: {minutes}

Passages:
{passages}"""

PROMPT = ChatPromptTemplate.from_messages([("system", SYSTEM), ("user", USER)])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Item(_Strict):
    """One timed part of the session."""

    kind: Literal["check-in", "review", "exercise", "discussion", "reflection", "next-steps"]
    title: str
    minutes: int
    led_by: Literal["mentor", "mentee", "both"]
    description: str
    goal: str | None
    because: str
    sources: list[str]


class Starter(_Strict):
    """A question that opens a conversation."""

    text: str
    asked_by: Literal["mentor", "mentee", "either"]
    topic: str
    sources: list[str]


class Prep(_Strict):
    """What one side does before the session."""

    steps: list[str]
    sources: list[str]


class Agenda(_Strict):
    """The agenda of one reverse mentoring session."""

    title: str
    summary: str
    items: Annotated[list[Item], Field(min_length=3, max_length=8)]
    starters: Annotated[list[Starter], Field(min_length=3, max_length=6)]
    prep_mentor: Prep
    prep_mentee: Prep


class Request(_Strict):
    """What an agenda is asked for with."""

    mentor: str
    mentee: str
    goals: list[str]
    topics: list[str]
    stage: str
    minutes: int


class Source(BaseModel):
    """A passage that the agenda may cite."""

    id: str
    title: str
    section: str
    evidence: str


class Reply(BaseModel):
    """The agenda with the passages it was written from."""

    agenda: Agenda
    sources: list[Source]


@dataclass(frozen=True)
class Options:
    """Where the model, the index and the language model's server are."""

    embedding_folder: Path
    index_folder: Path
    llm_base_url: str
    llm_model: str


class MiniLM(Embeddings):
    """A sentence-transformers model as LangChain embeddings."""

    def __init__(self, folder: Path) -> None:
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each text."""
        vectors: list[list[float]] = self._model.encode(
            texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False
        ).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """One unit vector."""
        return self.embed_documents([text])[0]


def open_index(options: Options) -> Chroma:
    """The persistent collection of passages."""
    return Chroma(
        collection_name="passages",
        embedding_function=MiniLM(options.embedding_folder),
        persist_directory=str(options.index_folder),
        client_settings=ChromaSettings(anonymized_telemetry=False),
        collection_configuration={"hnsw": {"space": "cosine"}},
    )


def build(options: Options, passages: Path) -> int:
    """Fill the collection from a JSONL file of `{id, text, metadata}`; return how many passages it has."""
    index = open_index(options)
    rows = [json.loads(line) for line in passages.read_text("utf-8").splitlines()]
    index.add_documents([Document(id=row["id"], page_content=row["text"], metadata=row["metadata"]) for row in rows])
    return len(rows)


def make_chain(options: Options) -> Runnable[dict[str, Any], dict[str, Any]]:
    """Retrieve by the goals, then write: `{question, mentor, …}` gains `documents` and `agenda`."""
    retriever = open_index(options).as_retriever(search_kwargs={"k": PASSAGES})
    model = ChatOpenAI(
        model=options.llm_model, base_url=options.llm_base_url, api_key=SecretStr("unused"), temperature=0.3
    )
    writer = PROMPT | model.with_structured_output(Agenda, method="json_schema")
    return (
        RunnablePassthrough.assign(documents=itemgetter("question") | retriever)
        .assign(passages=lambda state: _as_text(state["documents"]))
        .assign(agenda=writer)
    )


def create_app(options: Options) -> FastAPI:
    """The app; the chain is made when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.chain = make_chain(options)
        yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/agendas", status_code=201)
    async def agendas(request: Request) -> Reply:
        state = await app.state.chain.ainvoke(
            {
                "question": " ".join(request.goals),
                "mentor": request.mentor,
                "mentee": request.mentee,
                "goals": "\n".join(f"- {goal}" for goal in request.goals),
                "topics": ", ".join(request.topics),
                "stage": request.stage,
                "minutes": request.minutes,
            }
        )
        sources = [Source(id=document.id or "", **document.metadata) for document in state["documents"]]
        return Reply(agenda=state["agenda"], sources=sources)

    return app


def _as_text(documents: list[Document]) -> str:
    return "\n\n".join(f"[{document.id}] {document.page_content}" for document in documents)


def main() -> None:
    """Build the collection, or serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embedding-folder", type=Path, required=True)
    parser.add_argument("--index-folder", type=Path, required=True)
    parser.add_argument("--llm-base-url", default="http://127.0.0.1:9/v1")
    parser.add_argument("--llm-model", default="stub")
    parser.add_argument("--build", type=Path, metavar="PASSAGES")
    parser.add_argument("--port", type=int, default=8001)
    given = parser.parse_args()
    options = Options(given.embedding_folder, given.index_folder, given.llm_base_url, given.llm_model)
    if given.build:
        print(build(options, given.build), "passages")
        return
    uvicorn.run(create_app(options), host="127.0.0.1", port=given.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
