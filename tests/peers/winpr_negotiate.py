#!/usr/bin/python3
"""Negotiate with WinPR's package of that name, in both roles. WinPR 2.x knows no SPNEGO: what it is given goes to NTLM as it is ("NTLM_MESSAGE_HEADER
Invalid signature" is in its log, WLOG_LEVEL=TRACE). So what is asked of ours is that it fares no worse there than MIT Kerberos' SPNEGO does, and that
NTLM without SPNEGO works. OUR-SIDE WINPR-SIDE MIT-SIDE|-; prints like messages.py.

SPDX-License-Identifier: LGPL-2.1-or-later
"""
import os
import sys

from side import Side, run_legs

ACCOUNT = r'PEERS\alice, uid 70001'
failed = 0


def check(good, text, detail=''):
    global failed
    failed += not good
    print(f'  ok      {text}' if good else f'  FAILED  {text}: {detail}')


def log_on(client, server):
    """Both ways of one handshake: (the logon, the account that the server found)."""
    for side, command, arguments in ((client, 'client', (b'', 'PEERS', 'alice', 'Secret-1', 'HTTP/localhost')), (server, 'server', (b'',))):
        status, _ = side.call(command, 'seal', *arguments)
        if status != 'done':
            raise RuntimeError(f'no credential for a {command}: {status}')
    logon = run_legs(client, server)
    return logon, server.call('account')[1].decode() if logon.established else ''


def main():
    our_program, winpr_program, mit_program = sys.argv[1:4]
    negotiate, ntlm = {**os.environ, 'SIDE_PACKAGE': 'Negotiate'}, {**os.environ, 'SIDE_PACKAGE': 'NTLM'}
    ours, our_ntlm, winpr = Side(our_program, negotiate), Side(our_program, ntlm), Side(winpr_program, negotiate)
    logon, account = log_on(winpr, ours)
    check(logon.established and account == ACCOUNT, 'WinPR\'s Negotiate to ours (S5.4.2)', f'{logon.client} {logon.server} {account}')
    check(all(leg.startswith(b'NTLMSSP\0') for leg in logon.legs), 'without SPNEGO, and it is answered so (S5.4.2)', '')
    logon, account = log_on(our_ntlm, winpr)
    check(logon.established, 'our NTLM to WinPR\'s Negotiate (S5.4.2)', f'{logon.client} {logon.server}')
    offer, _ = log_on(ours, winpr)
    check(offer.legs[0][0] == 0x60, 'our Negotiate offers SPNEGO to WinPR\'s (S5.2.1)', offer.legs[0][:16].hex())
    print(f'  legs    WinPR to {len(offer.legs[0])} bytes of SPNEGO: {offer.server}')
    if mit_program != '-':
        mit = Side(mit_program, negotiate)
        others, _ = log_on(mit, winpr)
        check(offer.established >= others.established, f'which fares no worse there than MIT Kerberos\': {others.server} (S5.2.1)', offer.server)
        mit.close()
    for side in (ours, our_ntlm, winpr):
        side.close()
    return 1 if failed else 0


sys.exit(main())
