#!/usr/bin/env python3
#
# Compares the native public headers with mingw-w64's: sizes, alignments and offsets of every structure, sizes and
# signedness of every plain type, the value of every constant, and the type of every function.
#
# What is compared is read out of our own headers, so nothing can be forgotten; a declaration this reader does not
# understand is an error. Neither side is run: a probe is an assembly comment with the number in it, as both compilers
# print it (-S). What mingw-w64 does not have must stand in layout.except with the value that the documentation gives.
#
# SPDX-License-Identifier: LGPL-2.1-or-later

import os
import re
import subprocess
import sys
import tempfile

# Names mingw-w64 spreads over headers that exclude each other; a probe is made in every world that knows the name.
WORLDS = {
    'user': {
        'flags': ['-DSECURITY_WIN32', '-DSCHANNEL_USE_BLACKLISTS', '-DWIN32_NO_STATUS', '-D_WIN32_WINNT=0x0A00'],
        'headers': ['windows.h', 'winternl.h', 'ntstatus.h', 'sspi.h', 'security.h', 'ntsecapi.h', 'ntsecpkg.h', 'schannel.h', 'sddl.h',
                    'winsock2.h'],
    },
    'kernel': {
        'flags': ['-D_WIN32_WINNT=0x0A00', '-DNTDDI_VERSION=0x0A000000'],
        'headers': ['ddk/ntifs.h', 'ntstatus.h'],
    },
}

KEYWORDS = {'const', 'volatile', 'signed', 'unsigned', 'int', 'short', 'long', 'char', 'struct', 'union', 'enum', 'void',
            'float', 'double', '__extension__'}


def die(text):
    sys.exit('tests/headers: ' + text)


def run(command, **kwargs):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, **kwargs)


class Declarations:
    """What the headers under INCLUDE declare: types, structures with their fields, enumerators, functions, macros."""

    def __init__(self, cc, include, ours_alone=()):
        self.scalars = []     # typedef names of what has no fields
        self.numbers = []     # those of them that are numbers
        self.structs = {}     # typedef name -> list of field paths
        self.enumerators = []
        self.enums = []
        self.functions = {}   # name -> (result, parameters)
        self.variables = {}   # name -> type
        self.opaque = set()
        self.integers = []    # macros with an integer value
        self.strings = {}      # macros with the value of a string or an initialiser
        self.calls = set()     # macros that take arguments
        headers = sorted(h for h in os.listdir(include) if h.endswith('.h')) + list(ours_alone)
        self.header_count = len(headers)
        source = ''.join('#include <%s>\n' % h for h in headers)
        text = self.preprocess(cc, include, source, ['-E'])
        self.parse(self.ours(text, include))
        self.parse_macros(cc, include, source)

    @staticmethod
    def preprocess(cc, include, source, flags):
        result = run([cc, '-std=gnu11', '-I', include, '-x', 'c'] + flags + ['-'], input=source)
        if result.returncode:
            die('cannot preprocess our headers:\n' + result.stderr)
        return result.stdout

    @staticmethod
    def ours(text, include):
        """The lines that come from our own headers."""
        prefix, keep, lines = os.path.realpath(include) + '/', False, []
        for line in text.splitlines():
            marker = re.match(r'#\s*(?:line\s+)?\d+\s+"([^"]*)"', line)
            if marker:
                keep = os.path.realpath(marker[1]).startswith(prefix)
            elif keep:
                lines.append(line)
        return '\n'.join(lines)

    def parse(self, text):
        text = re.sub(r'__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)', '', text)
        text = re.sub(r'^#.*$', '', text, flags=re.M)
        for declaration in self.split(text, ';'):
            declaration = ' '.join(declaration.split())
            if not declaration:
                continue
            if declaration.startswith('typedef '):
                self.parse_typedef(declaration[8:])
            elif re.match(r'struct \w+( \{.*\})?$', declaration):
                self.opaque.add(declaration.split()[1])
            elif declaration.startswith('extern ') and '(' not in declaration:
                name, _ = self.declarator(declaration)
                self.variables[name] = declaration[len('extern '):-len(name)]
            else:
                self.parse_function(declaration)

    @staticmethod
    def split(text, separator):
        """Splits at separators outside every kind of bracket."""
        parts, depth, start = [], 0, 0
        for i, c in enumerate(text):
            if c in '({[':
                depth += 1
            elif c in ')}]':
                depth -= 1
            elif c == separator and depth == 0:
                parts.append(text[start:i])
                start = i + 1
        parts.append(text[start:])
        return [p.strip() for p in parts if p.strip()]

    @staticmethod
    def declarator(text):
        """The name that a declarator gives, and whether it is a pointer to something."""
        function = re.match(r'.*?\(\s*\*\s*(\w+)\s*\)\s*\(', text)
        if function:
            return function[1], True
        name = re.match(r'^(.*?)(\w+)\s*((\[[^]]*\]\s*)*)$', text)
        if not name:
            die('cannot read the declarator "%s"' % text)
        return name[2], '*' in name[1]

    @staticmethod
    def body(text):
        """struct/union/enum TAG? { BODY } REST -> (kind, tag, body, rest), or None."""
        head = re.match(r'(?:__extension__ )?(struct|union|enum)\s*(\w*)\s*\{', text)
        if not head:
            return None
        depth = 0
        for i in range(head.end() - 1, len(text)):
            depth += {'{': 1, '}': -1}.get(text[i], 0)
            if depth == 0:
                return head[1], head[2], text[head.end():i], text[i + 1:].strip()
        die('unbalanced braces in "%s"' % text[:60])

    def parse_typedef(self, text):
        body = self.body(text)
        if body:
            kind, _, members, rest = body
            names = [self.declarator(d) for d in self.split(rest, ',')]
            plain = [n for n, pointer in names if not pointer]
            if not plain:
                die('a structure without a name: "%s"' % text[:60])
            if kind == 'enum':
                self.enumerators += [re.match(r'\w+', e)[0] for e in self.split(members, ',')]
                self.enums += plain
            else:
                fields = self.fields(members)
                if not fields:
                    die('a structure without fields: "%s"' % text[:60])
                for name in plain:
                    self.structs[name] = fields
            self.scalars += [n for n, pointer in names if pointer]
            return
        declarators = self.split(text, ',')
        names = [self.declarator(d) for d in declarators]
        target = re.match(r'(?:const |struct )*((?:unsigned |signed |long |short )*\w+)', declarators[0])[1]
        for (name, pointer), declarator in zip(names, declarators):
            if target in self.structs and not pointer and '[' not in declarator:
                self.structs[name] = self.structs[target]
                continue
            if (name, target) == ('VOID', 'void') or target in self.opaque and not pointer:
                continue
            self.scalars.append(name)
            if not pointer and '[' not in declarator and (target.split()[0] in KEYWORDS or target in self.numbers):
                self.numbers.append(name)

    def fields(self, text):
        paths = []
        for member in self.split(text, ';'):
            body = self.body(member)
            if body:
                _, _, inner, rest = body
                inner_fields = self.fields(inner)
                if rest:
                    name, _ = self.declarator(rest)
                    paths += [name] + [name + '.' + f for f in inner_fields]
                else:
                    paths += inner_fields
                continue
            if '(' in member:
                paths.append(self.declarator(member)[0])
                continue
            if ':' in member:
                die('a bit field: "%s"' % member)
            paths += [self.declarator(d)[0] for d in self.split(member, ',')]
        return paths

    def parse_function(self, text):
        match = re.match(r'^(?:extern )?([\w ]+?[\s*]+)(\w+) ?\((.*)\)$', text)
        if not match or match[2] in KEYWORDS:
            die('cannot read the declaration "%s"' % text[:80])
        if match[2] in self.functions:
            die('%s is declared twice' % match[2])
        self.functions[match[2]] = (match[1].strip(), match[3])

    def parse_macros(self, cc, include, source):
        text = self.ours(self.preprocess(cc, include, source, ['-E', '-dD']), include)
        self.calls = set(re.findall(r'^#define (\w+)\(', text, flags=re.M))
        names = sorted(set(re.findall(r'^#define (\w+)(?: |$)', text, flags=re.M)))
        types = set(self.scalars) | set(self.structs) | set(self.enums) | KEYWORDS
        numbers = set(self.enumerators) | {'sizeof'}
        expanded = expand(names, lambda probe: self.preprocess(cc, include, source + probe, ['-E', '-P']))
        for name, value in expanded.items():
            words = set(re.findall(r'(?<![\w.])[A-Za-z_]\w*', re.sub(r'[uL]?"[^"]*"', '0', value)))
            if name.startswith(('_', 'GUISE_')) or value == '':
                continue  # annotations, the one calling convention
            if re.match(r'[uL]?"|\{', value):
                self.strings[name] = literal(value)
            elif words <= types | numbers and (re.search(r'\d', value) or words & numbers):
                self.integers.append(name)
            elif not re.fullmatch(r'\w+', value) and not value.startswith(('__attribute__', 'static inline', 'extern')):
                die('cannot tell what the macro %s is: "%s"' % (name, value))


def expand(names, preprocess):
    """{macro: what it expands to}"""
    text = preprocess(''.join('\n@ NAME_%s @ %s @' % (n, n) for n in names))
    found = re.findall(r'@ NAME_(\w+) @(.*?)@', text, flags=re.S)
    return {name: ' '.join(value.split()) for name, value in found}


def literal(text):
    """The characters of adjacent string literals, narrow or wide; the numbers of an initialiser."""
    if text.startswith('{'):
        return '{%s}' % ', '.join(str(int(n, 0)) for n in text.strip('{} ').split(','))
    return ''.join(re.findall(r'[uL]?"((?:[^"\\]|\\.)*)"', text))


class Side:
    """One compiler with its headers: answers probes with numbers, or says that it does not know the names."""

    def __init__(self, cc, flags, headers):
        self.command = [cc, '-std=gnu11', '-w', '-O0', '-fno-pic', '-S', '-o', '-', '-x', 'c'] + flags
        self.prologue = ''.join('#include <%s>\n' % h for h in headers)
        self.words = None

    def compile(self, source):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, 'probe.c')
            with open(path, 'w') as f:
                f.write(source)
            return run(self.command + [path]), path

    def ask(self, probes):
        """{key: expression} -> ({key: number}, set of unknown keys)"""
        # A name that occurs nowhere in the headers is left out at once: gcc takes long to suggest others for it.
        self.words = self.words or set(re.findall(r'\w+', self.preprocess('', ['-dD'])))
        keys = list(probes)
        unknown = {k for k in keys if not set(re.findall(r'[A-Za-z_]\w*', k.split(' ')[1])) <= self.words}
        for _ in range(6):
            lines = [self.prologue, '#line 1 "probes"\n']
            asked = [k for k in keys if k not in unknown]
            for i, key in enumerate(asked):
                lines.append('void probe_%d(void) { __asm__ volatile ("\\n# ->%d %%0" : : "i"((long long)(%s))); }\n'
                             % (i, i, probes[key]))
            result, _ = self.compile(''.join(lines))
            if result.returncode == 0:
                found = {asked[int(i)]: int(v) for i, v in re.findall(r'^\s*# ->(\d+) \$?(-?\d+)', result.stdout, re.M)}
                if len(found) != len(asked):
                    die('%s answered %d of %d probes' % (self.command[0], len(found), len(asked)))
                return found, unknown
            bad = {int(n) for n in re.findall(r'^probes:(\d+):\d+: error', result.stderr, re.M)}
            if not bad:
                die('%s cannot compile the probes:\n%s' % (self.command[0], result.stderr[:2000]))
            unknown |= {asked[n - 1] for n in bad}
        die('%s does not settle: %s' % (self.command[0], sorted(unknown)[:20]))

    def preprocess(self, probe, flags=()):
        """What this side's preprocessor makes of the lines in PROBE."""
        command = [w for w in self.command if w not in ('-S', '-O0', '-fno-pic')]
        result = run(command + ['-E', '-P', '-'] + list(flags), input=self.prologue + probe)
        if result.returncode:
            die('%s cannot preprocess:\n%s' % (self.command[0], result.stderr[:2000]))
        return result.stdout

    def knows(self, names):
        """Those of the functions and variables that this side declares."""
        _, unknown = self.ask({'entry ' + n: 'sizeof(&%s)' % n for n in names})
        return [n for n in names if 'entry ' + n not in unknown]

    def conflicts(self, functions):
        """{name: declaration} -> names whose declaration contradicts that of this side's headers"""
        names = list(functions)
        source = self.prologue + '#line 1 "probes"\n' + ''.join(functions[n] + '\n' for n in names)
        result, _ = self.compile(source)
        bad = re.findall(r'^probes:(\d+):\d+: error: (.*)$', result.stderr, re.M)
        if result.returncode and not bad:
            die('%s cannot compile the declarations:\n%s' % (self.command[0], result.stderr[:2000]))
        return {names[int(n) - 1]: text for n, text in bad}


def probes_of(declared):
    """Everything that has a number, as {key: C expression}."""
    probes = {}
    for name, fields in declared.structs.items():
        probes['sizeof ' + name] = 'sizeof(%s)' % name
        probes['alignof ' + name] = '_Alignof(%s)' % name
        for field in fields:
            probes['offset %s.%s' % (name, field)] = '__builtin_offsetof(%s, %s)' % (name, field)
            probes['size %s.%s' % (name, field)] = 'sizeof(((%s *)0)->%s)' % (name, field)
    for name in declared.scalars + declared.enums:
        probes['sizeof ' + name] = 'sizeof(%s)' % name
        probes['alignof ' + name] = '_Alignof(%s)' % name
    for name in declared.numbers:
        probes['signed ' + name] = '(%s)-1 < (%s)1' % (name, name)
    for name in declared.enumerators + declared.integers:
        probes['value ' + name] = name
    return probes


def read_exceptions(path):
    """layout.except: `KEY = VALUE # source`, {key: value as text}."""
    exceptions = {}
    with open(path) as f:
        for number, line in enumerate(f, 1):
            line = line.split('#')[0].strip()
            if not line:
                continue
            key, equals, value = line.partition(' = ')
            if not equals or key in exceptions:
                die('%s:%d: cannot read the line' % (path, number))
            exceptions[key] = value.strip()
    return exceptions


def compare(declared, ours, side):
    """What one world of mingw-w64 says: {key: None if it agrees, else a text that tells how it differs}."""
    theirs, _ = side.ask(probes_of(declared))
    verdicts = {k: None if v == ours[k] else '%s here, %d in mingw-w64' % (ours[k], v) for k, v in theirs.items()}

    text = expand(list(declared.strings), side.preprocess)
    for name, value in declared.strings.items():
        if text[name] != name:
            same = literal(text[name]) == value
            verdicts['text ' + name] = None if same else '"%s" here, %s in mingw-w64' % (value, text[name])

    declarations = {n: '%s WINAPI (%s)(%s);' % (f[0], n, f[1]) for n, f in declared.functions.items()}
    declarations.update({n: 'extern %s %s;' % (t, n) for n, t in declared.variables.items()})
    known = side.knows(list(declarations))
    conflicts = side.conflicts({n: declarations[n] for n in known})
    verdicts.update({'entry ' + n: conflicts.get(n) for n in known})
    return verdicts


def main():
    if len(sys.argv) != 4:
        sys.exit('usage: check_layout SRCDIR CC MINGWCC')
    srcdir, cc, mingwcc = sys.argv[1:]
    include = os.path.join(srcdir, 'include')
    exceptions = read_exceptions(os.path.join(srcdir, 'tests/headers/layout.except'))

    declared = Declarations(cc, include)
    native = Side(cc, ['-I', include], sorted(h for h in os.listdir(include) if h.endswith('.h')))
    ours, unknown = native.ask(probes_of(declared))
    if unknown:
        die('our own headers do not compile these probes: ' + ', '.join(sorted(unknown)))

    # The driver kit's headers include each other by plain names, so their directory must be on the path.
    kit = run([mingwcc, '-M', '-E', '-x', 'c', '-'], input='#include <ddk/ntagp.h>\n').stdout
    kit = ['-I' + os.path.dirname(f) for f in re.findall(r'\S+/ddk/ntagp\.h', kit)][:1] or die('no driver kit headers')

    verdicts = {}  # key: {world: None or a difference}
    for world, how in WORLDS.items():
        for key, verdict in compare(declared, ours, Side(mingwcc, how['flags'] + kit, how['headers'])).items():
            verdicts.setdefault(key, {})[world] = verdict

    # Every name agrees with each world that knows it, or is an exception with the value that its documentation gives.
    here = {k: str(v) for k, v in ours.items()}
    here.update({'text ' + n: '"%s"' % v for n, v in declared.strings.items()})
    entries = list(declared.functions) + list(declared.variables)
    here.update({'entry ' + n: 'documented' for n in entries})
    differences = []
    for key in sorted(here):
        kind, name = key.split(' ')
        worlds = verdicts.get(key, {})
        sound = worlds and not any(worlds.values())
        if key in exceptions:
            if sound:
                differences.append('%s: in layout.except without need' % key)
            elif here[key] != exceptions[key]:
                differences.append('%s: %s here, %s documented' % (key, here[key], exceptions[key]))
        elif not worlds:
            follows = {'alignof': 'sizeof ', 'signed': 'sizeof ', 'size': 'offset '}.get(kind, '')
            if follows + name not in exceptions:
                differences.append('%s: %s here, unknown to mingw-w64' % (key, here[key]))
        else:
            differences += ['%s: %s (%s)' % (key, why, world) for world, why in worlds.items() if why]
    differences += ['%s: in layout.except, but nowhere in the headers' % k for k in exceptions if k not in here]

    for text in differences:
        print('tests/headers: ' + text)
    fields = sum(len(f) for f in declared.structs.values())
    values = len(declared.enumerators) + len(declared.integers) + len(declared.strings)
    print('tests/headers: %d headers, %d plain types, %d entry points compared, %d exceptions asserted from documentation'
          % (declared.header_count, len(declared.scalars) + len(declared.enums), len(entries), len(exceptions)))
    print('tests/headers: %d structs, %d fields, %d values compared, %d differences'
          % (len(declared.structs), fields, values, len(differences)))
    return 1 if differences else 0


if __name__ == '__main__':
    sys.exit(main())
