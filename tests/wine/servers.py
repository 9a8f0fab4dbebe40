"""Servers under Wine and their clients: accounts and files for them, servers that are started and ended, `curl --ntlm` as clients, and what the
kernel lets each user read. For the checks of tests/wine, which run inside tests/wine/run.

SPDX-License-Identifier: LGPL-2.1-or-later
"""
import grp
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

USERS = ['alice', 'bob', 'carol', 'user1', 'user2']

# PATH: owner, group, mode; or where the link leads
FILES = {
    'public.txt': ('root', 'root', 0o644),
    'root-only.txt': ('root', 'root', 0o600),
    'alice.txt': ('alice', 'alice', 0o600),
    'bob.txt': ('bob', 'bob', 0o600),
    'carol.txt': ('carol', 'carol', 0o600),
    'user1.txt': ('user1', 'user1', 0o600),
    'user2.txt': ('user2', 'user2', 0o600),
    'readers.txt': ('root', 'readers', 0o640),
    'staff.txt': ('carol', 'staff', 0o640),
    'not-for-readers.txt': ('root', 'readers', 0o604),
    'home/': ('alice', 'alice', 0o700),
    'home/inside.txt': ('alice', 'alice', 0o644),
    'search/': ('root', 'staff', 0o711),
    'search/known-name.txt': ('root', 'root', 0o644),
    'to-bob.txt': 'bob.txt',
    'to-root.txt': 'root-only.txt',
    'to-home.txt': 'home/inside.txt',
    'dangling.txt': 'nowhere.txt',
}
NAMES = [name for name in FILES if not name.endswith('/')] + ['missing.txt']


def password(user):
    return 'pw-of-' + user


def windows_path(path):
    """As a Windows program writes it: Wine's Z: is the root."""
    return 'Z:' + path.replace('/', '\\')


class Room:
    """Accounts and files of one run, in a folder that is gone afterwards."""

    def __init__(self, build):
        self.build = build
        self.folder = tempfile.mkdtemp(prefix='guise-wine-servers-')
        os.chmod(self.folder, 0o711)
        self.root = os.path.join(self.folder, 'files')
        self.make_files()
        self.make_accounts()

    def make_files(self):
        os.mkdir(self.root, 0o755)
        for name, what in FILES.items():
            path = os.path.join(self.root, name)
            if isinstance(what, str):
                os.symlink(what, path)
                continue
            owner, group, mode = what
            if name.endswith('/'):
                os.mkdir(path)
            else:
                with open(path, 'w', encoding='ascii') as file:
                    file.write(f'This is {name}.\n')
            os.chown(path, pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid)
            os.chmod(path, mode)

    def join_domain(self):
        """This machine is the member that tests/domain/run has made."""
        with open(os.environ['GUISE_CONF'], 'w', encoding='ascii') as file:
            file.write(f'[accounts]\naccounts = files winbind nss\nstore = {self.folder}/store/accounts.mdb\n[ntlm]\nnetbios-name = MEMBER\n'
                       'netbios-domain = GUISE\ndns-name = member.guise.test\ndns-domain = guise.test\n')

    def make_accounts(self):
        os.environ['GUISE_CONF'] = self.make_store('store', 'root')

    def make_store(self, name, owner):
        """A folder of OWNER's with a store of all users, and the configuration that names it."""
        folder, entry = os.path.join(self.folder, name), pwd.getpwnam(owner)
        os.mkdir(folder, 0o755)
        conf = os.path.join(folder, 'guise.conf')
        with open(conf, 'w', encoding='ascii') as file:
            file.write(f'[accounts]\nstore = {folder}/accounts.mdb\n[ntlm]\nnetbios-name = WINE\n')
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        for user in USERS:
            subprocess.run([f'{self.build}/programs/guise-account/guise-account', 'add', user], input=password(user) + '\n', text=True,
                           stdout=subprocess.DEVNULL, check=True, user=entry.pw_uid, group=entry.pw_gid, env={**os.environ, 'GUISE_CONF': conf})
        return conf

    def expected(self, user, name):
        """What the kernel gives to a process of that user: an HTTP status and the bytes."""
        entry = pwd.getpwnam(user)
        run = subprocess.run(['cat', os.path.join(self.root, name)], capture_output=True, user=entry.pw_uid, group=entry.pw_gid,
                             extra_groups=os.getgrouplist(user, entry.pw_gid), env={'LC_ALL': 'C', 'PATH': os.environ['PATH']})
        if run.returncode == 0:
            return 200, run.stdout
        return (403 if b'Permission denied' in run.stderr else 404), None

    def remove(self):
        shutil.rmtree(self.folder)


class Server:
    """A server that prints `listening on ADDRESS:PORT`. Its output is a file: node.exe under Wine takes no pipe."""

    def __init__(self, room, command, seconds=60, **environment):
        self.log_name = os.path.join(room.folder, f'server-{time.monotonic_ns()}.log')
        self.out_name = self.log_name[:-3] + 'out'
        with open(self.out_name, 'wb') as out, open(self.log_name, 'wb') as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=log, env={**os.environ, **environment},
                                            start_new_session=True)
        self.address = self.wait_for_address(seconds)

    def wait_for_address(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with open(self.out_name, encoding='utf-8', errors='replace') as file:
                for line in file:
                    if line.startswith('listening on ') and line.endswith('\n'):
                        return line.split()[2]
            time.sleep(0.05)
        self.stop()
        return None

    def log(self):
        with open(self.log_name, encoding='utf-8', errors='replace') as file:
            return file.read()

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        """Its exit code, or None when it had to be killed. Ctrl-C goes to what was started before it, too."""
        if self.alive():
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return None


def cache_of(user):
    """Where a ticket of tests/kdc/run or tests/domain/run is."""
    return f'FILE:{os.environ.get("DOMAIN_DIR") or os.environ["KDC_DIR"]}/cache-of-{user}'


def fetch(server, user, path, secret=None, protocol='ntlm', count=1):
    """One `curl` that asks COUNT times over one connection: [(status, bytes), ...]; status 0: no answer.

    PROTOCOL ntlm is curl's own, negotiate that of the system's GSSAPI with gss-ntlmssp behind it, kerberos the same with a ticket."""
    secret = password(user) if secret is None else secret
    environment = dict(os.environ)
    config = f'user = "{user}:{secret}"\n' if protocol == 'ntlm' else 'user = ":"\n'
    address = server.address
    if protocol == 'kerberos':
        host, port = 'www.guise.test' if 'DOMAIN_DIR' in os.environ else 'server.guise.test', address.split(':')[1]
        address = f'{host}:{port}'
        config += f'resolve = "{host}:{port}:127.0.0.1"\n'
        environment['KRB5CCNAME'] = cache_of(user)
    with tempfile.TemporaryDirectory() as folder:
        if protocol == 'negotiate':
            environment['NTLM_USER_FILE'] = f'{folder}/users'
            with open(environment['NTLM_USER_FILE'], 'w', encoding='utf-8') as file:
                file.write(f'{"MEMBER" if "DOMAIN_DIR" in os.environ else "WINE"}:{user}:{secret}\n')
        for i in range(count):
            config += f'url = "http://{address}/{path}"\noutput = "{folder}/{i}"\nwrite-out = "%{{http_code}}\\n"\n'
        run = subprocess.run(['curl', '-s', '--path-as-is', '--globoff', '--max-time', '60', '--ntlm' if protocol == 'ntlm' else '--negotiate', '-K', '-'], input=config.encode(), capture_output=True,
                             env=environment)
        statuses = [int(s) for s in run.stdout.split()] + [0] * count
        answers = []
        for i in range(count):
            body = b''
            if os.path.exists(f'{folder}/{i}'):
                with open(f'{folder}/{i}', 'rb') as file:
                    body = file.read()
            answers.append((statuses[i], body))
    return answers


class Checks:
    """Counts, and the line that ends a run."""

    def __init__(self, quiet=False):
        self.passed = self.failed = self.skipped = 0
        self.quiet = quiet

    def check(self, good, what, detail=''):
        if good:
            self.passed += 1
        else:
            self.failed += 1
        if not self.quiet:
            print(('  ok      ' if good else '  FAILED  ') + what + (f': {detail}' if detail and not good else ''), flush=True)
        return good

    def skip(self, what):
        self.skipped += 1
        print('  skipped: ' + what, flush=True)

    def conclude(self):
        print(f'{self.passed} passed, {self.failed} failed, {self.skipped} skipped')
        return 1 if self.failed else 0
