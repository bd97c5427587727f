"""A radio in software: Bumble's controllers on a link of this process, and one of them handed to the Linux kernel.

What differs from Bumble 0.0.236's own controller and link, and why:

- LL Privacy and LE Extended Advertising are hidden. The controller answers a connect with the plain Connection Complete
  event, and a kernel that sees one of the two features waits for the Enhanced one (google/bumble issue 841).
- A connect that is cancelled is cancelled; otherwise every later one is refused.
- ACL data carries the address that the link was made with, so a controller with a public address works too.
- Scan responses carry the scan response data and not the advertising data once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from bumble import hci, ll
from bumble.controller import Controller
from bumble.core import PhysicalTransport
from bumble.hci import Address
from bumble.link import LocalLink
from bumble.transport import open_transport

VHCI: Final = "/dev/vhci"
FEATURE_EXCHANGE_S: Final = 0.1  # on air it takes two connection intervals; see attach_kernel
RSSI_DBM: Final = -50  # as a stick hears one in the same room
_ACL_OCTETS: Final = 251  # the longest packet of the link layer; longer ones are put together again
_HIDDEN: Final = hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING


class SoftController(Controller):
    """A controller on a SoftLink; `rssi` is how strong others hear it."""

    def __init__(self, name: str, link: SoftLink, **others: object) -> None:
        super().__init__(name, link=link, **others)  # type: ignore[arg-type]  # transport and address, as Bumble's own
        self.rssi = RSSI_DBM
        self.le_features = self.le_features & ~_HIDDEN
        self.le_acl_data_packet_length = self.acl_data_packet_length = _ACL_OCTETS

    def on_hci_le_create_connection_cancel_command(
        self,
        command: hci.HCI_LE_Create_Connection_Cancel_Command,  # noqa: ARG002 - it has no parameters
    ) -> hci.HCI_StatusReturnParameters:
        """Forget the pending connect, and say so in an event behind the command's own completion."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        cancelled = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, cancelled)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Report what was received to a host that scans, and connect where one waits for this advertiser."""
        if self.le_scan_enable and isinstance(pdu, ll.AdvInd):
            self._report(pdu)
        pending = self.pending_le_connection
        if pending is not None and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def _report(self, pdu: ll.AdvInd) -> None:
        kinds = hci.HCI_LE_Advertising_Report_Event.EventType
        sender = self.link.find_le_controller(pdu.advertiser_address)
        parts = [(kinds.ADV_IND, pdu.data)]
        if self.le_scan_type == 1 and sender is not None:
            parts.append((kinds.SCAN_RSP, sender.le_legacy_advertiser.scan_response_data))
        for event_type, data in parts:
            report = hci.HCI_LE_Advertising_Report_Event.Report(
                event_type=event_type,
                address_type=pdu.advertiser_address.address_type,
                address=pdu.advertiser_address,
                data=data,
                rssi=sender.rssi if isinstance(sender, SoftController) else RSSI_DBM,
            )
            self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))


class SoftLink(LocalLink):
    """What joins the controllers; both delays are one way, in seconds."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.delay_s = 0.0  # of ACL data
        self.control_delay_s = 0.0  # of the link layer's own packets, such as the feature exchange

    def hears(self, sender: Controller | None, receiver: Controller | None) -> bool:
        """What one sends reaches the other."""
        return sender is not None and receiver is not None

    def send_acl_data(
        self, sender_controller: Controller, destination_address: Address, transport: PhysicalTransport, data: bytes
    ) -> None:
        """Carry data of a connection; what nobody hears is lost."""
        peer = self.find_le_controller(destination_address)
        connection = sender_controller.le_connections.get(destination_address)
        if peer is not None and connection is not None and self.hears(sender_controller, peer):
            later(self.delay_s, lambda: peer.on_link_acl_data(connection.self_address, transport, data))

    def send_advertising_pdu(self, sender_controller: Controller, packet: ll.AdvertisingPdu) -> None:
        """Carry an advertisement, or a connect, to all who hear it."""
        for controller in self.controllers:
            if controller is not sender_controller and self.hears(sender_controller, controller):
                asyncio.get_running_loop().call_soon(controller.on_ll_advertising_pdu, packet)

    def send_ll_control_pdu(self, sender_address: Address, receiver_address: Address, packet: ll.ControlPdu) -> None:
        """Carry a packet of the link layer itself."""
        peer = self.find_le_controller(receiver_address)
        if peer is not None and self.hears(self.find_le_controller(sender_address), peer):
            later(self.control_delay_s, lambda: peer.on_ll_control_pdu(sender_address, packet))


def later(delay_s: float, act: Callable[[], None]) -> None:
    """Do something after a while, or as soon as the loop can."""
    loop = asyncio.get_running_loop()
    loop.call_later(delay_s, act) if delay_s else loop.call_soon(act)


@asynccontextmanager
async def attach_kernel(link: SoftLink, device: str = VHCI) -> AsyncIterator[SoftController]:
    """Give the Linux kernel a controller on this link; it sees a new hciN for as long as this lasts.

    The feature exchange gets the time that it takes on air. Without it the data channel is up in the same instant as
    the connection, and bluetoothd 5.66 then may never signal that the device is connected.

    Raises:
        OSError: there is no such device, or no permission for it.
    """
    link.control_delay_s = max(link.control_delay_s, FEATURE_EXCHANGE_S)
    async with await open_transport(f"vhci:{device}") as transport:
        yield SoftController("kernel", link, host_source=transport.source, host_sink=transport.sink)
