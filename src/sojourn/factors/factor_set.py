"""The factors of an engine, found by strategy."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sojourn.errors import ConfigError, StrategyNotBuilt
from sojourn.factors.credential import Credential
from sojourn.factors.enrollment import Enrollable
from sojourn.factors.factor import EnvironmentPart, Factor, FactorTools
from sojourn.factors.offer import Offer, Person
from sojourn.factors.strategy import Level, Proof, Purpose, Strategy
from sojourn.ids import UserId
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.store.interface import Groups
from sojourn.users.user import User

F = TypeVar("F", bound=Factor)

_NAME = re.compile(r"[a-z0-9_]{1,64}")
_METHODS = ("connected", "credential_kinds", "strategies", "environment", "offers", "decoys", "challenge", "check")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A strategy with its factor."""

    factor: Factor
    strategy: Strategy


@dataclass(frozen=True, slots=True)
class FactorSet:
    """The factors, in the order in which they are offered."""

    factors: Sequence[Factor]

    def of(self, kind: type[F]) -> F:
        """The engine's factor of this class. Raises: LookupError."""
        found = next((factor for factor in self.factors if isinstance(factor, kind)), None)
        if found is None:
            raise LookupError(f"this engine has no {kind.__name__}: name it in Config(factors=[...])")
        return found

    def enrollable(self, kind: str) -> Enrollable:
        """The factor that enrolls credentials of this kind. Raises: StrategyNotBuilt."""
        for factor in self.factors:
            if isinstance(factor, Enrollable) and kind in factor.credential_kinds():
                return factor
        raise StrategyNotBuilt(param="strategy")

    def check(self, instance: Instance) -> None:
        """Raises: ConfigError for factors with duplicate names, or that no flow would use."""
        strategies = [chosen.strategy for chosen in self._all(instance)]
        if twice := _twice(strategy.name for strategy in strategies):
            raise ConfigError(f"two factors have the strategy {twice}: give yours a name of its own")
        enrolled = [
            kind for factor in self.factors if isinstance(factor, Enrollable) for kind in factor.credential_kinds()
        ]
        if twice := _twice(enrolled):
            raise ConfigError(f"two factors enrol credentials of the kind {twice}: give yours a name of its own")
        for strategy in strategies:
            if _NAME.fullmatch(strategy.name) is None:
                raise ConfigError(f"the strategy {strategy.name!r} must be named with 1 to 64 of a-z, 0-9 and _")
            if not strategy.levels or not strategy.purposes:
                raise ConfigError(f"the strategy {strategy.name} needs at least one level and one purpose")

    def find(self, instance: Instance, name: str | None, purpose: Purpose, level: Level = Level.FIRST) -> Chosen:
        """Raises: StrategyNotBuilt for a strategy that no factor has for this purpose and level."""
        for chosen in self._all(instance):
            if chosen.strategy.name == name and _fits(chosen.strategy, purpose, level):
                return chosen
        raise StrategyNotBuilt(param="strategy")

    def named_by(self, instance: Instance, proof: Proof) -> Chosen | None:
        """The strategy of a new sign-in: the named one, or else the first one without a challenge whose proof is given.
        None if there is no proof yet. Raises: StrategyNotBuilt.
        """
        if proof.strategy is not None:
            names = (
                chosen.strategy.name for chosen in self._all(instance) if proof.strategy in chosen.strategy.create_names
            )
            return self.find(instance, next(names, proof.strategy), Purpose.SIGN_IN)
        for chosen in self._all(instance):
            strategy = chosen.strategy
            if strategy.is_challenged or strategy.identifies or not _fits(strategy, Purpose.SIGN_IN, Level.FIRST):
                continue
            if proof.of(strategy.field) is not None:
                return chosen
        return None

    def strategies(
        self, instance: Instance, level: Level = Level.FIRST, purpose: Purpose = Purpose.SIGN_IN
    ) -> list[Strategy]:
        return [chosen.strategy for chosen in self._all(instance) if _fits(chosen.strategy, purpose, level)]

    def sent_for(self, instance: Instance, purpose: Purpose) -> str:
        """The strategy with a challenge to use if a form names none. Raises: StrategyNotBuilt."""
        sent = [strategy.name for strategy in self.strategies(instance, purpose=purpose) if strategy.is_challenged]
        if not sent:
            raise StrategyNotBuilt(param="strategy")
        return sent[0]

    def offers(self, instance: Instance, person: Person, level: Level = Level.FIRST) -> list[Offer]:
        names = self._names(instance, level)
        return [
            offer for factor in self.factors for offer in factor.offers(instance, person) if offer.strategy in names
        ]

    def decoys(self, instance: Instance, identifier: str) -> list[Offer]:
        names = self._names(instance, Level.FIRST)
        return [
            offer for factor in self.factors for offer in factor.decoys(instance, identifier) if offer.strategy in names
        ]

    def environment(self, instance: Instance) -> list[EnvironmentPart]:
        return [factor.environment(instance) for factor in self.factors]

    async def person(self, groups: Groups, user: User, identifier: str | None, now: Instant) -> Person:
        """The user with their credentials of the kinds that factors need; one read, or none."""
        if not (kinds := self._kinds()):
            return Person(user, identifier)
        found = await groups.credentials.of_user(user.instance_id, user.id, kinds)
        return Person(user, identifier, [credential for credential in found if credential.is_usable(now)])

    async def second_factors(
        self, groups: Groups, instance: Instance, users: Collection[User], now: Instant
    ) -> Mapping[UserId, Collection[str]]:
        """The strategies of the second level that each user has; one read, or none where no factor has that level."""
        if not users or not self._names(instance, Level.SECOND):
            return {}
        kinds, found = self._kinds(), dict[UserId, list[Credential]]()
        if kinds:
            for credential in await groups.credentials.of_users(instance.id, [user.id for user in users], kinds):
                if credential.is_usable(now):
                    found.setdefault(credential.user_id, []).append(credential)
        people = [Person(user, None, found.get(user.id, ())) for user in users]
        return {
            person.user.id: {offer.strategy for offer in self.offers(instance, person, Level.SECOND)}
            for person in people
        }

    def _kinds(self) -> set[str]:
        return {kind for factor in self.factors for kind in factor.credential_kinds()}

    def _names(self, instance: Instance, level: Level) -> set[str]:
        return {strategy.name for strategy in self.strategies(instance, level)}

    def _all(self, instance: Instance) -> Iterator[Chosen]:
        for factor in self.factors:
            for strategy in factor.strategies(instance):
                yield Chosen(factor, strategy)


def connected(factors: Iterable[Factor], tools: FactorTools) -> FactorSet:
    """The factors connected to an engine. Raises: ConfigError for an object that is not a factor."""
    found = list(factors)
    for factor in found:
        if isinstance(factor, type):
            raise ConfigError(f"factors takes objects: name {factor.__name__}() and not the class {factor.__name__}")
        if missing := [name for name in _METHODS if not callable(getattr(factor, name, None))]:
            raise ConfigError(
                f"{type(factor).__name__} has no {missing[0]}(): derive it from sojourn.factors.factor.Factor"
            )
    return FactorSet([factor.connected(tools) for factor in found])


def _twice(names: Iterable[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)


def _fits(strategy: Strategy, purpose: Purpose, level: Level) -> bool:
    return purpose in strategy.purposes and level in strategy.levels
