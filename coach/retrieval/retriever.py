"""The library as a LangChain retriever, so that others can use it in their chains."""

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from coach.retrieval.find import Hit, Narrowing
from coach.retrieval.search import Search


class LibraryRetriever(BaseRetriever):
    """Passages as LangChain documents.

    Metadata of each: `id`, `document_id`, `title`, `section`, `kind`, `topic`, `evidence`, `references` and `score`
    (cosine similarity).
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Search
    narrowing: Narrowing = Narrowing()
    k: int = 5

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(hit) for hit in self.search.find_now(query, self.k, self.narrowing)]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in await self.search.find(query, self.k, self.narrowing)]


def _document(hit: Hit) -> Document:
    passage, front = hit.passage, hit.passage.document.front
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "id": passage.id,
            "document_id": front.id,
            "title": front.title,
            "section": passage.section,
            "kind": passage.kind,
            "topic": front.topic,
            "evidence": front.evidence,
            "references": list(passage.references),
            "score": hit.score,
            "similarity": hit.similarity,
        },
    )
