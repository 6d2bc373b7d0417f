"""Settings, read once from the environment. Command-line options take precedence."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from platformdirs import user_cache_path, user_data_path
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from graphface.errors import UsageError


def _data_home() -> Path:
    return user_data_path("graphface", appauthor=False)


def _cache_home() -> Path:
    return user_cache_path("graphface", appauthor=False)


class Settings(BaseSettings):
    """`GRAPHFACE_*` for graphface's own, `NEO4J_*` for a Neo4j that runs elsewhere."""

    model_config = SettingsConfigDict(
        env_prefix="GRAPHFACE_", extra="ignore", populate_by_name=True
    )

    home: Path = Field(default_factory=_data_home)
    """Where the embedded database lives: its data, logs, configuration and password."""

    cache: Path = Field(default_factory=_cache_home)
    """What can be fetched or made again: jars, converted models, thumbnails."""

    neo4j_uri: str | None = Field(default=None, validation_alias=AliasChoices("NEO4J_URI"))
    """A Neo4j elsewhere; unset, the embedded one is started."""

    neo4j_username: str = Field(default="neo4j", validation_alias=AliasChoices("NEO4J_USERNAME"))
    """Who logs in there."""

    neo4j_password: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("NEO4J_PASSWORD")
    )
    """The password of that user."""

    neo4j_auth_file: Path | None = Field(
        default=None, validation_alias=AliasChoices("NEO4J_AUTH_FILE")
    )
    """A file that holds `user/password`, as the official container takes it; wins over both."""

    neo4j_database: str | None = Field(
        default=None, validation_alias=AliasChoices("NEO4J_DATABASE")
    )
    """Which database of that server; unset, its default."""

    model: str | None = None
    """Name of an embedding model, or path of an `.onnx` file; unset, the best that can be had."""

    detector: str | None = None
    """Name of a face detector; unset, the best that can be had."""

    debug: bool = False
    """Show tracebacks instead of one line."""

    def neo4j_login(self) -> tuple[str, str]:
        """User and password of the Neo4j elsewhere. Raises UsageError for a file without them."""
        if self.neo4j_auth_file is None:
            return self.neo4j_username, self.neo4j_password.get_secret_value()
        try:
            text = self.neo4j_auth_file.read_text("utf-8")
        except OSError as error:
            raise UsageError(
                f"NEO4J_AUTH_FILE cannot be read: {self.neo4j_auth_file}: {error.strerror}",
                "It names a file that holds user/password, readable by you",
                code="password-file-invalid",
                neo4j_auth_file=self.neo4j_auth_file,
                strerror=error.strerror,
            ) from error
        user, slash, password = text.strip().partition("/")
        if not slash:
            raise UsageError(
                f"{self.neo4j_auth_file} holds no user/password",
                "Like: neo4j/secret",
                code="password-file-invalid",
                neo4j_auth_file=self.neo4j_auth_file,
            )
        return user, password


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process (`settings.cache_clear()` reads the environment again)."""
    return Settings()
