#!/usr/bin/env python3
"""Runs the tests of one build with meson and counts test cases, not executables.

gst-e2ee, LGPL-2.1-or-later

Meson's own count is one per executable, takes an executable that prints nothing for skipped and
one without a plan for passed.  Here every TAP line is a case, and an executable that crashed,
ran out of time, lost its plan or said nothing is a failed case of its own.
"""

import argparse
import json
import os
import re
import subprocess
import sys

TEST_LINE = re.compile(r'(not )?ok\b\s*(\d+)?\s*(?:- )?([^#]*)(?:#\s*(\S+)\s*(.*))?')
PLAN_LINE = re.compile(r'1\.\.(\d+)\s*(?:#\s*skip\S*\s*(.*))?$', re.IGNORECASE)
PROGRESS_LINE = re.compile(r'\s*\d+/\d+ ')
# Check writes "FILE:TCASE:TEST: WHAT"; the test and what happened are enough.
CHECK_NAME = re.compile(r'\S+\.c:[^:]+:(\w+): (.*)')
LOG_LINES = 150
MEMORY_CHECKERS = ('valgrind', 'leaks', 'asan')


class Case:
    def __init__(self, name, outcome, reason=''):
        self.name = name
        self.outcome = outcome  # passed, failed, skipped
        self.reason = reason


def cases_of_tap(text):
    """The cases in the TAP @text and the fault of the stream as a whole, or None."""
    cases = []
    plans = []
    for line in text.splitlines():
        match = TEST_LINE.match(line)
        if match:
            failed, number, name, directive, reason = match.groups()
            name = name.strip() or f'case {len(cases) + 1}'
            name = CHECK_NAME.sub(r'\1: \2', name)
            if number is not None and int(number) != len(cases) + 1:
                return cases, f'case {number} where {len(cases) + 1} was due'
            directive = (directive or '').lower()
            if failed:
                # "not ok # TODO" too: nothing here is expected to fail.
                cases.append(Case(name, 'failed'))
            elif directive.startswith('skip'):
                cases.append(Case(name, 'skipped', reason.strip()))
            else:
                cases.append(Case(name, 'passed'))
            continue
        match = PLAN_LINE.match(line)
        if match:
            plans.append((int(match.group(1)), match.group(2)))
        elif line.startswith('Bail out!'):
            return cases, line.strip()
    if len(plans) != 1:
        return cases, 'no plan: it ended early' if not plans else 'more than one plan'
    planned, reason = plans[0]
    if planned != len(cases):
        return cases, f'{planned} cases planned, {len(cases)} run'
    if planned == 0:
        if reason is None:
            return cases, 'no case'
        return [Case('all of it', 'skipped', reason.strip())], None
    return cases, None


def cases_of_test(test, entry):
    """The cases of one executable from meson's log @entry; None stands for no entry."""
    if entry is None:
        return [Case('did not finish', 'failed')]
    result = entry['result']
    if test['protocol'] != 'tap':
        if result == 'SKIP':
            return [Case(test['name'], 'skipped', (entry.get('stdout') or '').strip()[-200:])]
        if result == 'OK':
            return [Case(test['name'], 'passed')]
        return [Case(f'{test["name"]}: {result.lower()}', 'failed')]
    cases, fault = cases_of_tap(entry.get('stdout') or '')
    failed = any(case.outcome == 'failed' for case in cases)
    if result == 'TIMEOUT':
        fault = 'time ran out'
    elif entry['returncode'] < 0:
        fault = f'killed by signal {-entry["returncode"]}'
    if entry['returncode'] != 0 and not failed:
        fault = fault or f'exit status {entry["returncode"]}'
    if result not in ('OK', 'SKIP') and not failed:
        fault = fault or result.lower()
    if fault:
        cases.append(Case(fault, 'failed'))
    return cases


def load_tests(build, suites):
    with open(os.path.join(build, 'meson-info', 'intro-tests.json'), encoding='utf-8') as file:
        tests = json.load(file)
    for test in tests:
        test['suites'] = [suite.split(':')[-1] for suite in test['suite']]
    if suites:
        tests = [test for test in tests if set(test['suites']) & set(suites)]
    return tests


def is_own_program(test, build):
    return os.path.realpath(test['cmd'][0]).startswith(os.path.realpath(build) + os.sep)


def last_entries(path):
    entries = {}
    try:
        with open(path, encoding='utf-8') as file:
            for line in file:
                entry = json.loads(line)
                # "name", or in some versions "suite / name".
                entries[entry['name'].split(' / ')[-1]] = entry
    except (OSError, ValueError):
        pass
    return entries


def run_meson(build, options, logbase):
    command = ['meson', 'test', '-C', build, '--no-rebuild', '--logbase', logbase,
               '--num-processes', str(options.jobs)]
    if options.setup:
        command += ['--setup', options.setup]
    for suite in options.suite:
        command += ['--suite', suite]
    command += options.test
    meson = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors='replace')
    other = []
    for line in meson.stdout:
        if PROGRESS_LINE.match(line):
            print(' ', ' '.join(line.replace('gst-e2ee:', '').split()), flush=True)
        else:
            other.append(line)
    return meson.wait(), ''.join(other)


def print_log(entry):
    if entry is None:
        return
    for stream in ('stdout', 'stderr'):
        lines = (entry.get(stream) or '').splitlines()
        if stream == 'stdout':
            lines = [line for line in lines if not line.startswith('ok ')]
        if len(lines) > LOG_LINES:
            print(f'    ... {len(lines) - LOG_LINES} lines of {stream} before these')
        for line in lines[-LOG_LINES:]:
            # A program gone wrong may write anything.
            print('    ' + ''.join(c if c.isprintable() else '?' for c in line[:400]))


def add_counts(path, counts):
    if path:
        with open(path, 'a', encoding='utf-8') as file:
            file.write('{} {} {}\n'.format(*counts))


def run(options):
    tests = load_tests(options.build, options.suite)
    if options.setup in MEMORY_CHECKERS:
        # For programs of this build: a shell under valgrind proves nothing.
        tests = [test for test in tests if is_own_program(test, options.build)]
        options.test += [test['name'] for test in tests]
    if options.test:
        tests = [test for test in tests if test['name'] in options.test]
    counts = {'passed': 0, 'failed': 0, 'skipped': 0}
    skipped = []

    print(f'== {options.title}: {len(tests)} programs')
    for suite in options.suite:
        if not any(suite in test['suites'] for test in tests):
            # A proof of nothing is none.
            print(f'FAILED {options.title}: there is nothing of the suite {suite}')
            counts['failed'] += 1
    if options.skip_all:
        counts['skipped'] = len(tests)
        skipped = [(test['name'], options.skip_all) for test in tests]
    elif options.fail:
        counts['failed'] = 1
        print(f'FAILED {options.title}: {options.fail}')
    elif tests:
        logbase = 'testlog-' + (options.setup or 'run')
        # Meson adds the name of the setup on its own.
        log = os.path.join(options.build, 'meson-logs', logbase)
        if options.setup:
            log += '-' + options.setup
        log += '.json'
        if os.path.exists(log):
            os.remove(log)
        status, other = run_meson(options.build, options, logbase)
        entries = last_entries(log)
        if not entries:
            print(other)
        for test in tests:
            entry = entries.get(test['name'])
            cases = cases_of_test(test, entry)
            bad = [case for case in cases if case.outcome == 'failed']
            for case in cases:
                counts[case.outcome] += 1
                if case.outcome == 'skipped':
                    skipped.append((f'{test["name"]}: {case.name}', case.reason))
            if bad:
                print(f'FAILED {"/".join(test["suites"])} {test["name"]}')
                for case in bad:
                    print(f'  {case.name}')
                print_log(entry)
        if status != 0 and counts['failed'] == 0:
            # Meson saw a fault that the count did not.
            print(f'FAILED {options.title}: meson test ended with {status}')
            print(other)
            counts['failed'] = 1

    reasons = {}
    for name, reason in skipped:
        reasons.setdefault(reason or 'no reason given', []).append(name)
    for reason, names in sorted(reasons.items()):
        more = f' and {len(names) - 3} more' if len(names) > 3 else ''
        print(f'  skipped: {"; ".join(names[:3])}{more}: {reason}')
    total = (counts['passed'], counts['failed'], counts['skipped'])
    print('== {}: {} cases passed / {} failed / {} skipped'.format(options.title, *total))
    add_counts(options.counts, total)
    return 0 if counts['failed'] == 0 else 1


def list_tests(options):
    suites = {}
    for test in load_tests(options.build, options.suite):
        for suite in test['suites']:
            suites.setdefault(suite, []).append(test['name'])
    for suite in sorted(suites):
        print(f'{suite}: {" ".join(suites[suite])}')
    return 0 if suites else 1


def print_sum(path):
    totals = [0, 0, 0]
    try:
        with open(path, encoding='utf-8') as file:
            for line in file:
                totals = [a + int(b) for a, b in zip(totals, line.split())]
    except OSError:
        pass
    passed, failed, skipped = totals
    if passed + failed == 0:
        print('tests: not one test ran')
        failed = 1
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return 0 if failed == 0 else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('build', nargs='?', default='build')
    parser.add_argument('--title', default='tests')
    parser.add_argument('--suite', action='append', default=[])
    parser.add_argument('--test', action='append', default=[])
    parser.add_argument('--setup')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 2)
    parser.add_argument('--counts', help='file that the counts of this pass are appended to')
    parser.add_argument('--skip-all', metavar='REASON')
    parser.add_argument('--fail', metavar='REASON')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--sum', metavar='COUNTS')
    options = parser.parse_args()
    if options.sum:
        return print_sum(options.sum)
    if options.list:
        return list_tests(options)
    return run(options)


if __name__ == '__main__':
    sys.exit(main())
