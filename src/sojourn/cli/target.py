"""Find the application a command works on. Only the first start of a server creates one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sojourn.config import Config
from sojourn.errors import ConfigError
from sojourn.secret import Secret
from sojourn.server.development import development_keys, has_keys, read_last_start

if TYPE_CHECKING:
    from sojourn.instances.instance import Instance

_FIRST_START = "the first start of `sojourn dev` (or `sojourn serve`, in production) creates it"


@dataclass(frozen=True, slots=True)
class Target:
    """`named` are the explicitly set options; every other value of `config` is a default that the stored application overrides."""

    config: Config
    named: frozenset[str]

    @classmethod
    def told(cls, given: Mapping[str, object]) -> "Target":
        """From options, environment variables and file. Raises: ConfigError."""
        named = Config.named(given)
        return cls(Config.of(named), frozenset(named))

    @property
    def database_url(self) -> str:
        """The given database, or that of the data folder. Raises: ConfigError when the folder's server uses another one."""
        last = None if "database_url" in self.named else read_last_start(self.config.data)
        if last is not None and last.database_is_elsewhere:
            raise ConfigError(
                f"the server of {self.config.data} was started with --database-url: give this command the same database"
            )
        return self.config.database_url

    @property
    def has_database(self) -> bool:
        """True if a database was given or the data folder contains one."""
        return "database_url" in self.named or (self.config.data / "sojourn.db").exists()

    @property
    def is_fresh_folder(self) -> bool:
        """True for a given, still empty development folder, in which a command may create an application."""
        return "data" in self.named and self.config.is_development and not self.has_database

    async def found(self) -> Config:
        """The configuration with the application's database, environment, URL and keys. Raises: ConfigError."""
        if self.is_fresh_folder:
            root_keys = self.config.root_keys or (Secret(development_keys(self.config.data).root_key),)
            return replace(self.config, database_url=self.database_url, root_keys=root_keys)
        instance = self.chosen(await self.instances())
        config = replace(
            self.config,
            database_url=self.database_url,
            environment=instance.environment,
            public_url=instance.public_url,  # a server moves its application to another address, a command never does
        )
        return replace(config, root_keys=config.root_keys or self._root_keys(config))

    async def instances(self) -> "Sequence[Instance]":
        """The applications in the database. Raises: ConfigError when there is no database."""
        from sojourn.store.opening import open_store

        if not self.has_database:
            raise ConfigError(
                f"there is no database in {self.config.data}: {_FIRST_START}; "
                "use --data for another folder or SOJOURN_DATABASE_URL for a database"
            )
        store = open_store(self.database_url)
        try:
            await store.migrate()
            return [instance for instance in await store.instances.all() if not instance.is_console]
        finally:
            await store.close()

    def chosen(self, instances: "Sequence[Instance]") -> "Instance":
        """The only application, or the one of the given environment. Raises: ConfigError."""
        if not instances:
            raise ConfigError(f"this database has no application yet: {_FIRST_START}")
        found = "; ".join(f"{instance.environment.value} at {instance.public_url}" for instance in instances)
        if "environment" in self.named:
            instances = [instance for instance in instances if instance.environment is self.config.environment]
            if not instances:
                said = self.config.environment.value
                raise ConfigError(
                    f"SOJOURN_ENVIRONMENT is {said}, but this database contains another application: {found}"
                )
        elif len(instances) > 1:
            raise ConfigError(
                f"this database contains several applications ({found}): choose one with SOJOURN_ENVIRONMENT"
            )
        return instances[0]

    def _root_keys(self, config: Config) -> tuple[Secret, ...]:
        if config.is_development and has_keys(config.data):
            return (Secret(development_keys(config.data).root_key),)
        where = (
            "the folder with its keys.json (--data), or SOJOURN_ROOT_KEYS"
            if config.is_development
            else "SOJOURN_ROOT_KEYS"
        )
        raise ConfigError(f"this application's keys are encrypted: this command needs {where}, as its server does")
