"""Watches the only network device of a namespace, the loopback, whose default route leads back to it: whatever goes
elsewhere passes here as well. Says "ready", and at SIGTERM one line of JSON: how many packets of the loopback's own it
looked at (it stops looking after some), and what went elsewhere or asked for a name (port 53).

The kernel sorts out the loopback's own packets by a filter, so that none of the others is missed under load.
"""

import collections
import ctypes
import json
import select
import signal
import socket
import struct
import sys

ETHERNET_ALL = 3
OUTGOING = 4  # each packet passes the loopback twice: as it leaves, and as it comes in
SO_ATTACH_FILTER = 26
SOL_PACKET, PACKET_STATISTICS = 263, 6
IPV4, IPV6 = 0x0800, 0x86DD
LOAD_HALF, LOAD_BYTE, LOAD_WORD = 0x28, 0x30, 0x20
LOAD_HALF_AT_X, LOAD_HEADER_LENGTH = 0x48, 0xB1
IF_EQUAL, RETURN = 0x15, 0x06
PROTOCOL_OF_FRAME = 0xFFFFF000  # SKF_AD_OFF + SKF_AD_PROTOCOL
TCP, UDP, ICMP6, DNS = 6, 17, 58, 53
UNREACHABLE = 1
OWN6 = socket.inet_pton(socket.AF_INET6, "::1")
ENOUGH = 1000

# (operation, where to go on if so, where to go on if not, value): names are of lines below.
PROGRAM = [
    ("", LOAD_HALF, PROTOCOL_OF_FRAME, None, None),
    ("", IF_EQUAL, IPV4, "v4", "maybe v6"),
    ("v4", LOAD_BYTE, 16, None, None),
    ("", IF_EQUAL, 127, "v4 own", "tell"),
    ("v4 own", LOAD_BYTE, 9, None, None),
    ("", IF_EQUAL, UDP, "v4 port", "maybe tcp"),
    ("maybe tcp", IF_EQUAL, TCP, "v4 port", "leave"),
    ("v4 port", LOAD_HEADER_LENGTH, 0, None, None),
    ("", LOAD_HALF_AT_X, 2, None, None),
    ("", IF_EQUAL, DNS, "tell", "leave"),
    ("maybe v6", IF_EQUAL, IPV6, "v6", "tell"),
    ("v6", LOAD_WORD, 24, None, None),
    ("", IF_EQUAL, 0, "v6 b", "tell"),
    ("v6 b", LOAD_WORD, 28, None, None),
    ("", IF_EQUAL, 0, "v6 c", "tell"),
    ("v6 c", LOAD_WORD, 32, None, None),
    ("", IF_EQUAL, 0, "v6 d", "tell"),
    ("v6 d", LOAD_WORD, 36, None, None),
    ("", IF_EQUAL, 1, "v6 own", "tell"),
    ("v6 own", LOAD_BYTE, 6, None, None),
    ("", IF_EQUAL, ICMP6, "tell", "v6 port"),
    ("v6 port", LOAD_HALF, 42, None, None),
    ("", IF_EQUAL, DNS, "tell", "leave"),
    ("tell", RETURN, 0xFFFF, None, None),
    ("leave", RETURN, 0, None, None),
]


def attach_filter(sock):
    lines = {name: i for i, (name, *_) in enumerate(PROGRAM) if name}
    code = b""
    for i, (_, operation, value, yes, no) in enumerate(PROGRAM):
        jump = [0 if to is None else lines[to] - i - 1 for to in (yes, no)]
        code += struct.pack("HBBI", operation, *jump, value)
    buffer = ctypes.create_string_buffer(code, len(code))
    sock.setsockopt(
        socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(PROGRAM), ctypes.addressof(buffer))
    )


def describe(protocol, packet):
    if protocol == IPV4 and len(packet) >= 20:
        header, kind = (packet[0] & 15) * 4, packet[9]
        to = socket.inet_ntop(socket.AF_INET, packet[16:20])
    elif protocol == IPV6 and len(packet) >= 88 and packet[6] == ICMP6 and packet[24:40] == OWN6:
        # From ::1 the kernel sends nothing elsewhere: it answers that this cannot be reached, with what was to be sent.
        quoted = packet[48:]
        return describe(IPV6, quoted) if packet[40] == UNREACHABLE and quoted[24:40] != OWN6 else None
    elif protocol == IPV6 and len(packet) >= 40:
        header, kind = 40, packet[6]
        to = socket.inet_ntop(socket.AF_INET6, packet[24:40])
    else:
        return f"a frame of protocol {protocol:#06x}"
    word = {TCP: "tcp", UDP: "udp", 1: "icmp", ICMP6: "icmp6"}.get(kind, f"protocol {kind}")
    if kind not in (TCP, UDP) or len(packet) < header + 4:
        return f"{word} {to}"
    port = struct.unpack("!H", packet[header + 2 : header + 4])[0]
    name = f" ({question(packet[header + 8 :])})" if port == DNS and kind == UDP else ""
    return f"{word} {to} port {port}{name}"


def question(message):
    """The name that a DNS message asks for (RFC 1035, 4.1.2)."""
    labels, at = [], 12
    while at < len(message) and 0 < message[at] < 64:
        labels.append(message[at + 1 : at + 1 + message[at]].decode("ascii", "replace"))
        at += 1 + message[at]
    return ".".join(labels) or "no name"


def main():
    # Behind the link header, so that what is read begins with the packet.
    foreign = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    attach_filter(foreign)
    foreign.bind(("lo", ETHERNET_ALL))
    own = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    own.bind(("lo", ETHERNET_ALL))
    stop, stopper = socket.socketpair()
    stopper.setblocking(False)
    signal.set_wakeup_fd(stopper.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("ready", flush=True)
    elsewhere, seen, watched, ending = collections.Counter(), 0, [foreign, own, stop], False
    while True:
        readable, _, _ = select.select(watched, [], [], 0 if ending else None)
        if foreign in readable:
            packet, (_, protocol, kind, *_) = foreign.recvfrom(65535)
            what = describe(protocol, packet)
            if kind == OUTGOING and what is not None:
                elsewhere[what] += 1
        elif ending:
            break
        if own in readable:
            own.recv(64)
            seen += 1
            if seen >= ENOUGH:
                watched.remove(own)
                own.close()
        if stop in readable:
            ending = True
            watched = [foreign]
    _, dropped = struct.unpack("II", foreign.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
    print(json.dumps({"seen": seen, "elsewhere": elsewhere, "missed": dropped}))


if __name__ == "__main__":
    sys.exit(main())
