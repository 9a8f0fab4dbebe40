"""Logs of the conformance suite: what a system answered to each assertion.

A log is the output of one unit after the other, between lines that begin with @:

    @guise-conformance-log 1
    @suite 0.1-120-g0123abc                     what was run: git describe of the source
    @system Windows Server 2022 10.0.20348.1    where; logs of one system are shown in one column
    @file secur32.dll 10.0.20348.1              versions of what was tested, any number of lines
    @unit secur32:ntlm tests/secur32/ntlm.c     then the unit's output, with WINETEST_REPORT_SUCCESS=1
    @exit secur32:ntlm 0                        its exit code, a signal as -11, or "timeout"

Between @unit and @exit stand the lines of Wine's test framework, "ntlm.c:12: begin SeAccessCheck" of a call that may be the last one: "ntlm.c:12: Test failed: got 5", "... Test succeeded", "... Test
marked todo: ...", "... Test succeeded inside todo block: ...", "... Tests skipped: ...", and the closing line. What is none of
these belongs to the message before it.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import posixpath
import re

FIRST = '@guise-conformance-log 1'
LINE = re.compile(r'^(?P<file>[\w.-]+\.[ch]):(?P<line>\d+):(?:\d+\.\d+)? (?P<text>.*)$')
CLOSING = re.compile(r'^[0-9a-f]{4,}:(?P<unit>[^:]+):\S* (?P<executed>\d+) tests executed \((?P<todo>\d+) marked as todo, '
                     r'(?:\d+ as flaky, )?(?P<failures>\d+) failures?\), (?P<skipped>\d+) skipped\.$')
MESSAGES = 5   # of one assertion that are kept; the rest is counted
LENGTH = 2000  # of a message of many lines

PASSED, TODO, FAILED = 'passed', 'todo', 'failed'
KINDS = (  # how a line of the framework begins, its outcome, and what is said before its message
    ('Test failed: ', FAILED, ''),
    ('Test marked todo: ', TODO, ''),
    ('Test marked flaky: ', TODO, ''),
    ('Test succeeded inside todo block: ', FAILED, 'holds, but is marked todo: '),
    ('Test succeeded inside flaky todo block: ', FAILED, 'holds, but is marked todo: '),
)


class LogError(Exception):
    """A file that is no log, or none that this program can read."""


class Assertion:
    """What became of the ok() of one source line."""

    def __init__(self):
        self.counts = {PASSED: 0, TODO: 0, FAILED: 0}
        self.messages = []

    @property
    def outcome(self):
        """The worst of what happened; the line may have run many times."""
        return next((outcome for outcome in (FAILED, TODO, PASSED) if self.counts[outcome]), None)

    def add(self, outcome, message):
        self.counts[outcome] += 1
        if message and len(self.messages) < MESSAGES:
            self.messages.append(message)

    def go_on(self, line):
        """A message of more than one line."""
        if self.messages and len(self.messages[-1]) < LENGTH:
            self.messages[-1] += '\n' + line


class Unit:
    """The run of one unit on one system."""

    def __init__(self, name, path):
        self.name = name
        self.path = path
        self.exit = None
        self.executed = None
        self.assertions = {}
        self.skips = []
        self.last_place = None
        self.last_calls = []  # of that place; an argument that is a call begins after the call it is for
        self.message_of = None

    @property
    def outcome(self):
        if self.exit == 'timeout':
            return 'timeout'
        if self.executed is None or self.exit is None:
            return 'crashed'
        outcomes = {assertion.outcome for assertion in self.assertions.values()}
        if FAILED in outcomes or self.exit != '0':
            return FAILED
        if not self.executed and self.skips:
            return 'skipped'
        return TODO if TODO in outcomes else PASSED

    def read(self, line):
        """One line of the unit's output."""
        closing, match = CLOSING.match(line), LINE.match(line)
        if closing:
            if closing['unit'] == self.name.partition(':')[2]:
                self.executed = int(closing['executed'])
            self.message_of = None
        elif match:
            place = f'{match["file"]}:{match["line"]}'
            if place != self.last_place or not match['text'].startswith('begin '):
                self.last_calls = []
            self.last_place = place
            if match['text'].startswith('begin '):
                self.last_calls.append(match['text'][len('begin '):])
            self.message_of = self.read_place(match['text'])
        elif self.message_of:
            self.message_of.go_on(line)

    def read_place(self, text):
        """What follows a place; answers the assertion to whose message the next lines belong."""
        where = posixpath.join(posixpath.dirname(self.path), self.last_place)
        if text.endswith('Test succeeded'):
            self.assertions.setdefault(where, Assertion()).add(PASSED, None)
        elif text.startswith('Tests skipped: '):
            self.skips.append(f'{self.last_place}: {text[len("Tests skipped: "):]}')
        for begin, outcome, note in KINDS:
            if text.startswith(begin):
                assertion = self.assertions.setdefault(where, Assertion())
                assertion.add(outcome, note + text[len(begin):])
                return assertion
        return None


class Log:
    """What one file says."""

    def __init__(self, path):
        self.path = path
        self.suite = self.system = None
        self.files = []
        self.units = {}

    def read(self, lines):
        unit = None
        for number, line in enumerate(lines, 2):
            line = line.rstrip('\r\n')
            if not line.startswith('@'):
                if unit:
                    unit.read(line)
                continue
            key, _, value = line[1:].partition(' ')
            if key == 'unit' and len(value.split()) == 2:
                unit = Unit(*value.split())
                self.units[unit.name] = unit
            elif key == 'exit' and unit and value.partition(' ')[0] == unit.name:
                unit.exit = value.partition(' ')[2]
                unit = None
            elif key == 'suite':
                self.suite = value
            elif key == 'system':
                self.system = value
            elif key == 'file':
                self.files.append(value)
            else:
                raise LogError(f'{self.path}:{number}: not understood: {line}')


def read_log(path):
    """The log in a file."""
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            if file.readline().rstrip('\r\n') != FIRST:
                raise LogError(f'{path}: does not begin with {FIRST}')
            log = Log(path)
            log.read(file)
    except OSError as error:
        raise LogError(f'{path}: {error.strerror}') from None
    if not log.system or not log.suite:
        raise LogError(f'{path}: does not say @system and @suite')
    return log
