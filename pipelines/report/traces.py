"""What the participants of a meeting left behind, and the times at which each of them switched.

gst-e2ee, LGPL-2.1-or-later

All times are milliseconds of the machine's monotonic clock, which its processes share.
"""

import base64
import bisect
import json
import os
from collections import defaultdict, namedtuple

# "sent": before it was encrypted; "opened": behind e2eedec; "raw": as it came, without e2eedec.
Frame = namedtuple('Frame', 'place media sender t state digest')
Picture = namedtuple('Picture', 'place sender t state luma')

# Of one participant, from one switch to the next.  Surely so: from the moment that he said so until
# the message came that led to the next one.
Segment = namedtuple('Segment', 'mode begin sure_end end')

MODES = {'off': 'clear', 'switching': 'protected', 'on': 'protected', 'verified': 'protected',
         'degraded': 'protected', 'unknown': 'closed'}


class Trace:
    """One participant: his figures, what happened to him, what he had in his hands."""

    def __init__(self, folder, name):
        self.name = name
        with open(os.path.join(folder, name + '.json'), encoding='utf-8') as file:
            self.stats = json.load(file)
        self.endpoint = self.stats['endpoint']
        self.role = self.stats['role']
        self.events = self.stats['events']
        self.frames = []
        self.pictures = []
        with open(os.path.join(folder, name + '.jsonl'), encoding='utf-8') as file:
            for line in file:
                self._take(json.loads(line))

    def _take(self, line):
        if 'frame' in line:
            self.frames.append(Frame(line['frame'], line['media'], line['from'], line['t'],
                                     line.get('state'), line['digest']))
        else:
            self.pictures.append(Picture(line['picture'], line['from'], line['t'],
                                         line.get('state'), base64.b64decode(line['luma'])))

    def events_of(self, kind):
        return [event for event in self.events if event['event'] == kind]

    def at(self, kind, default=None):
        """When something of this kind first happened."""
        found = self.events_of(kind)
        return found[0]['t'] if found else default

    def is_member(self):
        return bool(self.events_of('phase'))

    def subject(self):
        """The account under which he is a member."""
        for event in reversed(self.events):
            for member in event.get('members', []):
                if member['self']:
                    return member['subject']
        return None

    def segments(self):
        """The modes of his own media one after the other."""
        changes = []
        for event in self.events_of('state'):
            mode = MODES[event['state']]
            if not changes or changes[-1][0] != mode:
                changes.append((mode, event['t'], event.get('after', event['t'])))
        end = self.at('leaving', float('inf'))
        changes.append(('closed', end, end))
        return [Segment(mode, t, changes[i + 1][2], changes[i + 1][1])
                for i, (mode, t, _) in enumerate(changes[:-1])]

    def drop_lookalikes(self):
        """Silence is encoded to the same frame again and again: of which nothing can be told."""
        counts = defaultdict(int)
        for frame in self.frames:
            if frame.place == 'sent':
                counts[frame.media, frame.digest] += 1
        self.frames = [f for f in self.frames
                       if f.place != 'sent' or counts[f.media, f.digest] == 1]

    def sent(self):
        return [f for f in self.frames if f.place == 'sent']

    def seen(self, place, sender, media=None):
        return [f for f in self.frames
                if f.place == place and f.sender == sender and media in (None, f.media)]

    def pictures_of(self, place, sender):
        return [p for p in self.pictures if p.place == place and p.sender == sender]


class Looker:
    """Finds frames by their digest: each that is there is found once."""

    def __init__(self, frames):
        self.by_digest = defaultdict(list)
        for frame in reversed(frames):
            self.by_digest[frame.media, frame.digest].append(frame)

    def take(self, frame):
        found = self.by_digest.get((frame.media, frame.digest))
        return found.pop() if found else None


def between(items, begin, end):
    """Those of @items, which are in order of their time, in [begin, end)."""
    times = [item.t for item in items]
    return items[bisect.bisect_left(times, begin):bisect.bisect_left(times, end)]


def normalise(luma):
    """To mean 0 and length 1; None for a picture of one brightness all over."""
    mean = sum(luma) / len(luma)
    square = sum((v - mean) ** 2 for v in luma)
    if (square / len(luma)) ** 0.5 < 2:
        return None
    length = square ** 0.5
    return [(v - mean) / length for v in luma]


def likeness(picture, others):
    """The best correlation of a normalised picture with one of @others."""
    best = -1.0
    for other in others:
        best = max(best, sum(a * b for a, b in zip(picture, other)))
    return best
