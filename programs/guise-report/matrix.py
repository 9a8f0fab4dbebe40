"""The matrix of units and systems that logs and the source of the tests make together.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os
import sys

from logs import FAILED, PASSED, TODO

ROOMS = ('secur32', 'advapi32', 'ntoskrnl')  # the conformance units; the other rooms test what only Unix has
KINDS = ('Windows', 'Wine', 'Guise')


def kind_of(system):
    """Windows, Wine, Guise or other: how the name of a system begins."""
    return next((kind for kind in KINDS if system.lower().startswith(kind.lower())), 'other')


def import_citations(source):
    sys.path.insert(0, os.path.join(source, 'tools'))
    import citations  # pylint: disable=import-outside-toplevel
    return citations


class Index:
    """The assertions of a source tree: where they stand, their text and the facts they cite."""

    def __init__(self, root):
        citations = import_citations(root)
        self.order = citations.order
        self.calls = {}
        self.facts = {number: line.partition('** ')[2]
                      for number, line in citations.read_facts(os.path.join(root, 'doc', 'facts.md')).items()}
        for path in citations.test_files(root):
            if os.path.basename(os.path.dirname(path)) not in ROOMS:
                continue
            with open(path, encoding='utf-8') as file:
                source = citations.Source(path, root, file.read())
            for call in citations.examine(source)[0]:
                where = f'{source.path}:{call.first + 1}'
                known = self.calls.setdefault(where, {'code': '', 'facts': set()})
                known['code'] = '\n'.join(source.lines[call.first:call.last + 1])
                for citation in call.citations:
                    known['facts'].update(citation.sources)

    def of_file(self, path):
        return [where for where in self.calls if where.rpartition(':')[0] == path]


def last_of(unit):
    calls = list(dict.fromkeys(unit.last_calls))
    return f'{unit.last_place}, in {", ".join(calls)}' if calls else unit.last_place


def unit_cell(unit):
    """What the matrix says of a unit on a system; None where it did not run."""
    return unit and {'outcome': unit.outcome, 'executed': unit.executed, 'exit': unit.exit, 'skips': unit.skips,
                     'last': last_of(unit) if unit.outcome in ('crashed', 'timeout') else None,
                     'failed': sum(a.counts[FAILED] for a in unit.assertions.values()),
                     'todo': sum(a.counts[TODO] for a in unit.assertions.values())}


def assertion_cell(unit, where):
    assertion = unit and unit.assertions.get(where)
    return assertion and {'outcome': assertion.outcome, 'counts': assertion.counts, 'messages': assertion.messages}


def differ(cells):
    return len({cell['outcome'] for cell in cells if cell}) > 1


def line_order(where):
    path, _, line = where.rpartition(':')
    return path, int(line)


def merge(logs):
    """system -> (the suites it ran, its file versions, its units); a later log of a unit replaces an earlier one"""
    systems = {}
    for log in logs:
        system = systems.setdefault(log.system, {'suites': [], 'files': [], 'units': {}})
        system['suites'] += [log.suite] if log.suite not in system['suites'] else []
        system['files'] += [file for file in log.files if file not in system['files']]
        system['units'].update(log.units)
    return dict(sorted(systems.items(), key=lambda item: ((KINDS + ('other',)).index(kind_of(item[0])), item[0])))


def assertions_of(index, name, path, systems):
    """The assertions of a unit: those of its source and those that a log names."""
    units = [system['units'].get(name) for system in systems.values()]
    places = set(index.of_file(path)).union(*(unit.assertions for unit in units if unit))
    for where in sorted(places, key=line_order):
        known = index.calls.get(where, {'code': '', 'facts': set()})
        cells = [assertion_cell(unit, where) for unit in units]
        on_windows = {cell['outcome'] for cell, system in zip(cells, systems) if cell and kind_of(system) == 'Windows'}
        yield {'where': where, 'code': known['code'], 'facts': sorted(known['facts']),
               'cells': cells, 'differs': differ(cells),
               'windows': 'refuted' if FAILED in on_windows else 'confirmed' if PASSED in on_windows else 'unconfirmed'}


def build(logs, index, suite):
    """Everything that the three forms of the report show."""
    systems = merge(logs)
    paths = {unit.name: unit.path for system in systems.values() for unit in system['units'].values()}
    units = []
    for name, path in sorted(paths.items()):
        assertions = list(assertions_of(index, name, path, systems))
        cells = [unit_cell(system['units'].get(name)) for system in systems.values()]
        units.append({'name': name, 'path': path, 'cells': cells, 'assertions': assertions,
                      'differences': sum(assertion['differs'] for assertion in assertions), 'differs': differ(cells)})
    units.sort(key=lambda unit: (-unit['differs'], -unit['differences'], unit['name']))
    cited = {fact for unit in units for assertion in unit['assertions'] for fact in assertion['facts']}
    return {'suite': suite,
            'systems': [{'name': name, 'kind': kind_of(name), 'suites': system['suites'], 'files': system['files']}
                        for name, system in systems.items()],
            'facts': {fact: index.facts[fact] for fact in sorted(cited & set(index.facts), key=index.order)},
            'units': units}


def totals(report):
    """system name -> outcome -> number of assertions (source lines, however often they ran)"""
    counts = [{PASSED: 0, TODO: 0, FAILED: 0} for _ in report['systems']]
    for unit in report['units']:
        for assertion in unit['assertions']:
            for count, cell in zip(counts, assertion['cells']):
                if cell:
                    count[cell['outcome']] += 1
    return {system['name']: count for system, count in zip(report['systems'], counts)}
