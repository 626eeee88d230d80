import asyncio
from collections.abc import Sequence

import pytest
from langchain_core.documents import Document
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompt_values import PromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableLambda, RunnablePassthrough

from coach.retrieval.find import Narrowing
from coach.retrieval.library import Library
from coach.retrieval.retriever import LibraryRetriever
from coach.retrieval.search import Search

QUESTION = "What do we do when meetings keep being canceled?"
ANSWER = "Book twenty minutes."
ON_THE_SUBJECT = {"reviving-a-stalled-pair", "time-and-scheduling", "planning-the-session-series"}


@pytest.fixture
def retriever(search: Search) -> LibraryRetriever:
    return LibraryRetriever(search=search, k=3)


@pytest.fixture
def prompts() -> list[str]:
    """What the model was sent."""
    return []


@pytest.fixture
def chain(retriever: LibraryRetriever, prompts: list[str]) -> Runnable[str, str]:
    def joined(documents: Sequence[Document]) -> str:
        return "\n\n".join(f"[{document.id}] {document.page_content}" for document in documents)

    def record(prompt: PromptValue) -> PromptValue:
        prompts.append(prompt.to_string())
        return prompt

    prompt = ChatPromptTemplate.from_messages([("system", "Answer from:\n{passages}"), ("human", "{question}")])
    question = {"passages": retriever | joined, "question": RunnablePassthrough()}
    return question | prompt | RunnableLambda(record) | FakeListChatModel(responses=[ANSWER]) | StrOutputParser()


def assert_answered_from_the_library(prompt: str, library: Library) -> None:
    bodies = [document.body for document in library.documents if document.front.id in ON_THE_SUBJECT]
    sections = [section.partition("\n")[2].strip()[:80] for body in bodies for section in body.split("\n## ")[1:]]
    assert QUESTION in prompt
    assert any(section in prompt for section in sections)


def test_the_library_answers_in_a_langchain_chain(
    chain: Runnable[str, str], prompts: list[str], library: Library
) -> None:
    assert chain.invoke(QUESTION) == ANSWER

    assert_answered_from_the_library(prompts[0], library)


async def test_the_library_answers_in_an_async_langchain_chain(
    chain: Runnable[str, str], prompts: list[str], library: Library
) -> None:
    assert await chain.ainvoke(QUESTION) == ANSWER
    assert [part async for part in chain.astream(QUESTION)]

    assert_answered_from_the_library(prompts[0], library)
    assert prompts[0] == prompts[1]


async def test_a_sync_chain_works_inside_a_running_loop(chain: Runnable[str, str], prompts: list[str]) -> None:
    assert asyncio.get_running_loop().is_running()

    assert chain.invoke(QUESTION) == ANSWER
    assert await chain.ainvoke(QUESTION) == ANSWER

    assert prompts[0] == prompts[1]


def test_a_batch_gets_its_own_passages_for_each_question(retriever: LibraryRetriever, search: Search) -> None:
    """LangChain runs a batch on several threads at once."""
    queries = [passage.embedded_text[:300] for passage in search.passages[::60]]

    found = retriever.batch(queries)

    assert [documents[0].id for documents in found] == [search.find_now(query, 1)[0].passage.id for query in queries]


async def test_a_document_carries_what_a_citation_needs(search: Search) -> None:
    retriever = LibraryRetriever(search=search, narrowing=Narrowing(kinds=frozenset({"guidance"})), k=3)

    first, *others = await retriever.ainvoke(QUESTION)

    assert len(others) == 2
    assert first.page_content
    metadata = first.metadata
    assert metadata["id"] == first.id
    assert metadata["document_id"] in ON_THE_SUBJECT
    assert metadata["title"]
    assert (metadata["kind"], metadata["topic"]) == ("guidance", None)
    assert metadata["section"]
    assert metadata["evidence"] == "practitioner"
    assert any("Harvard Business Review" in reference for reference in metadata["references"])
    assert 0 < metadata["score"] <= 1
    assert metadata["score"] >= others[0].metadata["score"]


async def test_the_retriever_narrows(search: Search) -> None:
    narrowing = Narrowing(kinds=frozenset({"exercise"}), topics=frozenset({"career"}))
    retriever = LibraryRetriever(search=search, narrowing=narrowing, k=4)

    for documents in (retriever.invoke(QUESTION), await retriever.ainvoke(QUESTION)):
        assert [document.metadata["kind"] for document in documents] == ["exercise"] * 4
        assert {document.metadata["topic"] for document in documents} <= {"career", None}
