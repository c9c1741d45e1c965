#!/usr/bin/env python3
"""The library from Python, through its GIR: names, ownership, errors, a provider of one's own.

gst-e2ee, LGPL-2.1-or-later"""

import sys
import tempfile

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


class KeepingProvider(GObject.Object, GstE2ee.KeyProvider):
    """Lists the same keys again and again, and one that is not for the direction asked for."""

    def __init__(self):
        super().__init__()
        self.keys = [GstE2ee.Key.new(number, SUITE, bytes(16), usage, 1, 'alice')
                     for number, usage in [(1, ENCRYPT), (2, DECRYPT), (3, ENCRYPT | DECRYPT)]]

    def do_list_keys(self, usage):
        return self.keys


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


def test_a_provider_written_in_python_keeps_its_keys():
    provider = KeepingProvider()
    # One reference too few at each turn, and a key would soon be gone while others still use it.
    for _ in range(100):
        listed = provider.list_keys(ENCRYPT)
        assert [key.get_key_id() for key in listed] == [1, 3]
    assert [key.get_key_id() for key in provider.keys] == [1, 2, 3]
    assert all(key.get_sender() == 'alice' for key in provider.keys + listed)


def test_listed_keys_outlive_their_provider():
    provider = KeepingProvider()
    listed = provider.list_keys(DECRYPT)
    del provider
    assert [(key.get_key_id(), key.get_sender()) for key in listed] == [(2, 'alice'), (3, 'alice')]


def test_keys_of_a_file_can_be_listed_again_and_again():
    with tempfile.NamedTemporaryFile('w', suffix='.jwks') as file:
        file.write('{"keys":[{"kty":"oct","kid":"9","k":"AAAAAAAAAAAAAAAAAAAAAA","sender":"bob"}]}')
        file.flush()
        keys = GstE2ee.KeyFile.new(file.name)
        for _ in range(100):
            assert [key.get_sender() for key in keys.list_keys(DECRYPT)] == ['bob']


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
