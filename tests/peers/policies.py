#!/usr/bin/python3
"""What guise.conf asks of clients, asked of clients of others: OUR-SIDE GSS-SIDE|- WINPR-SIDE|- WORK. Prints `ok` and `FAILED` lines as
messages.py does. WORK has accounts.mdb with alice and bob.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os
import sys
import time

from levels import ACCOUNT, DOMAIN, Impacket, LOGON_DENIED, PASSWORD, USER
from side import DONE, Side, run_legs

BAD_BINDINGS = '80090346'
# Clients that say nothing of a channel where they have none, not even zeros.
SAYS_NO_ZEROS = {'gss-ntlmssp'}
OURS, OTHER, NONE = b'tls-unique:' + bytes(range(12)), b'tls-unique:' + bytes(range(1, 13)), b''
THRESHOLD = 3


class Run:
    def __init__(self, ours, gss, winpr, work):
        self.ours, self.work, self.failed = ours, work, 0
        self.speaking = [('ours', Side(ours))] # clients that say what channel and service they mean, in each response
        self.speaking += [(name, Side(path)) for name, path in (('gss-ntlmssp', gss), ('WinPR', winpr)) if path != '-']
        self.silent = [('impacket', Impacket(3))] # which says nothing of a channel, and that it means cifs/ and our NetBIOS name

    def check(self, good, text, detail=''):
        self.failed += not good
        print(f'  ok      {text}' if good else f'  FAILED  {text}: {detail}')

    def server(self, ntlm='', accounts=''):
        path = os.path.join(self.work, 'policy.conf')
        with open(path, 'w', encoding='ascii') as file:
            file.write(f'[accounts]\nstore = {self.work}/accounts.mdb\n{accounts}\n[ntlm]\nnetbios-name = {DOMAIN}\ndns-name = peers.example\n{ntlm}\n')
        side = Side(self.ours, dict(os.environ, GUISE_CONF=path))
        side.call('server', 'seal', NONE) # reads the file
        return side

    @staticmethod
    def log_on(client, server, bindings=(NONE, NONE), service='HTTP/localhost', user=USER, password=PASSWORD):
        for side, command, arguments in ((client, 'client', (bindings[0], DOMAIN, user, password, service)), (server, 'server', (bindings[1],))):
            status, _ = side.call(command, 'seal', *arguments)
            if status != DONE:
                raise RuntimeError(f'no credential for a {command}: {status}')
        logon = run_legs(client, server)
        if logon.server == DONE and user == USER and server.call('account') != (DONE, ACCOUNT.encode()):
            return 'another account'
        return logon.server

    def cases(self, text, clients, cases):
        """CASES: (what, status, arguments of log_on()) for each of CLIENTS."""
        for name, client in clients:
            bad, ends = [], []
            for what, server, wanted, arguments in cases:
                status = self.log_on(client, server, **arguments)
                ends.append(f'{what} {status}')
                if status != wanted:
                    bad.append(f'{what}: {status} instead of {wanted}')
            self.check(not bad, f'client of {name}, {text}: {", ".join(ends)}', '; '.join(bad))

    def targets(self):
        wanted = self.server('target-name = when-supported\ntarget-hosts = www.example')
        required = self.server('target-name = require')
        for text, server in ('when-supported', wanted), ('require', required):
            self.cases(f'target-name = {text}', self.speaking, [
                (service, server, status, {'service': service}) for service, status in (
                    ('HTTP/peers.example', DONE), (f'cifs/{DOMAIN}', DONE), ('HTTP/localhost', LOGON_DENIED),
                    ('HTTP/www.example', DONE if server is wanted else LOGON_DENIED))])
            self.cases(f'target-name = {text}', self.silent, [(f'cifs/{DOMAIN}', server, DONE, {})])
            server.close()

    def bindings(self):
        # How each of PAIRS ends for a client that says which channel it means, and the third for one that says nothing.
        policies = {'application': ((DONE, BAD_BINDINGS, BAD_BINDINGS, DONE), BAD_BINDINGS),
                    'off': ((DONE, DONE, DONE, DONE), DONE),
                    'when-supported': ((DONE, BAD_BINDINGS, BAD_BINDINGS, DONE), DONE),
                    'require': ((DONE, BAD_BINDINGS, BAD_BINDINGS, BAD_BINDINGS), BAD_BINDINGS)}
        pairs = (('the same', (OURS, OURS)), ('others', (OTHER, OURS)), ('none', (NONE, OURS)), ('none of ours', (OURS, NONE)))
        for policy, (statuses, silent) in policies.items():
            server = self.server(f'channel-bindings = {policy}')
            for name, client in self.speaking:
                mute = {'none': silent} if name in SAYS_NO_ZEROS else {}
                self.cases(f'channel-bindings = {policy}', [(name, client)],
                           [(what, server, mute.get(what, status), {'bindings': pair}) for (what, pair), status in zip(pairs, statuses)])
            self.cases(f'channel-bindings = {policy}', self.silent, [('nothing said', server, silent, {'bindings': (NONE, OURS)})])
            server.close()

    def lock_out(self):
        """Wrong passwords count together, whoever brings them, and two servers as one."""
        clients = self.speaking + self.silent
        policy = f'lockout-threshold = {THRESHOLD}\nlockout-window = '
        servers = [self.server(accounts=policy + '900') for _ in range(2)]
        wrong = [self.log_on(clients[n % len(clients)][1], servers[n % 2], password='secret-1') for n in range(THRESHOLD)]
        locked = time.monotonic()
        self.check(wrong == [LOGON_DENIED] * THRESHOLD, f'{THRESHOLD} wrong passwords: {" ".join(wrong)}', wrong)
        self.cases('locked out', clients, [(f'the right password at server {n + 1}', server, LOGON_DENIED, {}) for n, server in enumerate(servers)])
        self.cases('while alice is locked out', clients, [('bob', servers[0], DONE, {'user': 'bob', 'password': 'Secret-2'})])
        time.sleep(max(0, locked + 2.1 - time.monotonic())) # seconds are counted whole
        servers.append(self.server(accounts=policy + '2'))
        self.cases('behind the window', clients, [('the right password', servers[2], DONE, {})])
        for server in servers:
            server.close()


def main():
    run = Run(*sys.argv[1:5])
    try:
        run.targets()
        run.bindings()
        run.lock_out()
    except RuntimeError as error:
        run.check(False, 'goes to its end', str(error))
    for name, client in run.speaking:
        run.check(client.close() == 0, f'client of {name} ends well')
    return 1 if run.failed else 0


if __name__ == '__main__':
    sys.exit(main())
