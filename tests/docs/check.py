#!/usr/bin/env python3
"""Checks what a reader relies on: documented properties, links, recipes, tidy files.

gst-e2ee, LGPL-2.1-or-later

    tests/docs/check.py TREE

Prints TAP.  Every check is a function from a tree to the lines that say what is wrong, and is
first shown a tree in which it must find something.
"""

import os
import re
import subprocess
import sys
import tempfile

# Properties of GStreamer's own base classes, documented there.
INHERITED = {'name', 'parent', 'qos', 'async-handling', 'message-forward'}

# A path of somebody's machine, and the hosts of package registries: both belong to the machine
# that builds, not to the source.  (Written so that these lines do not match themselves.)
MACHINE = re.compile(
    r'(?<![\w.])/(?:root|work|Users|mnt|home/[a-z]\w*|tmp/w)/'
    r'|registry\.(?:npmjs|yarnpkg)|(?:deb|snapshot|security)\.debian\.org|(?:archive|security)\.ubuntu\.com'
    r'|pypi\.org|pythonhosted\.org|nodesource\.com|proxy\.golang|crates\.io')
BUILT = re.compile(r'^build[^/]*/|(^|/)(node_modules|__pycache__|\.git)/')
LICENCE = re.compile(r'LGPL-2\.1-or-later|GNU (Lesser|Library) General Public')
HEAD = 30  # lines in which the licence is named
SOURCES = ('.c', '.h', '.py', '.js', '.mjs', '.html')
LINK = re.compile(r'(?<!`)!?\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)')


def tracked_files(tree):
    """Relative names of what a checkout holds, or would after git add."""
    result = subprocess.run(['git', '-C', tree, 'ls-files', '-co', '--exclude-standard'], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False) \
        if os.path.exists(os.path.join(tree, '.git')) and which('git') else None
    if result and result.returncode == 0:
        names = result.stdout.splitlines()
    else:
        names = []
        for folder, folders, files in os.walk(tree):
            inside = os.path.relpath(folder, tree) + '/'
            inside = '' if inside == './' else inside
            folders[:] = [name for name in folders if not BUILT.search(inside + name + '/')]
            names += [inside + name for name in files]
    return sorted(name for name in names
                  if not BUILT.search(name) and os.path.isfile(os.path.join(tree, name)))


def which(command):
    return any(os.access(os.path.join(folder, command), os.X_OK)
               for folder in os.environ.get('PATH', '').split(os.pathsep))


def read(tree, name):
    try:
        with open(os.path.join(tree, name), encoding='utf-8') as file:
            return file.read()
    except UnicodeDecodeError:
        return ''


def texts(tree, *endings):
    for name in tracked_files(tree):
        if name.endswith(endings):
            yield name, read(tree, name)


def element_texts(tree):
    return list(texts(tree, '.inspect.txt'))


def properties_of(inspected):
    section = re.search(r'^Element Properties:\n(.*?)(?=^\S|\Z)', inspected, re.MULTILINE | re.DOTALL)
    return re.findall(r'^  ([a-z][a-z0-9-]*) *: ?(.*)$', section.group(1) if section else '', re.MULTILINE)


def signals_of(inspected):
    section = re.search(r'^Element (?:Signals|Actions):\n(.*)', inspected, re.MULTILINE | re.DOTALL)
    return re.findall(r'^  "([a-z0-9-]+)" ', section.group(1) if section else '', re.MULTILINE)


def types_of(inspected):
    types = re.findall(r'\+----(\w+)', inspected)
    return [name for name in types if 'E2ee' in name or 'Shield' in name]


def doc_block(sources, types, separator, name):
    for type_name in types:
        block = re.search(r'/\*\*\n\s*\* ' + re.escape(type_name + separator + name) + r':(?!:).*?\*/',
                          sources, re.DOTALL)
        if block:
            return block.group(0)
    return None


def undocumented(tree):
    wrong = []
    sources = '\n'.join(text for name, text in texts(tree, '.c') if name.startswith('plugins/gst/'))
    for name, inspected in element_texts(tree):
        types = types_of(inspected)
        wanted = [(':', prop) for prop, _ in properties_of(inspected) if prop not in INHERITED]
        wanted += [('::', signal) for signal in signals_of(inspected)]
        for separator, item in wanted:
            block = doc_block(sources, types, separator, item)
            if block is None:
                wrong.append(f'{name}: no gtk-doc block for {"/".join(types)}{separator}{item}')
            elif 'Since:' not in block:
                wrong.append(f'{name}: no Since: for {separator}{item}')
    return wrong


def without_blurb(tree):
    return [f'{name}: property {prop} says nothing about itself'
            for name, inspected in element_texts(tree)
            for prop, blurb in properties_of(inspected) if len(blurb.split()) < 2]


def missing_element_page(tree):
    files = tracked_files(tree)
    wrong = []
    for name in files:
        if name.endswith('.inspect.txt'):
            page = name.replace('.inspect.txt', '.md')
            if page not in files:
                wrong.append(f'{page} is missing')
            elif 'gst-launch-1.0' not in read(tree, page) and '```' not in read(tree, page):
                wrong.append(f'{page} has no pipeline')
    return wrong


def broken_links(tree):
    wrong = []
    for name, text in texts(tree, '.md'):
        text = re.sub(r'^```.*?^```', '', text, flags=re.MULTILINE | re.DOTALL)
        for target in LINK.findall(text):
            if re.match(r'[a-z][a-z0-9+.-]*:', target):
                continue
            path, _, anchor = target.partition('#')
            file = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
            if not os.path.exists(os.path.join(tree, file)):
                wrong.append(f'{name}: {target} leads nowhere')
            elif anchor and file.endswith('.md') and anchor not in anchors(read(tree, file)):
                wrong.append(f'{name}: {target} has no such heading')
    return wrong


def anchors(text):
    text = re.sub(r'^```.*?^```', '', text, flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r'[^\w\- ]', '', heading.strip().lower().replace('`', '')).replace(' ', '-')
            for heading in re.findall(r'^#+ (.*)$', text, re.MULTILINE)}


def readme_recipes(tree):
    wrong = []
    if not os.path.exists(os.path.join(tree, 'README.md')):
        return ['README.md is missing']
    text = read(tree, 'README.md')
    if len(re.findall(r'^```', text, re.MULTILINE)) % 2:
        wrong.append('README.md: a block of code is not closed')
    blocks = re.findall(r'^```\w*\n(.*?)^```', text, re.MULTILINE | re.DOTALL)
    if not blocks:
        wrong.append('README.md has no recipe')
    for command in re.findall(r'^\s*(?:\$ )?((?:pipelines|tests|setup|docs)/[\w./-]+)', '\n'.join(blocks),
                              re.MULTILINE):
        path = os.path.join(tree, command)
        if not os.path.isfile(path):
            wrong.append(f'README.md: there is no {command}')
        elif not os.access(path, os.X_OK):
            wrong.append(f'README.md: {command} cannot be run')
    return wrong


def machine_names(tree):
    wrong = []
    for name in tracked_files(tree):
        for number, line in enumerate(read(tree, name).splitlines(), 1):
            match = MACHINE.search(line)
            if match:
                wrong.append(f'{name}:{number}: {match.group(0)}')
    return wrong


def without_licence(tree):
    wrong = []
    for name in tracked_files(tree):
        head = '\n'.join(read(tree, name).splitlines()[:HEAD])
        script = head.startswith('#!')
        if (name.endswith(SOURCES) or script) and not LICENCE.search(head):
            wrong.append(f'{name}: its head does not name the licence')
    return wrong


def untidy(tree):
    wrong = []
    for name, text in texts(tree, '.c', '.h'):
        for number, line in enumerate(text.splitlines(), 1):
            if '\t' in line:
                wrong.append(f'{name}:{number}: tab')
            if line != line.rstrip():
                wrong.append(f'{name}:{number}: blanks at the end of the line')
    return wrong


EXAMPLES = 'tests/check/core/meeting/examples.h'
EXAMPLES_PAGE = 'docs/accounts-and-tickets.md'


def other_examples(tree):
    """Signed examples, which the tests verify, are copied to the page without a slip."""
    files = tracked_files(tree)
    if EXAMPLES not in files:
        return []
    page = ''.join(read(tree, EXAMPLES_PAGE).split()) if EXAMPLES_PAGE in files else ''
    wrong = []
    for name, literals in re.findall(r'^#define EXAMPLE_(\w+)((?:\s|\\\n|"(?:\\.|[^"\\])*")+)$',
                                     read(tree, EXAMPLES), re.MULTILINE):
        text = ''.join(re.findall(r'"((?:\\.|[^"\\])*)"', literals))
        text = ''.join(text.replace('\\n', '').replace('\\"', '"').split())
        # Everybody knows the private keys; the page need not repeat them.
        if not name.endswith('_D') and text not in page:
            wrong.append(f'{EXAMPLES_PAGE}: {name} is not that of {EXAMPLES}')
    return wrong


def missing_tests(tree):
    """Tests that a document promises and that no test program has."""
    names = set()
    for _, text in texts(tree, '.c', '.py', '.mjs'):
        names.update(re.findall(r'\btest_\w+', text))
    return [f'{name}: there is no {test}'
            for name, text in texts(tree, '-promises.md')
            for test in re.findall(r'`(test_\w+)`', text) if test not in names]


COMPATIBILITY = 'docs/compatibility.md'


def table_rows(text):
    """The tables of a page: for each row its cells, by the heads of their columns."""
    rows, head, last = [], None, None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
        if not line.startswith('|'):
            head = None
        elif re.match(r'[|\s:-]+$', line):
            head = last
        elif head:
            rows.append(dict(zip(head, cells)))
        last = cells
    return rows


def unbacked_cells(tree):
    """Cells of the compatibility table that no test shows, and tests named there that are none.

    A test is named by its function (`test_...`) or, where it has a sentence for a name, by a part of
    that in “quotation marks”.
    """
    rows = table_rows(read(tree, COMPATIBILITY)) if COMPATIBILITY in tracked_files(tree) else []
    sentences = [text for _, text in texts(tree, '.mjs', '.sh')]
    functions = {name for _, text in texts(tree, '.c', '.py', '.mjs')
                 for name in re.findall(r'\btest_\w+', text)}
    tests = {row['row'].strip('`'): row['tests'] for row in rows if 'tests' in row}

    wrong = []
    for key, shown in tests.items():
        named, quoted = re.findall(r'`(test_\w+)`', shown), re.findall(r'“([^”]+)”', shown)
        wrong += [f'{key}: there is no {test}' for test in named if test not in functions]
        wrong += [f'{key}: no test is called “{part}”' for part in quoted
                  if not any(part in text for text in sentences)]
        if not named and not quoted:
            wrong.append(f'{key}: names no test')
    for row in rows:
        if 'tests' in row:
            continue
        (_, name), *cells = row.items()
        for column, cell in cells:
            keys = re.findall(r'`([\w-]+)`', cell)
            wrong += [f'{name}, {column}: `{key}` is no row of the tests' for key in keys
                      if key not in tests]
            if column != 'format' and cell not in ('-', 'not tried') and not keys:
                wrong.append(f'{name}, {column}: “{cell}” is shown by no test')
    return wrong


INSPECTED = 'GObject\n +----GstE2eeEnc\n\nElement Properties:\n  key-file  : %s\n      flags: readable\n' \
    '\nElement Signals:\n  "request-key" :  void user_function ();\n'

# Name of the case, the check, and files in which it must find something.
CHECKS = [
    ('test_every_property_and_signal_has_a_gtk_doc_block_with_since', undocumented,
     {'docs/elements/x.inspect.txt': INSPECTED % 'The file',
      'plugins/gst/elements/x.c': '/**\n * GstE2eeEnc:key-file:\n *\n * A file.\n *\n * Since: 0.1\n */\n'}),
    ('test_every_property_has_a_blurb', without_blurb, {'docs/elements/x.inspect.txt': INSPECTED % ''}),
    ('test_every_element_has_a_page_with_a_pipeline', missing_element_page,
     {'docs/elements/x.inspect.txt': INSPECTED % 'The file'}),
    ('test_every_relative_link_in_the_documents_leads_somewhere', broken_links,
     {'docs/a.md': 'See [b](b.md).\n'}),
    ('test_every_command_in_the_readme_exists', readme_recipes,
     {'README.md': 'Try\n```sh\npipelines/none --seconds 10\n```\n'}),
    ('test_every_test_that_the_promises_name_exists', missing_tests,
     {'docs/x-promises.md': 'That is `test_' + 'of_nothing`.\n', 'tests/a.c': 'test_of_something\n'}),
    ('test_every_cell_of_the_compatibility_table_is_backed_by_a_test', unbacked_cells,
     {COMPATIBILITY: '| codec | RTP |\n|---|---|\n| X | yes |\n'}),
    ('test_no_file_names_a_machine_path_or_a_package_registry', machine_names,
     {'a.txt': 'look in /root' + '/x\n'}),
    ('test_every_source_file_names_its_licence', without_licence, {'a.c': '/* nothing */\n'}),
    ('test_signed_examples_are_those_that_the_tests_verify', other_examples,
     {EXAMPLES: '#define EXAMPLE_A \\\n  "ab" \\\n  "c"\n', EXAMPLES_PAGE: '    ab\n    d\n'}),
    ('test_no_source_line_has_a_tab_or_a_trailing_blank', untidy,
     {'a.c': 'int x; \n'}),
]


def finds_something(check, files):
    with tempfile.TemporaryDirectory() as tree:
        for name, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(tree, name)) or tree, exist_ok=True)
            with open(os.path.join(tree, name), 'w', encoding='utf-8') as file:
                file.write(text)
        return bool(check(tree))


def main():
    tree = sys.argv[1]
    print(f'1..{len(CHECKS)}')
    failed = 0
    for number, (name, check, bad_files) in enumerate(CHECKS, 1):
        wrong = check(tree)
        if not finds_something(check, bad_files):
            wrong = ['the check does not see what it looks for'] + wrong
        failed += bool(wrong)
        print(f'{"not ok" if wrong else "ok"} {number} - {name}')
        for line in wrong[:40]:
            print('# ' + line)
        if len(wrong) > 40:
            print(f'# and {len(wrong) - 40} more')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
