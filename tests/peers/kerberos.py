#!/usr/bin/python3
"""Guise beside other programs that speak Kerberos, or NTLM where it gives no ticket, each side by either: python3-gssapi, gss-client and gss-server of MIT's samples, curl, Chromium and
Apache's mod_auth_gssapi. Run by tests/kdc/run, on /usr/bin/python3.

usage: kerberos.py BUILD          prints `ok`, `FAILED` and `skipped: ` lines and `N passed, N failed, N skipped`

SPDX-License-Identifier: LGPL-2.1-or-later
"""
import base64
import concurrent.futures
import contextlib
import glob
import http.client
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.parse

import chromium
import orders
from side import CONTINUE, DONE, Side

HOST = 'server.guise.test'
HTTP = f'HTTP/{HOST}'
KDC_DIR = os.environ['KDC_DIR']
SIZES = (1, 100, 5000)
results = {'ok': 0, 'FAILED': 0, 'skipped': 0}


def check(what, holds, detail=''):
    verdict = 'ok' if holds else 'FAILED'
    results[verdict] += 1
    print(f'{verdict:7} {what}' + ('' if holds else f': {detail}'), flush=True)


def skip(what, reason):
    results['skipped'] += 1
    print(f'skipped: {what}: {reason}')


def log_in(user, cache):
    """A ticket in a cache of its own, which is then the default one."""
    os.environ['KRB5CCNAME'] = f'FILE:{KDC_DIR}/{cache}'
    subprocess.run(['kinit', user], input=f'{user}-pw\n', text=True, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def running(command, port, **options):
    """A server of ours for as long as it is needed."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), 1):
                break
            time.sleep(0.02)
        yield process
    finally:
        process.terminate()
        process.wait()


# ---- python3-gssapi -------------------------------------------------------------------------------------------------------

def gssapi_pair(gssapi, ours, mech, package, they_initiate):
    """Both contexts after the legs: theirs, and ours in OURS."""
    name = gssapi.Name(f'HTTP@{HOST}', gssapi.NameType.hostbased_service)
    flags = gssapi.RequirementFlag
    if they_initiate:
        theirs = gssapi.SecurityContext(name=name, mech=mech, usage='initiate', flags=flags.mutual_authentication | flags.confidentiality | flags.integrity)
        ours.call('server', package)
        token = theirs.step()
        status = CONTINUE
        while token:
            status, token = ours.call('token', token)
            if status not in (DONE, CONTINUE) or not token or theirs.complete:
                break
            token = theirs.step(token)
        return theirs, status
    theirs = gssapi.SecurityContext(creds=gssapi.Credentials(usage='accept'), usage='accept')
    ours.call('client', package, '', '', HTTP, 'mci')
    status, token = ours.call('token', b'')
    while token:
        token = theirs.step(token)
        if not token or status == DONE:
            break
        status, token = ours.call('token', token)
    return theirs, status


def gssapi_messages(theirs, ours, what):
    for size in SIZES:
        text = os.urandom(size)
        status, mic = ours.call('sign', text)
        check(f'{what}: they verify {size} bytes', status == DONE and theirs.verify_signature(text, mic) is not False, status)
        status, _ = ours.call('verify', text, theirs.get_signature(text))
        check(f'{what}: we verify {size} bytes', status == DONE, status)
        status, sealed = ours.call('seal', text)
        opened = theirs.unwrap(sealed) if status == DONE else None
        check(f'{what}: they open {size} bytes', opened and opened.message == text and opened.encrypted, status)
        status, plain = ours.call('open', theirs.wrap(text, True).message)
        check(f'{what}: we open {size} bytes', status == DONE and plain == text, status)


def test_gssapi(ours):
    try:
        import gssapi
    except ImportError:
        skip('python3-gssapi', 'not installed')
        return
    mechs = {'Kerberos': gssapi.OID.from_int_seq('1.2.840.113554.1.2.2'), 'Negotiate': gssapi.OID.from_int_seq('1.3.6.1.5.5.2')}
    for package, mech in mechs.items():
        for they_initiate in (True, False):
            what = f'python3-gssapi {"to" if they_initiate else "from"} {package}'
            try:
                theirs, status = gssapi_pair(gssapi, ours, mech, package, they_initiate)
            except gssapi.exceptions.GSSError as error:
                check(what, False, str(error).replace('\n', ' '))
                continue
            check(what, status == DONE and theirs.complete, status)
            check(f'{what}: by Kerberos', ours.call('package') == (DONE, b'Kerberos'), ours.call('package'))
            check(f'{what}: as alice', ours.call('account') == (DONE, b'GUISE.TEST\\alice'), ours.call('account'))
            gssapi_messages(theirs, ours, what)


# ---- MIT's samples: flags (1), length (4), bytes ----------------------------------------------------------------------------

NOOP, CONTEXT, DATA, MIC, CONTEXT_NEXT, WRAPPED, ENCRYPTED, SEND_MIC = (1 << bit for bit in range(8))


def send(stream, flags, data=b''):
    stream.sendall(struct.pack('>BI', flags, len(data)) + data)


def receive_exactly(stream, size):
    data = b''
    while len(data) < size:
        piece = stream.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def receive(stream):
    flags, size = struct.unpack('>BI', receive_exactly(stream, 5))
    return flags, receive_exactly(stream, size)


def serve_sample(listener, ours):
    """What gss-server does, by our side: the text that came, or the status that ended it."""
    stream, _ = listener.accept()
    with stream:
        flags, _ = receive(stream)
        ours.call('server', 'Kerberos')
        status = CONTINUE
        while status == CONTINUE:
            _, token = receive(stream)
            status, token = ours.call('token', token)
            if token:
                send(stream, CONTEXT, token)
        if status != DONE:
            return status
        while True:
            flags, data = receive(stream)
            if flags & NOOP:
                return text
            status, text = ours.call('open', data)
            if status != DONE:
                return status
            if flags & SEND_MIC:
                send(stream, MIC, ours.call('sign', text)[1])


def test_gss_client(ours):
    with socket.create_server(('127.0.0.1', 4444)) as listener:
        listener.settimeout(10)
        client = subprocess.Popen(['gss-client', '-port', '4444', HOST, f'HTTP@{HOST}', 'a text for the sample'], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
        came = serve_sample(listener, ours)
        said, _ = client.communicate(timeout=10)
    check('gss-client: its text', came == b'a text for the sample', came)
    check('gss-client: our signature', client.returncode == 0 and 'Signature verified' in said, said)


def test_gss_server(ours):
    with running(['gss-server', '-port', '4445', f'HTTP@{HOST}'], 4445, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        with socket.create_connection(('127.0.0.1', 4445), 10) as stream:
            send(stream, NOOP | CONTEXT_NEXT)
            ours.call('client', 'Kerberos', 'bob', 'bob-pw', HTTP, 'mci')
            status, token = ours.call('token', b'')
            while status == CONTINUE:
                send(stream, CONTEXT, token)
                status, token = ours.call('token', receive(stream)[1])
            check('gss-server: a context', status == DONE, status)
            text = b'a text of ours'
            send(stream, DATA | WRAPPED | ENCRYPTED | SEND_MIC, ours.call('seal', text)[1])
            flags, mic = receive(stream)
            check('gss-server: its signature', flags == MIC and ours.call('verify', text, mic)[0] == DONE, flags)
            send(stream, NOOP)


# ---- HTTP ---------------------------------------------------------------------------------------------------------------

def curl(url, *options, env=None):
    """The status of the answer, and what it was."""
    run = subprocess.run(['curl', '-s', '-o', '-', '-w', '\n%{http_code}', *options, url], capture_output=True, text=True, timeout=30, env=env)
    body, _, code = run.stdout.rpartition('\n')
    return int(code or 0), body


def make_files():
    folder = os.path.join(KDC_DIR, 'files')
    os.makedirs(folder, exist_ok=True)
    for name, owner in (('alice', 70001), ('bob', 70002)):
        path = os.path.join(folder, name)
        with open(path, 'w', encoding='ascii') as file:
            file.write(f'of {name}\n')
        os.chown(path, owner, owner)
        os.chmod(path, 0o600)
    return folder


def test_curl(build):
    folder = make_files()
    command = [os.path.join(build, 'programs/guise-httpd/guise-httpd'), '--root', folder, '--listen', '127.0.0.1:8080']
    with running(command, 8080, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        log_in('alice', 'curl')
        ours = ['--negotiate', '-u', ':']
        url = f'http://{HOST}:8080/'
        for name, code in (('alice', 200), ('bob', 403)):
            answer = curl(url + name, *ours)
            check(f'curl --negotiate: alice and the file of {name}', answer[0] == code and (code != 200 or answer[1] == f'of {name}\n'), answer)
        log_in('bob', 'curl')
        answer = curl(url + 'bob', *ours)
        check('curl --negotiate: bob and his file', answer == (200, 'of bob\n'), answer)
        log_in('mallory', 'curl')
        answer = curl(url + 'alice', *ours)
        check('curl --negotiate: mallory, who has no account', answer[0] == 401, answer)
        os.environ['KRB5CCNAME'] = f'FILE:{KDC_DIR}/none'
        answer = curl(url + 'alice', *ours)
        check('curl --negotiate: nobody', answer[0] == 401, answer)


LOCAL_CONF = '''
[accounts]
store = {dir}/accounts.mdb
[ntlm]
netbios-name = SERVER
'''


def make_local_account(build):
    """An account of this machine's that the KDC does not know: in our store, and for gss-ntlmssp. The environment for who is to have it."""
    for name, text in (('local.conf', LOCAL_CONF.format(dir=KDC_DIR)), ('local.users', 'SERVER:local:local-pw\n')):
        with open(f'{KDC_DIR}/{name}', 'w', encoding='ascii', opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(text)
    environment = os.environ | {'GUISE_CONF': f'{KDC_DIR}/local.conf', 'NTLM_USER_FILE': f'{KDC_DIR}/local.users', 'NETBIOS_COMPUTER_NAME': 'SERVER',
                                'NETBIOS_DOMAIN_NAME': 'SERVER'}
    subprocess.run([os.path.join(build, 'programs/guise-account/guise-account'), 'add', 'local', '--unix', 'alice'], input='local-pw\n', text=True,
                   env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment


@contextlib.contextmanager
def local_httpd(build, environment, port):
    command = [os.path.join(build, 'programs/guise-httpd/guise-httpd'), '--root', make_files(), '--listen', f'127.0.0.1:{port}']
    with running(command, port, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        yield


def ask_httpd(ours, user, password, port):
    """The status of the answer to a client of our side, which may take several legs, and what it was; or why there was no question."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    ours.call('client', 'Negotiate', user, password, HTTP, 'mi')
    status, token = ours.call('token', b'')
    answer, body = None, b''
    while status in (DONE, CONTINUE) and token:
        connection.request('GET', '/alice', headers={'Authorization': 'Negotiate ' + base64.b64encode(token).decode()})
        answer = connection.getresponse()
        body = answer.read()
        back = (answer.getheader('WWW-Authenticate') or '').removeprefix('Negotiate').strip()
        if answer.status == 401 and not back:
            break
        status, token = ours.call('token', base64.b64decode(back)) if back else (status, b'')
    connection.close()
    return (answer.status, body) if answer else (status, b'')


def test_local_account(build, ours, environment):
    """Who is none of the realm's has an account at the server: NTLM (S5.4.1). Who is, and has the wrong password, is not tried again."""
    page = (200, b'of alice\n')
    with local_httpd(build, environment, 8083):
        for user in ('local', r'SERVER\local', r'server\local'):
            answer = ask_httpd(ours, user, 'local-pw', 8083)
            check(f'Negotiate: {user}, whom the KDC does not know', answer == page and ours.call('package') == (DONE, b'NTLM'), answer)
        answer = ask_httpd(ours, 'alice', 'alice-pw', 8083)
        check('Negotiate: alice, whom it knows', answer == page and ours.call('package') == (DONE, b'Kerberos'), answer)
        answer = ask_httpd(ours, 'local', 'wrong', 8083)
        check('Negotiate: local with a wrong password', answer[0] == 401, answer)
        answer = ask_httpd(ours, 'alice', 'wrong', 8083)
        check('Negotiate: alice with a wrong password is not tried by NTLM', answer[0] == '8009030c', answer)


def test_without_ticket(build, environment):
    """Programs on MIT Kerberos' SPNEGO whose user has no ticket: gss-ntlmssp has his password. With a ticket as well, that counts."""
    if not glob.glob('/usr/lib/*/gssntlmssp/gssntlmssp.so'):
        skip('NTLM through MIT Kerberos\' SPNEGO', 'install gss-ntlmssp')
        return
    with local_httpd(build, environment, 8084):
        url = f'http://{HOST}:8084/whoami'
        for cache, account in (('none', r'SERVER\local'), ('peers', r'GUISE.TEST\alice')):
            client = environment | {'KRB5CCNAME': f'FILE:{KDC_DIR}/{cache}'}
            answer = curl(url, '--negotiate', '-u', ':', env=client)
            check(f'curl --negotiate: {account}', answer[0] == 200 and answer[1].startswith(f'account: {account}\n'), answer)
        client = environment | {'KRB5CCNAME': f'FILE:{KDC_DIR}/none'}
        if shutil.which('chromium'):
            text, picture, said = chromium.visit(url, f'--auth-server-allowlist={HOST}', environment=client)
            check('Chromium without a ticket: NTLM', text.startswith('account: SERVER\\local\n') and picture, (text, said))
    try:
        import gssapi
    except ImportError:
        return  # test_gssapi() has said so
    os.environ['KRB5CCNAME'] = f'FILE:{KDC_DIR}/peers'
    orders.run(gssapi, os.path.join(build, 'tests/peers/side_kerberos'), environment | {'KRB5CCNAME': os.environ['KRB5CCNAME']}, check)


def test_chromium(build):
    if not shutil.which('chromium'):
        skip('Chromium', 'install chromium')
        return
    command = [os.path.join(build, 'programs/guise-httpd/guise-httpd'), '--root', make_files(), '--listen', '127.0.0.1:8082']
    allowed, url = f'--auth-server-allowlist={HOST}', f'http://{HOST}:8082/whoami'
    with running(command, 8082, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        log_in('alice', 'chromium')
        text, picture, said = chromium.visit(url, allowed)
        check('Chromium: the page names alice', text.startswith('account: GUISE.TEST\\alice\n'), (text, said))
        # The picture is that of this text, to the pixel, and not that of the same text about somebody else.
        visits = [f'data:text/plain;charset=utf-8,{urllib.parse.quote(shown)}' for shown in (text, text.replace('alice', 'mallory'))] + [url]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            (_, same, _), (_, other, _), (text, none, refusal) = pool.map(chromium.visit, visits)
        check('Chromium: a picture of the page', picture.startswith(b'\x89PNG\r\n\x1a\n') and picture == same, (len(picture), len(same)))
        check('Chromium: it shows the name', picture and other and picture != other, (len(picture), len(other)))
        refused = 'ERR_INVALID_AUTH_CREDENTIALS'
        check('Chromium: no ticket for a server that is not allowed', not text and not none and refused in refusal, (text, refusal))
        os.environ['KRB5CCNAME'] = f'FILE:{KDC_DIR}/none'
        text, picture, said = chromium.visit(url, allowed)
        check('Chromium: nobody', not text and not picture and refused in said, (text, said))


APACHE = '''
ServerRoot {dir}
PidFile {dir}/apache.pid
ServerName {host}
Listen 127.0.0.1:8081
ErrorLog {dir}/apache.log
User www-data
Group www-data
Mutex file:{dir}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule auth_gssapi_module {modules}/mod_auth_gssapi.so
DocumentRoot {dir}/www
<Directory {dir}/www>
    AuthType GSSAPI
    AuthName realm
    GssapiCredStore keytab:{dir}/keytab-apache
    GssapiConnectionBound Off
    Require user alice@GUISE.TEST
</Directory>
'''


def ask_apache(ours, package, user):
    """The status of the answer to a client of our side, and whether the server has shown who it is."""
    connection = http.client.HTTPConnection(HOST, 8081, timeout=10)
    ours.call('client', package, user, f'{user}-pw', HTTP, 'm')
    status, token = ours.call('token', b'')
    if status not in (DONE, CONTINUE):
        return status, False
    connection.request('GET', '/page', headers={'Authorization': 'Negotiate ' + base64.b64encode(token).decode()})
    answer = connection.getresponse()
    answer.read()
    back = (answer.getheader('WWW-Authenticate') or '').removeprefix('Negotiate').strip()
    status, _ = ours.call('token', base64.b64decode(back)) if back else (status, b'')
    connection.close()
    return answer.status, status == DONE


def test_apache(ours):
    modules = '/usr/lib/apache2/modules'
    if not os.path.exists(f'{modules}/mod_auth_gssapi.so'):
        skip('mod_auth_gssapi', 'install apache2-bin and libapache2-mod-auth-gssapi')
        return
    os.makedirs(f'{KDC_DIR}/www', exist_ok=True)
    with open(f'{KDC_DIR}/www/page', 'w', encoding='ascii') as file:
        file.write('a page\n')
    shutil.copy(f'{KDC_DIR}/keytab', f'{KDC_DIR}/keytab-apache')
    shutil.chown(f'{KDC_DIR}/keytab-apache', 'www-data', 'www-data')
    with open(f'{KDC_DIR}/apache.conf', 'w', encoding='ascii') as file:
        file.write(APACHE.format(dir=KDC_DIR, host=HOST, modules=modules))
    environment = os.environ | {'KRB5RCACHENAME': 'none:'}
    with running(['apache2', '-X', '-f', f'{KDC_DIR}/apache.conf'], 8081, env=environment, stderr=subprocess.DEVNULL):
        for package in ('Kerberos', 'Negotiate'):
            answer = ask_apache(ours, package, 'alice')
            check(f'mod_auth_gssapi: alice by {package}', answer == (200, True), answer)
            answer = ask_apache(ours, package, 'bob')
            check(f'mod_auth_gssapi: bob by {package}, who may not', answer[0] in (401, 403), answer)


def main():
    build = sys.argv[1]
    log_in('alice', 'peers')
    ours = Side(os.path.join(build, 'tests/peers/side_kerberos'))
    test_gssapi(ours)
    if shutil.which('gss-client'):
        test_gss_client(ours)
        test_gss_server(ours)
    else:
        skip("MIT's samples", 'install krb5-gss-samples')
    test_apache(ours)
    environment = make_local_account(build)
    test_local_account(build, ours, environment)
    ours.close()
    test_without_ticket(build, environment)
    test_curl(build)
    test_chromium(build)
    print('{ok} passed, {FAILED} failed, {skipped} skipped'.format(**results))
    return 1 if results['FAILED'] else 0


if __name__ == '__main__':
    sys.exit(main())
