#!/usr/bin/python3
"""Our Negotiate and MIT Kerberos' SPNEGO with gss-ntlmssp, each once as client and once as server: every token of ours is read by MIT and the
reverse, as they are and as they are changed on the wire. OUR-SIDE PEER-SIDE; prints like messages.py.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import collections
import os
import sys

from der import fields, response
from side import CONTINUE, DONE, Side, run_legs

INVALID_TOKEN, LOGON_DENIED, MESSAGE_ALTERED, DOWNGRADE = '80090308', '8009030c', '8009030f', '80090350'
REFUSALS = {INVALID_TOKEN, LOGON_DENIED, MESSAGE_ALTERED, DOWNGRADE, '80090310', '80090302'}
DOMAIN, USER, PASSWORD, SERVICE = 'PEERS', 'alice', 'Secret-1', 'HTTP/localhost'
ACCOUNT = r'PEERS\alice, uid 70001'
SIZES = (1, 16, 17, 1000, 65536)
NTLMSSP = b'NTLMSSP\0'
# The server of gss-ntlmssp 1.2.0 ends in a segmentation fault where KEY_EXCH is set and the length of the key is 0.
CRASH_AT = 52


def without_mic(token):
    return response({tag: contents for tag, contents in fields(token).items() if tag != 0xa3})


def with_state(token, state):
    return response({**fields(token), 0xa0: bytes([0x0a, 1, state])})


def flip(data, at, bit=1):
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]


class Direction:
    """One of the two is the client, the other the server."""

    def __init__(self, ours, peer, ours_is_client):
        self.ours, self.peer, self.ours_is_client = ours, peer, ours_is_client
        self.client, self.server = (ours, peer) if ours_is_client else (peer, ours)
        self.title = 'our client, MIT\'s server' if ours_is_client else 'MIT\'s client, our server'
        self.failed = 0

    def check(self, good, text, detail=''):
        self.failed += not good
        print(f'  ok      {self.title}: {text}' if good else f'  FAILED  {self.title}: {text}: {detail}')

    def begin(self, user=USER, password=PASSWORD):
        for side, command, arguments in ((self.client, 'client', (b'', DOMAIN, user, password, SERVICE)), (self.server, 'server', (b'',))):
            status, _ = side.call(command, 'seal', *arguments)
            if status != DONE:
                raise RuntimeError(f'no credential for a {command}: {status}')

    def log_on(self, change=lambda number, token: token, **who):
        self.begin(**who)
        return run_legs(self.client, self.server, change)

    def good_logon(self):
        logon = self.log_on()
        _, account = self.server.call('account')
        wanted = f'{DOMAIN}\\{USER}' if self.ours_is_client else ACCOUNT
        self.check(logon.established and account.decode() == wanted, f'{USER} logs on (S5.4.3)', f'{logon.client} {logon.server} {account}')
        self.check(logon.legs[0][0] == 0x60 and all(leg[0] == 0xa1 for leg in logon.legs[1:]), 'all of it is SPNEGO (S5.2.1)', '')
        legs = ' '.join(f'{"><"[n % 2]} {len(token)}' for n, token in enumerate(logon.legs))
        print(f'  legs    {legs} bytes; accepting side: {account.decode()}')
        self.check([0xa3 in fields(leg) for leg in logon.legs[1:]] == [False, True, True], 'each side sends its mechListMIC (MS-SPNG 3.1.5.4)', '')
        return logon

    def messages(self):
        """After the MICs the streams begin anew and the numbers go on (MS-SPNG 3.3.5.1)."""
        for sealed in (True, False):
            self.log_on()
            bad = []
            for number, size in enumerate(SIZES):
                for sender, receiver in (self.ours, self.peer), (self.peer, self.ours):
                    data = bytes((7 * n + number) & 255 for n in range(size))
                    status, out = sender.call('seal' if sealed else 'sign', data)
                    if status == DONE:
                        status, read = receiver.call('open', out) if sealed else (receiver.call('verify', data, out)[0], data)
                    if status != DONE or read != data:
                        bad.append(f'{size} bytes by {"us" if sender is self.ours else "MIT"}: {status}')
            self.check(not bad, f'messages {"sealed" if sealed else "signed"} in both directions (S4.6.2)', '; '.join(bad))

    def server_first(self):
        self.begin()
        status, hint = self.server.call('token', b'')
        if status != CONTINUE or not hint:
            self.check(False, 'the server speaks first (S5.3.1)', status)
            return
        self.check(b'not_defined_in_RFC4178@please_ignore' in hint, 'the server speaks first (S5.3.1)', hint.hex())
        if not self.ours_is_client:
            return # MIT's client takes no hint
        status, token = self.client.call('token', hint)
        self.check(status == CONTINUE and token[:1] == b'\x60', 'our client takes the hint (S5.3.2)', status)
        for side in (self.server, self.client) * 2:
            status, token = side.call('token', token)
        self.check(status == DONE, 'and logs on', status)

    def with_leg(self, number, make):
        return self.log_on(lambda leg, token: make(token) if leg == number else token)

    def refused(self, what, logon, side, codes, lax=False):
        """SIDE must refuse; with one of the codes if it is ours. LAX: MIT is known not to look."""
        status = getattr(logon, side)
        ours = (side == 'client') == self.ours_is_client
        if lax and not ours:
            return
        good = status in codes if ours else status not in (DONE, CONTINUE)
        self.check(good, f'{what}: the {side} says {status}', 'expected ' + ' or '.join(codes) if ours else 'taken')

    def on_the_way(self):
        """Turns: 1 the offer and NEGOTIATE, 2 CHALLENGE, 3 AUTHENTICATE and the client's MIC, 4 the server's."""
        wrong = self.log_on(password='secret-1')
        self.refused('a wrong password (S4.9.5)', wrong, 'server', {LOGON_DENIED})
        self.refused('the client\'s MIC taken out (S5.7.1)', self.with_leg(3, without_mic), 'server', {INVALID_TOKEN}, lax=True)
        self.refused('the client\'s MIC changed (S5.7.1)', self.with_leg(3, lambda t: flip(t, -12)), 'server', {MESSAGE_ALTERED})
        self.refused('the server\'s MIC taken out (S5.7.1)', self.with_leg(4, without_mic), 'client', {INVALID_TOKEN})
        self.refused('the server\'s MIC changed (S5.7.1)', self.with_leg(4, lambda t: flip(t, -12)), 'client', {MESSAGE_ALTERED})
        self.refused('a server that rejects (S5.7.1)', self.with_leg(2, lambda t: with_state(t, 2)), 'client', {LOGON_DENIED})
        self.refused('accept-completed too early (S5.7.1)', self.with_leg(2, lambda t: with_state(t, 0)), 'client', {INVALID_TOKEN}, lax=True)

    def each_byte(self, logon):
        """Our side takes nothing that was changed, and says why; MIT's reads over some bytes of SPNEGO's own."""
        for number, leg in enumerate(logon.legs, 1):
            inner = leg.find(NTLMSSP)
            left_out = {inner + CRASH_AT} if number == 3 and inner >= 0 else set()
            taken, strange = set(), collections.Counter()
            for at in (at for at in range(len(leg)) if at not in left_out):
                changed = self.with_leg(number, lambda token, at=at: flip(token, at, 1 << at % 8))
                status = changed.client if self.ours_is_client else changed.server
                if changed.established:
                    taken.add(at)
                elif status not in REFUSALS | {DONE, CONTINUE}:
                    strange[status] += 1
            self.check(not strange, f'a bit of each of the {len(leg)} bytes of leg {number} (S5.7.1)', f'our side says {dict(strange)}')
            if self.ours_is_client == (number % 2 == 0):
                taken -= self.harmless(leg)
                self.check(not taken, f'a bit of each byte of leg {number}, which we read: none is taken (S5.7.1)', f'taken at {sorted(taken)}')

    def harmless(self, leg):
        """Where NTLM's challenge says that a time follows, which MIT's server does not want back (S4.4.5), and the state that comes with the last
        of two good MICs."""
        if not self.ours_is_client:
            return set()
        if NTLMSSP not in leg:
            return {leg.find(b'\xa0\x03\x0a\x01') + 4}
        at = leg.find(b'\x07\0\x08\0', leg.find(NTLMSSP))
        return {at, at + 1} if at >= 0 else set()


def main():
    our_side, peer_side = sys.argv[1:3]
    environment = {**os.environ, 'SIDE_PACKAGE': 'Negotiate'}
    failed = 0
    for ours_is_client in (False, True):
        ours, peer = Side(our_side, environment), Side(peer_side, environment)
        direction = Direction(ours, peer, ours_is_client)
        try:
            logon = direction.good_logon()
            direction.messages()
            direction.server_first()
            direction.on_the_way()
            direction.each_byte(logon)
        except RuntimeError as error:
            direction.check(False, 'goes to its end', str(error))
        for text, side in ('our', ours), ('MIT\'s', peer):
            status = side.close()
            direction.check(status == 0, f'{text} program ends well', f'exit status {status}')
        failed += direction.failed
    return 1 if failed else 0


sys.exit(main())
