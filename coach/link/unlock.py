"""The writes of a vendor without which a machine stays deaf (ftms.md 3.14, 4.20); harmless where it needs none."""

from __future__ import annotations

import logging
from contextlib import suppress

from coach.core.error import LinkError
from coach.link.ble import Peer
from coach.link.habits import Habits

log = logging.getLogger(__name__)


async def unlock(peer: Peer, habits: Habits) -> None:
    """Write each unlock that the machine has a characteristic for. Never raises: one that stays deaf is noticed."""
    for one in habits.unlock:
        if not peer.has(one.uuid):
            continue
        if one.answers_on and peer.has(one.answers_on):
            with suppress(LinkError):
                await peer.listen(one.answers_on, lambda value: log.info("unlock answers %s", value.hex()))
        try:
            await peer.write(one.uuid, one.value, response=one.response)
        except LinkError as error:
            log.warning("not unlocked: %s", error)
