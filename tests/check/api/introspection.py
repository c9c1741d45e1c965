#!/usr/bin/env python3
"""The library from Python, through its GIR: names, ownership, errors, a provider of one's own.

gst-e2ee, LGPL-2.1-or-later"""

import sys

try:
    import gi
    gi.require_version('Gst', '1.0')
    gi.require_version('GstE2ee', '1.0')
    from gi.repository import GLib, GObject, Gst, GstE2ee
except (ImportError, ValueError) as missing:
    print(f'1..0 # SKIP {missing}')
    sys.exit(0)

Gst.init(None)
SUITE = GstE2ee.CipherSuite.AES_128_GCM_SHA256_128
ENCRYPT, DECRYPT = GstE2ee.KeyUsage.ENCRYPT, GstE2ee.KeyUsage.DECRYPT


class Provider(GObject.Object, GstE2ee.KeyProvider):
    def do_list_keys(self, usage):
        return [GstE2ee.Key.new(7, SUITE, bytes(16), ENCRYPT, 1, 'alice')]


def test_a_key_tells_everything_but_its_secret():
    key = GstE2ee.Key.new(7, SUITE, bytes(16), ENCRYPT, 3, 'alice')
    assert (key.get_key_id(), key.get_epoch(), key.get_sender()) == (7, 3, 'alice')
    assert not hasattr(key, 'peek_base_key')


def test_a_wrong_key_raises():
    try:
        GstE2ee.Key.new(7, SUITE, bytes(15), ENCRYPT, 3, None)
    except GLib.Error as error:
        assert error.matches(Gst.LibraryError.quark(), Gst.LibraryError.SETTINGS)
    else:
        raise AssertionError('it was accepted')


def test_a_missing_file_raises():
    try:
        GstE2ee.KeyFile.new('/nonexistent/keys.json')
    except GLib.Error as error:
        assert error.matches(Gst.ResourceError.quark(), Gst.ResourceError.NOT_FOUND)
    else:
        raise AssertionError('it was accepted')


def test_a_provider_written_in_python_is_asked():
    provider, changes = Provider(), []
    provider.connect('keys-changed', changes.append)
    provider.changed()
    assert changes == [provider]
    assert [key.get_key_id() for key in provider.list_keys(ENCRYPT)] == [7]
    assert provider.list_keys(DECRYPT) == []


def test_a_buffer_says_what_it_was_told():
    buffer = Gst.Buffer.new()
    status = GstE2ee.Status.new(GstE2ee.State.ON, 'bob', 2)
    GstE2ee.buffer_add_e2ee_status_meta(buffer, status, 1, 2)
    meta = GstE2ee.buffer_get_e2ee_status_meta(buffer)
    assert GstE2ee.buffer_get_e2ee_state(buffer) == GstE2ee.State.ON
    assert (meta.status.get_sender(), meta.key_id, meta.counter) == ('bob', 1, 2)


TESTS = [value for name, value in list(globals().items()) if name.startswith('test_')]
print(f'1..{len(TESTS)}')
for number, test in enumerate(TESTS, 1):
    try:
        test()
        print(f'ok {number} - {test.__name__}')
    except Exception as error:  # one failure must not hide the next test
        print(f'not ok {number} - {test.__name__}\n# {error!r}')
