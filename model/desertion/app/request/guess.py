"""What is compared where nobody has chosen it: the policies of the other pages beside the scenario as it is."""

from __future__ import annotations

from dataclasses import replace

from desertion.app.request.address import Address
from desertion.scenario.documents import AS_IT_IS, JOIN


def compared(address: Address) -> Address:
    """The address with its policies beside the scenario as it is, where nobody has chosen what is compared."""
    if not address.policies or address.arms != Address().arms:
        return address
    return replace(address, arms=_guess(address))


def unguessed(address: Address) -> Address:
    """The address without what `compared` put there, which nobody has chosen and which would outlive the policies that it was made of."""
    return replace(address, arms=Address().arms) if address.policies and address.arms == _guess(address) else address


def _guess(address: Address) -> tuple[str, ...]:
    return AS_IT_IS, JOIN.join(address.policies)
