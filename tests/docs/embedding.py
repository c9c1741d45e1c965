#!/usr/bin/env python3
"""The programs in the guides: taken out of the text as they stand there, built, and run.

gst-e2ee, LGPL-2.1-or-later

usage: embedding.py SOURCES BUILD E2EE-TICKET COMPILER...
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCES, BUILD, TICKET = sys.argv[1:4]
COMPILER = sys.argv[4:]
EXPECTED = ['off', 'on', 'off']
API = os.path.join(BUILD, 'plugins', 'gst', 'api')


def block(guide, language):
    with open(os.path.join(SOURCES, 'docs', guide), encoding='utf-8') as file:
        return re.search(rf'```{language}\n(.*?)```', file.read(), re.DOTALL).group(1)


def papers(folder, guide):
    """The guide's own commands, but for the last lines, which build and run."""
    commands = [line for line in block(guide, 'sh').splitlines()
                if not line.startswith(('cc ', './', 'python3 '))]
    tools = os.path.join(folder, 'tools')
    os.mkdir(tools)
    os.symlink(TICKET, os.path.join(tools, 'e2ee-ticket'))
    environment = dict(os.environ, PATH=tools + os.pathsep + os.environ['PATH'])
    subprocess.run(['sh', '-e', '-c', '\n'.join(commands)], check=True, cwd=folder,
                   env=environment, stdout=subprocess.DEVNULL)


def run(folder, command):
    environment = dict(os.environ, LD_LIBRARY_PATH=API, GI_TYPELIB_PATH=API, G_DEBUG='fatal-criticals',
                       GST_PLUGIN_PATH_1_0=os.path.join(BUILD, 'plugins', 'gst', 'elements'),
                       GST_REGISTRY_1_0=os.path.join(folder, 'registry'))
    done = subprocess.run(command, cwd=folder, env=environment, text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    seen = re.findall(r'^a picture that is (\w+)$', done.stdout, re.MULTILINE)
    assert done.returncode == 0 and seen == EXPECTED, done.stdout
    assert 'refused' not in done.stdout, done.stdout


def test_the_c_program_builds_without_a_warning_and_runs():
    with tempfile.TemporaryDirectory() as folder:
        papers(folder, 'embedding-c.md')
        with open(os.path.join(folder, 'meeting.c'), 'w', encoding='utf-8') as file:
            file.write(block('embedding-c.md', 'c'))
        flags = subprocess.run(['pkg-config', '--cflags', '--libs', 'gstreamer-webrtc-1.0',
                                'gstreamer-sdp-1.0'], check=True, text=True,
                               stdout=subprocess.PIPE).stdout.split()
        subprocess.run([*COMPILER, '-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror',
                        'meeting.c', '-o', 'meeting', '-I' + os.path.join(SOURCES, 'include'),
                        '-L' + API, '-lgste2ee-1.0', *flags], check=True, cwd=folder)
        run(folder, ['./meeting'])


def test_the_python_program_runs():
    with tempfile.TemporaryDirectory() as folder:
        papers(folder, 'embedding-python.md')
        with open(os.path.join(folder, 'meeting.py'), 'w', encoding='utf-8') as file:
            file.write(block('embedding-python.md', 'python'))
        run(folder, [sys.executable, 'meeting.py'])


def why_not(test):
    if 'webrtcbin' not in subprocess.run(['gst-inspect-1.0', 'webrtcbin'], text=True, check=False,
                                         stdout=subprocess.PIPE).stdout:
        return 'there is no webrtcbin'
    if 'python' in test.__name__:
        try:
            import gi
            gi.require_version('GstWebRTC', '1.0')
        except (ImportError, ValueError) as missing:
            return str(missing)
        if not os.path.exists(os.path.join(API, 'GstE2ee-1.0.typelib')):
            return 'the library was built without introspection'
    elif not shutil.which('pkg-config'):
        return 'there is no pkg-config'
    return None


TESTS = [value for name, value in list(globals().items()) if name.startswith('test_')]
print(f'1..{len(TESTS)}')
failed = 0
for number, test in enumerate(TESTS, 1):
    reason = why_not(test)
    if reason:
        print(f'ok {number} - {test.__name__} # SKIP {reason}')
        continue
    try:
        test()
        print(f'ok {number} - {test.__name__}')
    except Exception as error:  # one failure must not hide the next test
        failed = 1
        print(f'not ok {number} - {test.__name__}')
        for line in f'{error}'.splitlines():
            print(f'# {line}')
sys.exit(failed)
