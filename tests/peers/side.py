"""A program that stands for one side of a conversation (side.h), and the legs between two of them.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import subprocess

DONE, CONTINUE = 'done', 'continue'


class Side:
    """A side_NAME program; what it says on stderr is kept out of the way."""

    def __init__(self, program, environment=None):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env=environment)

    def call(self, command, *arguments):
        """(done, continue or the code; bytes)"""
        words = [(a.encode() if isinstance(a, str) else bytes(a)).hex() or '-' for a in arguments]
        answer = ''
        try:
            self.process.stdin.write(' '.join([command, *words]) + '\n')
            self.process.stdin.flush()
            answer = self.process.stdout.readline().split()
        except BrokenPipeError:
            pass
        if len(answer) != 2:
            raise RuntimeError(f'{self.process.args[0]} ended at {command}')
        return answer[0], bytes.fromhex(answer[1].replace('-', ''))

    def close(self):
        """Ends the program; its exit status."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # it has ended by itself
        self.process.stdout.close()
        return self.process.wait()


class Logon:
    """What came of a handshake: the legs as on the wire, and how each side ended."""

    def __init__(self):
        self.legs = []
        self.client = self.server = CONTINUE

    @property
    def established(self):
        return self.client == self.server == DONE


def run_legs(client, server, change=lambda number, token: token):
    """Passes tokens between two sides that have been started. CHANGE may alter leg NUMBER (1, 2, 3) on its way."""
    logon = Logon()
    token = b''
    while True:
        logon.client, token = client.call('token', token)
        if logon.client not in (DONE, CONTINUE) or not token:
            return logon
        token = change(len(logon.legs) + 1, token)
        logon.legs.append(token)
        logon.server, token = server.call('token', token)
        if logon.server not in (DONE, CONTINUE) or not token:
            return logon
        token = change(len(logon.legs) + 1, token)
        logon.legs.append(token)
