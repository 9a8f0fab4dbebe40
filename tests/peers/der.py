"""DER as SPNEGO needs it (RFC 4178 4.2): elements, and the fields of its tokens.

SPDX-License-Identifier: LGPL-2.1-or-later
"""


def element(data, at=0):
    """(tag, first byte of the contents, first byte behind) of a DER element."""
    size, start = data[at + 1], at + 2
    if size & 0x80:
        start += size & 0x7f
        size = int.from_bytes(data[at + 2:start], 'big')
    return data[at], start, start + size


def encode(tag, contents):
    size = len(contents)
    head = bytes([size]) if size < 0x80 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, 'big')
    return bytes([tag]) + head + contents


def fields(token):
    """tag -> contents of a NegTokenResp (RFC 4178 4.2.2)."""
    _, start, _ = element(token)
    _, at, end = element(token, start)
    found = {}
    while at < end:
        tag, inside, behind = element(token, at)
        found[tag] = token[inside:behind]
        at = behind
    return found


def contents(data):
    """Of the one element that DATA is."""
    _, start, end = element(data)
    return data[start:end]


def response(found):
    return encode(0xa1, encode(0x30, b''.join(encode(tag, inside) for tag, inside in sorted(found.items()))))


SPNEGO = bytes.fromhex('06062b0601050502')


def offer(mechanisms, token):
    """A NegTokenInit in its frame, and the MechTypeList that a MIC is of. MECHANISMS are OIDs without tag and length."""
    listed = encode(0x30, b''.join(encode(6, mechanism) for mechanism in mechanisms))
    body = encode(0xa0, listed) + (encode(0xa2, encode(4, token)) if token is not None else b'')
    return encode(0x60, SPNEGO + encode(0xa0, encode(0x30, body))), listed
