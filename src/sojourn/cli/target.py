"""The application that a command means: the one in its database. Only a server's first start makes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sojourn.config import Config
from sojourn.errors import ConfigError
from sojourn.secret import Secret
from sojourn.server.development import development_keys, has_keys, read_last_start

if TYPE_CHECKING:
    from sojourn.instances.instance import Instance

_FIRST_START = "`sojourn dev` (or `sojourn serve`, in production) makes it at its first start"


@dataclass(frozen=True, slots=True)
class Target:
    """`named` are the settings that somebody set: whatever else `config` says is a default, and gives way to the database."""

    config: Config
    named: frozenset[str]

    @classmethod
    def told(cls, given: Mapping[str, object]) -> "Target":
        """By command line, variables and file. Raises: ConfigError."""
        named = Config.named(given)
        return cls(Config.of(named), frozenset(named))

    @property
    def database_url(self) -> str:
        """The database named, or that of the data folder. Raises: ConfigError when the folder's server uses another one."""
        last = None if "database_url" in self.named else read_last_start(self.config.data)
        if last is not None and last.database_is_elsewhere:
            raise ConfigError(
                f"the server of {self.config.data} was started with --database-url: name the same database to this command"
            )
        return self.config.database_url

    @property
    def has_database(self) -> bool:
        """Whether one was named, or the data folder has one."""
        return "database_url" in self.named or (self.config.data / "sojourn.db").exists()

    @property
    def is_fresh_folder(self) -> bool:
        """A data folder of development that was named and in which nothing is yet: a command may begin there."""
        return "data" in self.named and self.config.is_development and not self.has_database

    async def found(self) -> Config:
        """The configuration with database, environment, address and keys of the application. Raises: ConfigError."""
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
                "--data names the folder of another, SOJOURN_DATABASE_URL a database"
            )
        store = open_store(self.database_url)
        try:
            await store.migrate()
            return await store.instances.all()
        finally:
            await store.close()

    def chosen(self, instances: "Sequence[Instance]") -> "Instance":
        """The only application there is; of several that of the named environment. Raises: ConfigError."""
        if not instances:
            raise ConfigError(f"this database has no application yet: {_FIRST_START}")
        found = "; ".join(f"{each.environment.value} at {each.public_url}" for each in instances)
        if "environment" in self.named:
            instances = [each for each in instances if each.environment is self.config.environment]
            if not instances:
                said = self.config.environment.value
                raise ConfigError(
                    f"SOJOURN_ENVIRONMENT says {said}, and this database holds another application: {found}"
                )
        elif len(instances) > 1:
            raise ConfigError(
                f"this database holds several applications ({found}): SOJOURN_ENVIRONMENT says which one is meant"
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
        raise ConfigError(f"this application's keys are sealed: this command needs {where}, as its server does")
