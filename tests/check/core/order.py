#!/usr/bin/env python3
"""Holds the order of the rooms: arrows run down only, and no files call each other in a circle.

gst-e2ee, LGPL-2.1-or-later

    tests/check/core/order.py TREE

Prints TAP.  Every check is a function from a tree to the lines that say what is wrong, and is also
shown trees in which it must find something, and trees in which it must not.
"""

import os
import re
import sys
import tempfile

# The rooms of docs/design.md, lowest first; those of one line know nothing of each other.
ROOMS = [
    ['core'],
    ['core/crypto'],
    ['core/frame', 'core/mls'],
    ['core/meeting'],
    ['core/meeting/state'],
    ['core/meeting/moves'],
    ['core/meeting/calls'],
    ['api', 'rtp'],
    ['elements'],
]
HEIGHT = {room: height for height, rooms in enumerate(ROOMS) for room in rooms}
FOLDERS = ['plugins', 'plugins/gst']  # what an include is looked for in
ORDERED = ['plugins/core/crypto', 'plugins/core/mls', 'plugins/core/meeting']  # no circles inside


def sources(tree, below, *endings):
    """Relative names and texts of the sources below a folder, without their comments."""
    for folder, _, files in sorted(os.walk(os.path.join(tree, below))):
        for name in sorted(files):
            if name.endswith(endings):
                path = os.path.join(folder, name)
                with open(path, encoding='utf-8') as file:
                    text = re.sub(r'/\*.*?\*/', lambda comment: '\n' * comment.group().count('\n'),
                                  file.read(), flags=re.DOTALL)
                yield os.path.relpath(path, tree), text


def room_of(tree, name):
    """The room of a source, from the folder that it stands in."""
    for folder in sorted(FOLDERS, key=len, reverse=True):
        if name.startswith(folder + '/'):
            return os.path.dirname(os.path.relpath(name, folder))
    return None


def included(tree, includer, name):
    folders = [os.path.dirname(includer)] + FOLDERS
    return next((path for path in (os.path.normpath(os.path.join(folder, name)) for folder in folders)
                 if os.path.exists(os.path.join(tree, path))), None)


def arrows_up(tree):
    """Includes that lead to a room above, beside, or to one that has no place in the order."""
    wrong = []
    for name, text in sources(tree, 'plugins', '.c', '.h'):
        room = room_of(tree, name)
        if room not in HEIGHT:
            wrong.append(f'{name}: {room} has no place in the order of rooms')
            continue
        for header in re.findall(r'^\s*#\s*include\s*"([^"]+)"', text, re.MULTILINE):
            path = included(tree, name, header)
            other = room_of(tree, path) if path else room
            if other != room and HEIGHT.get(other, len(ROOMS)) >= HEIGHT[room]:
                wrong.append(f'{name}: {room} knows {other} ({header})')
    return wrong


def calls_between(tree):
    """File -> file of the rooms in ORDERED -> one thing of the second that the first uses."""
    texts = {name: text for room in ORDERED for name, text in sources(tree, room, '.c')}
    home = {thing: name for name, text in texts.items()
            for thing in re.findall(r'^(?:const \w+ )?(e2ee_\w+)(?= \(| = \{)', text, re.MULTILINE)}
    calls = {}
    for name, text in texts.items():
        uses = [thing for thing in re.findall(r'\be2ee_\w+\b', text) if home.get(thing, name) != name]
        calls[name] = {home[thing]: thing for thing in uses}
    return calls


def circles(tree):
    """Ways from a file back to itself, along what it calls."""
    calls = calls_between(tree)
    wrong, done = [], set()

    def walk(name, way):
        if name in way:
            circle = way[way.index(name):] + [name]
            wrong.append('; '.join(f'{a} calls {calls[a][b]}() of {b}'
                                   for a, b in zip(circle, circle[1:])))
        elif name not in done:
            for other in sorted(calls[name]):
                walk(other, way + [name])
            done.add(name)

    for name in sorted(calls):
        walk(name, [])
    return wrong


LOW = 'plugins/core/meeting/state/low.c'
HIGH = 'plugins/core/meeting/moves/high.c'
GUARDED = {'plugins/core/meeting/moves/high.h': '', 'plugins/core/meeting/state/low.h': ''}
INCLUDES_HIGH = '#include "core/meeting/moves/high.h"\n'
INCLUDES_LOW = '#include "core/meeting/state/low.h"\n'
LOW_CALLS = 'void\ne2ee_low (int m)\n{\n  e2ee_high (m);\n}\n'
LOW_RESTS = 'void\ne2ee_low (int m)\n{\n  /* e2ee_high () calls */\n}\n'
HIGH_CALLS = 'void\ne2ee_high (int m)\n{\n  e2ee_low (m);\n}\n'

# Name of the case, the check, trees in which it must find something, and trees in which it must not.
CHECKS = [
    ('test_every_include_leads_to_a_room_below', arrows_up, [
        {LOW: INCLUDES_HIGH, **GUARDED},
        {LOW: '#include "../moves/high.h"\n', **GUARDED},
        {'plugins/gst/rtp/a.c': '#include "api/b.h"\n', 'plugins/gst/api/b.h': ''},
        {'plugins/core/meeting/elsewhere/a.c': ''},
    ], [
        {HIGH: INCLUDES_LOW, **GUARDED},
        {LOW: '#include "low.h"\n', **GUARDED},
        {'plugins/gst/rtp/a.c': '#include "core/frame/b.h"\n', 'plugins/core/frame/b.h': ''},
    ]),
    ('test_no_files_of_a_room_call_each_other_in_a_circle', circles, [
        {LOW: LOW_CALLS, HIGH: HIGH_CALLS},
    ], [
        {LOW: LOW_RESTS, HIGH: HIGH_CALLS},
    ]),
]


def finds_something(check, files):
    with tempfile.TemporaryDirectory() as tree:
        for name, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(tree, name)), exist_ok=True)
            with open(os.path.join(tree, name), 'w', encoding='utf-8') as file:
                file.write(text)
        return bool(check(tree))


def main():
    tree = sys.argv[1]
    print(f'1..{len(CHECKS)}')
    failed = 0
    for number, (name, check, bad, good) in enumerate(CHECKS, 1):
        wrong = check(tree)
        wrong += [f'the check does not see {files}' for files in bad
                  if not finds_something(check, files)]
        wrong += [f'the check sees what is not there in {files}' for files in good
                  if finds_something(check, files)]
        failed += bool(wrong)
        print(f'{"not ok" if wrong else "ok"} {number} - {name}')
        for line in wrong:
            print('# ' + line)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
