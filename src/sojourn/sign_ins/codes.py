"""Links in code mails: they admit a browser even after unknown devices used up the tries (R-OTP-02, R-OTP-08)."""

from dataclasses import dataclass
from datetime import timedelta

from sojourn.errors import VerificationExpired
from sojourn.factors.verification import VerificationStatus
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sessions.known_devices import KnownDevices
from sojourn.store.interface import Store
from sojourn.users.code_tries import CodeTries
from sojourn.users.device_tries import DeviceTries

LINK_LIFE = timedelta(days=1)
"""How long a mail's link can make the browser that opens it a known device: the period in which others can use up a
day's codes. It can admit an attempt only while its code is valid.
"""


@dataclass(frozen=True, slots=True)
class SignInCodes:
    store: Store
    clock: Clock
    devices: KnownDevices
    code_tries: CodeTries
    device_tries: DeviceTries

    async def asked_by_link(self, instance: Instance, token: str) -> tuple[Instant, bool]:
        """The time at which the link's code was requested, and True if its attempt can still be admitted.

        Raises: VerificationExpired (used, over or unknown).
        """
        challenge = await self.store.verifications.find_by_link(instance.id, Secret(token).stored_form())
        now = self.clock.now()
        if challenge is None or challenge.admitted_at is not None or challenge.created_at <= now.before(LINK_LIFE):
            raise VerificationExpired()
        return challenge.created_at, challenge.status_at(now) is VerificationStatus.UNVERIFIED

    async def recognise(self, caller: Caller, token: str) -> Secret:
        """Make the browser that opens the link a known device, with codes and tries of its own, and return its mark (R-LIM-03).

        It starts no session. Works once, and not if the link has admitted another browser. Raises: VerificationExpired.
        """
        instance, since = caller.instance, self.clock.now().before(LINK_LIFE)
        taken = await self.store.verifications.take_link(instance.id, Secret(token).stored_form(), since)
        address = None
        if taken is not None and taken.identifier_id is not None:
            address = await self.store.users.find_identifier(instance.id, taken.identifier_id)
        user = None if address is None else await self.store.users.find(instance.id, address.user_id)
        if taken is None or user is None or address is None or not address.is_held:
            raise VerificationExpired()
        if user.devices_forgotten_at is not None and taken.created_at <= user.devices_forgotten_at:
            raise VerificationExpired()  # from before a reset (R-PWD-11)
        return self.devices.marked(caller, user)

    async def admit(self, instance: Instance, token: str) -> None:
        """Let the browser that began the attempt try its code, even if unknown devices used up the tries.

        Once, and not for another attempt (R-OTP-02, R-OTP-08). Raises: VerificationExpired.
        """
        if await self.store.verifications.admit(instance.id, Secret(token).stored_form(), self.clock.now()) is None:
            raise VerificationExpired()
