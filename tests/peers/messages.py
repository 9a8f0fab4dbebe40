#!/usr/bin/python3
"""Guise and another implementation, each once as client and once as server: handshakes and messages as they are and as they are changed on
the wire. PEER-NAME OUR-SIDE PEER-SIDE; prints `ok` and `FAILED` lines, the legs and the account that the accepting side found.

What must hold of our side is said with its code and the number of the fact; of the peer only that it refuses.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import collections
import sys

from side import CONTINUE, DONE, Side, run_legs

INVALID_TOKEN, LOGON_DENIED, MESSAGE_ALTERED = '80090308', '8009030c', '8009030f'
OUT_OF_SEQUENCE, BAD_BINDINGS = '80090310', '80090346'
REFUSED = 'refused'  # in any way: what is wanted of a peer
DOMAIN, USER, PASSWORD = 'PEERS', 'alice', 'Secret-1'
ACCOUNT = r'PEERS\alice, uid 70001'  # as our side tells it
SERVICE = 'HTTP/localhost'
SIZES = (0, 1, 16, 17, 1000, 65536)
SIGNATURE = 16
MESSAGE = b'a message of some length'
# What the peers are known to do without: gss-ntlmssp's server takes a client without bindings, WinPR's does not look at bindings at all.
NO_BINDINGS_CHECK = {'gss_ntlmssp': ('none',), 'winpr': ('none', 'others')}
# WinPR makes no signature apart from its message, so that it signs on a context that does not seal.
SIGNS_WHERE_IT_SEALS = {'gss_ntlmssp': True, 'winpr': False}
# The server of gss-ntlmssp 1.2.0 ends in a segmentation fault where KEY_EXCH is set and the length of the key is 0 (byte 52 of message 3).
CRASHES = {'gss_ntlmssp': {(3, 52)}, 'winpr': set()}
# gss-ntlmssp wraps no empty message.
SMALLEST = {'gss_ntlmssp': 1, 'winpr': 0}


def flip(data, at, bit=1):
    """DATA with a bit of its byte AT changed; AT may count from the end."""
    changed = bytearray(data)
    changed[at] ^= bit
    return bytes(changed)


def field(token, at):
    """What the length and the offset AT in the message's head point at (MS-NLMP 2.2.1)."""
    size, offset = int.from_bytes(token[at:at + 2], 'little'), int.from_bytes(token[at + 4:at + 8], 'little')
    return token[offset:offset + size]


def change_response(token):
    """An AUTHENTICATE message with another NTProofStr (MS-NLMP 2.2.2.8)."""
    return flip(token, int.from_bytes(token[24:28], 'little') + 3)


def read_pairs(data):
    """number -> (offset, value) of AV pairs (MS-NLMP 2.2.2.1)."""
    pairs, at = {}, 0
    while number := int.from_bytes(data[at:at + 2], 'little'):
        size = int.from_bytes(data[at + 2:at + 4], 'little')
        pairs[number] = at, data[at + 4:at + 4 + size]
        at += 4 + size
    return pairs


def av_pairs(token):
    """number -> value of the pairs inside an AUTHENTICATE message's NTLMv2 response (MS-NLMP 2.2.2.7)."""
    return {number: value for number, (_, value) in read_pairs(field(token, 20)[44:]).items()}


def timestamp_id(challenge):
    """Where a CHALLENGE message says that a timestamp follows: without that the client sends no MIC (S4.4.5)."""
    at, _ = read_pairs(field(challenge, 40)).get(7, (None, None))
    return set() if at is None else {int.from_bytes(challenge[44:48], 'little') + at + n for n in (0, 1)}


def announces_mic(token):
    return av_pairs(token).get(6, b'\0')[0] & 2 != 0


def is_as_wanted(status, wanted):
    return status not in (DONE, CONTINUE) if wanted == REFUSED else status == wanted


class Direction:
    """One of the two is the client, the other the server."""

    def __init__(self, name, ours, peer, ours_is_client):
        self.name, self.ours, self.peer, self.ours_is_client = name, ours, peer, ours_is_client
        self.client, self.server = (ours, peer) if ours_is_client else (peer, ours)
        self.title = f'our client, server of {name}' if ours_is_client else f'client of {name}, our server'
        self.failed = 0

    def check(self, good, text, detail=''):
        """Prints in the form of tests/peers/run."""
        self.failed += not good
        print(f'  ok      {self.title}: {text}' if good else f'  FAILED  {self.title}: {text}: {detail}')
        return good

    def cases(self, text, cases):
        """Several (what, status, wanted) as one check."""
        bad = [f'{what} {status} instead of {wanted}' for what, status, wanted in cases if not is_as_wanted(status, wanted)]
        self.check(bool(cases) and not bad, text + ': ' + ', '.join(f'{what} {status}' for what, status, _ in cases), ', '.join(bad))

    def each(self, text, statuses, allowed):
        """Many changes of one kind, each of which must end in one of the codes."""
        counts = collections.Counter(statuses)
        bad = [status for status in counts if not any(is_as_wanted(status, wanted) for wanted in allowed)]
        self.check(bool(counts) and not bad, f'{text}: ' + ', '.join(f'{status} ({counts[status]})' for status in sorted(counts)),
                   f'not {", ".join(bad)}')

    # ---- handshakes ----------------------------------------------------------------------------------------------------

    def log_on(self, user=USER, password=PASSWORD, bindings=(b'', b''), change=lambda number, token: token, protection='seal'):
        for side, command, arguments in ((self.client, 'client', (bindings[0], DOMAIN, user, password, SERVICE)),
                                         (self.server, 'server', (bindings[1],))):
            status, _ = side.call(command, protection, *arguments)
            if status != DONE:
                raise RuntimeError(f'no credential for a {command}: {status}')
        return run_legs(self.client, self.server, change)

    def establish(self, sealed=True):
        logon = self.log_on(protection='seal' if sealed else 'sign')
        if not logon.established:
            raise RuntimeError(f'no context: client {logon.client}, server {logon.server}')
        return logon

    def with_leg(self, number, make):
        """How the handshake ends whose leg NUMBER is changed by MAKE."""
        return self.log_on(change=lambda leg, token: make(token) if leg == number else token)

    def good_logon(self):
        logon = self.establish()
        status, account = self.server.call('account')
        account = account.decode('utf-8', 'replace')
        wanted = f'{DOMAIN}\\{USER}' if self.ours_is_client else ACCOUNT
        self.check(status == DONE and account == wanted, f'{USER} logs on', f'{status} {account}')
        legs = ' '.join(f'{"><"[n % 2]} {len(token)}' for n, token in enumerate(logon.legs))
        print(f'  legs    {legs} bytes; accepting side: {account}')
        return logon

    def wrong_credentials(self):
        wanted = REFUSED if self.ours_is_client else LOGON_DENIED
        self.cases('refused (S4.9.5)', [
            ('a wrong password', self.log_on(password='secret-1').server, wanted),
            ('an unknown user', self.log_on(user='mallory').server, wanted),
        ])

    def service_name(self, logon):
        """S4.4.7: the service is named inside the proven response; the peers' servers do not tell of it."""
        sent = av_pairs(logon.legs[2]).get(9, b'').decode('utf-16-le')
        self.check(sent == SERVICE, f'the client names {SERVICE} (S4.4.7)', sent)
        if not self.ours_is_client:
            status, target = self.server.call('target')
            self.check(status == DONE and target.decode() == SERVICE, 'our server tells the name', f'{status} {target}')

    def channel_bindings(self):
        one, other = b'tls-unique:' + bytes(range(12)), b'tls-unique:' + bytes(range(1, 13))
        unchecked = NO_BINDINGS_CHECK[self.name] if self.ours_is_client else ()
        wanted = REFUSED if self.ours_is_client else BAD_BINDINGS
        cases = [('the same', self.log_on(bindings=(one, one)).server, DONE)]
        for what, pair in ('others', (other, one)), ('none', (b'', one)):
            if what not in unchecked:
                cases.append((what, self.log_on(bindings=pair).server, wanted))
        self.cases('channel bindings (S4.9.2)', cases)

    def changed_for_our_client(self, logon):
        self.each('a challenge cut to each length', [self.with_leg(2, lambda token, n=cut: token[:n]).client
                                                     for cut in range(1, len(logon.legs[1]))], {INVALID_TOKEN})
        self.cases('in the place of the challenge', [
            ('one without its magic', self.with_leg(2, lambda token: flip(token, 0)).client, INVALID_TOKEN),
            ('our first message (S4.9.9)', self.with_leg(2, lambda token: logon.legs[0]).client, OUT_OF_SEQUENCE),
            ('our last message (S4.9.9)', self.with_leg(2, lambda token: logon.legs[2]).client, OUT_OF_SEQUENCE),
        ])
        self.check(announces_mic(logon.legs[2]), 'our response announces a MIC (S4.4.5)', 'it does not')
        self.cases('the peer refuses', [
            ('our answer to another challenge', self.with_leg(2, lambda token: flip(token, 24)).server, REFUSED),
            ('our changed response', self.with_leg(3, change_response).server, REFUSED),
            ('our response again (S4.9.4)', self.with_leg(3, lambda token: logon.legs[2]).server, REFUSED),
            ('our changed MIC', self.with_leg(3, lambda token: flip(token, 72)).server, REFUSED),
            ('our changed first message', self.with_leg(1, lambda token: flip(token, 19)).server, REFUSED),
        ])
        self.each_byte(logon)

    def each_byte(self, logon):
        """The MIC covers all three messages (MS-NLMP 3.1.5.1.2): whoever finds the change, the server does not let the client in."""
        left_out = set()
        if self.ours_is_client: # our server wants its time back
            left_out = {(2, at) for at in timestamp_id(logon.legs[1])} | CRASHES[self.name]
        for number, leg in enumerate(logon.legs, 1):
            statuses = []
            for at in (at for at in range(len(leg)) if (number, at) not in left_out):
                changed = self.with_leg(number, lambda token, at=at: flip(token, at, 1 << at % 8))
                statuses.append(changed.server if changed.server != CONTINUE else changed.client)
            self.each(f'a bit of each byte of message {number} (S4.9.1)', statuses, {REFUSED})

    def nobody_else(self, logon):
        """Without a MIC what lies outside the response is not proven; the account is, all the same."""
        statuses = []
        for at in range(len(logon.legs[2])):
            status = self.with_leg(3, lambda token, at=at: flip(token, at, 1 << at % 8)).server
            if status == DONE and self.server.call('account') != (DONE, ACCOUNT.encode()):
                status = f'another account at byte {at}'
            statuses.append(status)
        self.each('a bit of each byte of message 3, no other account (S4.9.5)', statuses,
                  {DONE, LOGON_DENIED, INVALID_TOKEN, OUT_OF_SEQUENCE})

    def changed_for_our_server(self, logon):
        last = logon.legs[2]
        for number, size in (1, 16), (3, len(last)):
            self.each(f'message {number} cut to each length below {size}', [self.with_leg(number, lambda token, n=cut: token[:n]).server
                                                                           for cut in range(1, size)], {INVALID_TOKEN})
        self.cases('in the place of the first message', [
            ('one without its magic', self.with_leg(1, lambda token: flip(token, 0)).server, INVALID_TOKEN),
            ('the last one (S4.9.9)', self.with_leg(1, lambda token: last).server, INVALID_TOKEN),
        ])
        self.cases('in the place of the last message', [
            ('one with a changed response (S4.9.5)', self.with_leg(3, change_response).server, LOGON_DENIED),
            ('that of another conversation (S4.9.4)', self.with_leg(3, lambda token: last).server, LOGON_DENIED),
            ('the first one (S4.9.9)', self.with_leg(3, lambda token: logon.legs[0]).server, OUT_OF_SEQUENCE),
            ('a challenge (S4.9.9)', self.with_leg(3, lambda token: logon.legs[1]).server, OUT_OF_SEQUENCE),
        ])
        if announces_mic(last):
            self.cases('the MIC (S4.9.1, S4.9.7)', [
                ('changed', self.with_leg(3, lambda token: flip(token, 72)).server, LOGON_DENIED),
                ('zeros', self.with_leg(3, lambda token: token[:72] + bytes(16) + token[88:]).server, LOGON_DENIED),
                ('of a changed first message', self.with_leg(1, lambda token: flip(token, 19)).server, LOGON_DENIED),
                ('of a changed challenge', self.with_leg(2, lambda token: flip(token, 48)).server, LOGON_DENIED),
            ])
            self.each_byte(logon)
        else:
            self.nobody_else(logon)
        self.each('a bit of each byte of the response (S4.9.5)', [
            self.with_leg(3, lambda token, at=at: flip(token, int.from_bytes(token[24:28], 'little') + at, 1 << at % 8)).server
            for at in range(len(field(last, 20)))], {LOGON_DENIED, INVALID_TOKEN})
        status, _ = self.server.call('token', self.establish().legs[2])
        self.cases('on an established context (S4.9.9)', [('the last message', status, OUT_OF_SEQUENCE)])

    # ---- messages ------------------------------------------------------------------------------------------------------

    def protect(self, sender, sealed, data):
        """A message as one string: the signature, then the data."""
        status, out = sender.call('seal' if sealed else 'sign', data)
        if status != DONE:
            raise RuntimeError(f'no message: {status}')
        return out if sealed else out + data

    def take(self, receiver, sealed, message):
        if sealed:
            return receiver.call('open', message)
        return receiver.call('verify', message[SIGNATURE:], message[:SIGNATURE])[0], message[SIGNATURE:]

    def good_messages(self):
        """Numbers and streams go on through all messages of a context (S4.6.2)."""
        kinds = [('signed', (False,)), ('sealed', (True,))]
        if SIGNS_WHERE_IT_SEALS[self.name]:
            kinds.append(('signed and sealed in turn', (False, True)))
        for text, kind in kinds:
            self.establish(True in kind)
            bad, number = [], 0
            for size in [n for n in SIZES if n >= SMALLEST[self.name]] + [5] * 260: # so many that the number has two bytes
                for sealed in kind:
                    for sender, receiver in (self.ours, self.peer), (self.peer, self.ours):
                        data = bytes((7 * n + number) & 255 for n in range(size))
                        status, read = self.take(receiver, sealed, self.protect(sender, sealed, data))
                        number += 1
                        if status != DONE or read != data:
                            bad.append(f'{"ours" if sender is self.ours else "theirs"}, {size} bytes, sealed {sealed}: {status}')
            self.check(not bad, f'{number} messages {text}, ours and theirs (S4.6.2)', '; '.join(bad))

    def changed_messages(self):
        for sealed in (False, True):
            for sender, receiver in (self.peer, self.ours), (self.ours, self.peer):
                text = f'{"sealed" if sealed else "signed"} by {"us" if sender is self.ours else "the peer"}'
                self.changed_content(sender, receiver, sealed, text)
                self.changed_order(sender, receiver, sealed, text)

    def changed_content(self, sender, receiver, sealed, text):
        cases = []
        for what, code, change in (
                ('data', MESSAGE_ALTERED, lambda m: flip(m, -3)),
                ('checksum', MESSAGE_ALTERED, lambda m: flip(m, 5)),
                ('version', MESSAGE_ALTERED, lambda m: flip(m, 0)),
                ('number', OUT_OF_SEQUENCE, lambda m: flip(m, 12)),
                ('a byte more', MESSAGE_ALTERED, lambda m: m + b'\0')):
            cases.append((what, self.with_message(sender, receiver, sealed, change), code if receiver is self.ours else REFUSED))
        self.cases(f'{text}, changed (S4.6.2)', cases)
        size = SIGNATURE + len(MESSAGE)
        self.each(f'{text}, a bit of each byte changed (S4.6.2)',
                  [self.with_message(sender, receiver, sealed, lambda m, at=at: flip(m, at, 1 << at % 8)) for at in range(size)],
                  {MESSAGE_ALTERED, OUT_OF_SEQUENCE} if receiver is self.ours else {REFUSED})
        self.each(f'{text}, the data cut to each length (S2.12.7)',
                  [self.with_message(sender, receiver, sealed, lambda m, cut=cut: m[:cut]) for cut in range(SIGNATURE, size)],
                  {MESSAGE_ALTERED} if receiver is self.ours else {REFUSED})
        if receiver is self.ours:
            self.each(f'{text}, the signature cut to each length (S2.12.7)',
                      [self.with_message(sender, receiver, sealed, lambda m, cut=cut: m[:cut]) for cut in range(SIGNATURE)],
                      {INVALID_TOKEN})

    def with_message(self, sender, receiver, sealed, change):
        """How the receiver ends the first message of a new context, changed."""
        self.establish(sealed)
        return self.take(receiver, sealed, change(self.protect(sender, sealed, MESSAGE)))[0]

    def changed_order(self, sender, receiver, sealed, text):
        code = OUT_OF_SEQUENCE if receiver is self.ours else REFUSED
        self.establish(sealed)
        first, second, third = (self.protect(sender, sealed, data) for data in (b'one', b'two', b'three'))
        # gss-ntlmssp and WinPR lose their place in the stream by a message that they refuse, so that for them that is the end.
        cases = [('the second first', self.take(receiver, sealed, second)[0], code)] if receiver is self.ours else []
        cases += [('one', self.take(receiver, sealed, first)[0], DONE),
                  ('two', self.take(receiver, sealed, second)[0], DONE),
                  ('one again', self.take(receiver, sealed, first)[0], code)]
        if receiver is self.ours:
            cases += [('two again', self.take(receiver, sealed, second)[0], code), ('three', self.take(receiver, sealed, third)[0], DONE)]
        self.cases(f'{text}, in this order (S4.6.2, S2.12.10)', cases)

        self.establish(sealed)
        cases = []
        if receiver is self.peer:
            self.protect(sender, sealed, b'one')
            cases.append(('the second first', self.take(receiver, sealed, self.protect(sender, sealed, b'two'))[0], REFUSED))
            self.establish(sealed)
        own = self.protect(receiver, sealed, b'one')
        cases.append(("the receiver's own", self.take(receiver, sealed, own)[0], MESSAGE_ALTERED if receiver is self.ours else REFUSED))
        self.establish(sealed)
        before = self.protect(sender, sealed, b'one')
        self.establish(sealed)
        cases.append(("another context's", self.take(receiver, sealed, before)[0], MESSAGE_ALTERED if receiver is self.ours else REFUSED))
        self.cases(f'{text}, from elsewhere (S4.6.2)', cases)

    def run(self):
        logon = self.good_logon()
        self.service_name(logon)
        self.wrong_credentials()
        self.channel_bindings()
        if self.ours_is_client:
            self.changed_for_our_client(logon)
        else:
            self.changed_for_our_server(logon)
        self.good_messages()
        self.changed_messages()


def main():
    name, our_side, peer_side = sys.argv[1:4]
    failed = 0
    for ours_is_client in (False, True):
        ours, peer = Side(our_side), Side(peer_side)
        direction = Direction(name, ours, peer, ours_is_client)
        try:
            direction.run()
        except RuntimeError as error:
            direction.check(False, 'goes to its end', str(error))
        for text, side in ('our', ours), ("the peer's", peer):
            status = side.close()
            direction.check(status == 0, f'{text} program ends well', f'exit status {status}')
        failed += direction.failed
    return 1 if failed else 0


sys.exit(main())
