"""Which fact an ok() of the tests asserts, read from the comments in their source.

A citation is a comment that names a source:
  everywhere                              a fact (K1.2.4, S4.9.1), "MS-NLMP 3.4.4", "RFC 4178 4.2", "DDI SeTokenIsAdmin",
                                          "sdk OpenThreadToken", "win32 impersonation-levels", "header sspi.h"
  tests/unix, internal, domain, kdc, peers, headers, wine   also "design 5.4", a section of doc/design.md, and manual pages like
                                          "capabilities(7)"
What it covers:
  1. The ok() call inside whose lines it stands.
  2. The ok() calls that follow and have no citation inside their own lines, until a blank line, a closing brace at or left
     of its line's indentation, or the next citation (comments on neighbouring lines belong together).
  3. "callers cite" instead of a source: the ok() belongs to a helper function or macro, and each call of the helper in
     the same file needs a citation as if it were an ok().
  4. "rows cite" instead of a source: the ok() runs over a table whose rows carry citations of their own.
tests/framework tests the framework itself and is left out.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import bisect
import os
import re
import sys

NUMBER = r'[KS]\d+(?:\.\d+)+'
FACT = re.compile(rf'(?<![\w.])({NUMBER})(?![\w])')
DOCUMENT = re.compile(r'\b(?:MS-[A-Z0-9]+ \d+(?:\.\d+)*|RFC ?\d{3,}|DDI \w+|sdk \w+|win32 [\w/-]+|header [\w.-]+\.h)\b')
DESIGN = re.compile(r'\bdesign (\d+(?:\.\d+)*)')
MANUAL = re.compile(r'\b[a-z_]\w*\(\d\w?\)')
LOOSE_ROOMS = {'unix', 'internal', 'domain', 'kdc', 'peers', 'headers', 'wine'}
CALLERS, ROWS = 'callers cite', 'rows cite'
FACT_LINE = re.compile(rf'^- \*\*({NUMBER})\*\* \S')
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
DEFINITION = re.compile(r'^(?:#[ \t]*define[ \t]+(\w+)\(|(?:[A-Za-z_][\w \t*]*[ \t*])?(\w+)[ \t]*\()', re.MULTILINE)


class Citation:
    """A comment that names sources, with the lines it stands on."""

    def __init__(self, text, first, last, loose):
        self.facts = FACT.findall(text)
        self.sources = self.facts + DOCUMENT.findall(text)
        self.mode = CALLERS if CALLERS in text else ROWS if ROWS in text else None
        self.names_source = bool(self.facts or DOCUMENT.search(text) or self.mode or
                                  (loose and (DESIGN.search(text) or MANUAL.search(text))))
        self.rules = DESIGN.findall(text) if loose else []
        self.first = first
        self.last = last
        self.calls = []
        self.indentation = 0


class Call:
    """An ok(), or a call of a helper that asserts for its caller."""

    def __init__(self, name, first, last):
        self.name = name
        self.first = first
        self.last = last
        self.citations = []


class Source:
    """A test file split into its code without comments and strings, and its citations."""

    def __init__(self, path, root, text):
        self.path = os.path.relpath(path, root)
        self.room = self.path.split(os.sep)[1]
        self.lines = text.split('\n')
        self.citations = []
        self.starts = [0] + [match.end() for match in re.finditer('\n', text)]
        self.code = TOKEN.sub(self.blank, text)
        self.code_lines = self.code.split('\n')

    def line_of(self, offset):
        return bisect.bisect_right(self.starts, offset) - 1

    def blank(self, match):
        """Keeps the shape of the text; notes citations."""
        token = match[0]
        if token.startswith(('/*', '//')):
            citation = Citation(' '.join(token.split()), self.line_of(match.start()), self.line_of(match.end()),
                                self.room in LOOSE_ROOMS)
            if citation.names_source:
                self.citations.append(citation)
        return re.sub(r'[^\n]', ' ', token) if token[0] == '/' else re.sub(r'[^\n]', 'x', token)

    def end_of_call(self, offset):
        """The offset behind the argument lists that begin at or after offset."""
        while True:
            match = re.compile(r'\s*\(').match(self.code, offset)
            if not match:
                return offset
            depth, offset = 0, match.end() - 1
            while offset < len(self.code):
                depth += {'(': 1, ')': -1}.get(self.code[offset], 0)
                offset += 1
                if depth == 0:
                    break
            else:
                return offset

    def calls_of(self, names):
        pattern = re.compile(r'\b(' + '|'.join(map(re.escape, sorted(names))) + r')(?=\s*\()')
        for match in pattern.finditer(self.code):
            if self.is_definition(match):
                continue
            last = self.line_of(self.end_of_call(match.end()) - 1)
            yield Call(match[1], self.line_of(match.start()), last)

    def is_definition(self, match):
        """True for the name in the definition or prototype of a helper, at the left margin."""
        line_start = self.code.rfind('\n', 0, match.start()) + 1
        head = self.code[line_start:match.start()]
        if head.startswith('#'):
            return re.fullmatch(r'#[ \t]*define[ \t]+', head) is not None
        return match[1] not in ('ok', 'ok_') and self.code[line_start] not in ' \t'

    def enclosing(self, line):
        """The name of the function or macro that the line belongs to."""
        name = None
        for match in DEFINITION.finditer(self.code):
            if self.line_of(match.start()) > line:
                break
            name = match[1] or match[2]
        return name

    def alone(self, citation):
        """True if the citation shares its lines with no code."""
        return not any(self.code_lines[line].strip() for line in range(citation.first, citation.last + 1))

    def indentation(self, line):
        text = self.lines[line]
        return len(text) - len(text.lstrip())


def connect(source, calls):
    """Ties citations to the calls that they cover."""
    on_line = {}
    for call in calls:
        for line in range(call.first, call.last + 1):
            on_line.setdefault(line, []).append(call)
    ending = {}
    for citation in source.citations:
        own = {call for line in range(citation.first, citation.last + 1) for call in on_line.get(line, ())}
        for call in own:
            call.citations.append(citation)
        citation.calls += own
        citation.indentation = min(source.indentation(line) for line in [citation.first] + [call.first for call in own])
        ending.setdefault(citation.last, []).append(citation)
    active = []
    for line, code in enumerate(source.code_lines):
        if not source.lines[line].strip():
            active = []
        elif active and code.strip().startswith('}') and source.indentation(line) <= active[0].indentation:
            active = []
        for call in on_line.get(line, ()):
            if call.first == line and not call.citations:
                call.citations = list(active)
                for citation in active:
                    citation.calls.append(call)
        for citation in ending.get(line, ()):
            # Comments on neighbouring lines, without code, belong together.
            together = active and citation.first <= active[-1].last + 1 and source.alone(citation) and source.alone(active[-1])
            active = active + [citation] if together else [citation]


def helpers_of(source, calls):
    """The helpers whose ok() is marked "callers cite"."""
    names = set()
    for call in calls:
        if any(citation.mode == CALLERS for citation in call.citations):
            name = source.enclosing(call.first)
            if name:
                names.add(name)
    return names


def examine(source):
    """(calls, problems, cited facts with the number of calls)"""
    names = {'ok', 'ok_'}
    while True:
        for citation in source.citations:
            citation.calls = []
        calls = list(source.calls_of(names))
        connect(source, calls)
        more = helpers_of(source, calls) - names
        if not more:
            break
        names |= more
    problems = [f'{source.path}:{call.first + 1}: {call.name}() cites no source' for call in calls if not call.citations]
    rows = any(citation.mode == ROWS and citation.calls for citation in source.citations)
    cited = {}
    for citation in source.citations:
        for fact in citation.facts:
            cited.setdefault(fact, [0, citation.first + 1])
            cited[fact][0] += len(citation.calls) or (1 if rows else 0)
    return calls, problems, cited


def test_files(root):
    for folder, folders, files in os.walk(os.path.join(root, 'tests')):
        folders[:] = sorted(name for name in folders if name != 'framework')
        for name in sorted(files):
            if name.endswith('.c') and name != 'testlist.c' and folder != os.path.join(root, 'tests'):
                yield os.path.join(folder, name)


def read_facts(path):
    """number -> line"""
    facts = {}
    if os.path.exists(path):
        with open(path, encoding='utf-8') as file:
            for line in file:
                match = FACT_LINE.match(line)
                if match:
                    if match[1] in facts:
                        sys.exit(f'{path}: {match[1]} is there twice')
                    facts[match[1]] = line.rstrip('\n')
    return facts


def order(number):
    return number[0], [int(part) for part in number[1:].split('.')]
