#!/usr/bin/env python3
"""Judges a meeting by what its participants, the wiretaps and the recording left in a folder.

gst-e2ee, LGPL-2.1-or-later

    meeting.py FOLDER --report e2ee-report [--secrets FOLDER]

Writes FOLDER/summary.json and prints the same for a person.  The exit status is 0 only when every
promise held; what cannot be established counts as not held.  docs/demo.md says what is promised
and how it is known.  FOLDER of --secrets: tickets, links and accounts, none of which may be in
what the server saw.
"""

import argparse
import base64
import json
import os
import subprocess
import sys

from traces import Frame, Looker, Trace, between, likeness, normalise

MEDIA = ('video', 'audio')
# A frame that leaves the encoder is encrypted, or not, a moment later in the same thread; one
# frame's time is more than that takes on a busy machine.
SLACK_MS = 40
# Around a switch not everybody switches at the same moment; what is lost there is counted apart.
EDGE_MS = 500
LEAVING_MS = 300
ENOUGH = 95.0
# As in e2ee-report: as alike as this no picture is that a decoder makes of ciphertext.
ALIKE = 0.75
STALE_MS = 1000
NEWS = 0.05
PICTURE_BACK_MS = 1000
SWITCH_MS = 5000
# Counters of e2eedec for protected frames that came whole and could not be opened.
DECRYPT_FAILURES = {'unknown-key', 'tag', 'replayed', 'header', 'frame', 'truncated', 'too-large',
                    'too-many-senders', 'sender'}


class Judge:
    """Collects what was seen, and a sentence for each promise that did not hold."""

    def __init__(self, folder, report, secrets):
        self.folder = folder
        self.report = report
        self.secrets = secrets
        self.failures = []
        names = sorted(f[:-6] for f in os.listdir(folder)
                       if f.endswith('.jsonl') and f != 'rendezvous.jsonl')
        self.all = [Trace(folder, name) for name in names]
        self.by_endpoint = {trace.endpoint: trace for trace in self.all}
        self.taps = [t for t in self.all if t.role == 'wiretap']
        self.people = [t for t in self.all if t.role != 'wiretap']
        self.speakers = [t for t in self.people if t.role == 'speaker']
        self.host = next((t for t in self.people if t.events_of('request')), None)
        # Before everybody was there, nothing is promised of what everybody got.
        self.begin = max((t.at('gathered', 0) for t in self.all), default=0)
        # Nor of what was still on its way when the first one left.
        self.end = min((t.at('leaving', 0) for t in self.all), default=0) - LEAVING_MS
        for speaker in self.speakers:
            speaker.drop_lookalikes()

    def fail(self, text):
        self.failures.append(text)

    def check(self, holds, text):
        if not holds:
            self.fail(text)

    # --- one speaker's intervals ------------------------------------------------------------------

    def intervals(self, speaker):
        """Those in which his media was clear or protected, after everybody had come."""
        found = []
        for segment in speaker.segments():
            begin = max(segment.begin, self.begin)
            end = min(segment.sure_end, self.end)
            if segment.mode != 'closed' and end > begin:
                found.append(segment._replace(begin=begin, sure_end=end))
        return found

    def judge_interval(self, speaker, number, segment):
        sent = [f for f in speaker.sent() if segment.begin <= f.t < segment.sure_end]
        result = {'speaker': speaker.name, 'interval': number,
                  'mode': 'on' if segment.mode == 'protected' else 'off',
                  'seconds': round((segment.sure_end - segment.begin) / 1000, 2),
                  'sent': {m: sum(f.media == m for f in sent) for m in MEDIA},
                  'received': {}}
        where = f'interval {number} ({result["mode"]}) of {speaker.name}'
        self.check(all(result['sent'].values()), f'{where}: nothing was sent')
        for person in self.people:
            if person is not speaker:
                result['received'][person.name] = self.judge_receiver(person, speaker, segment,
                                                                      sent, where)
        for tap in self.taps:
            result[tap.name] = self.judge_tap(tap, speaker, segment, where)
        return result

    def judge_receiver(self, person, speaker, segment, sent, where):
        looker = self.lookers[person.name, speaker.name, 'opened']
        counts = {'clear': 0, 'decrypted': 0, 'lost': 0, 'lost-at-the-edge': 0, 'wrong-state': 0}
        for frame in sent:
            got = looker.take(frame)
            edge = (frame.t - segment.begin < EDGE_MS or segment.sure_end - frame.t < EDGE_MS)
            if got is None:
                counts['lost-at-the-edge' if edge else 'lost'] += 1
                continue
            is_clear = got.state == 'off'
            counts['clear' if is_clear else 'decrypted'] += 1
            surely = segment.begin <= frame.t < segment.sure_end - SLACK_MS
            if surely and is_clear == (segment.mode == 'protected'):
                counts['wrong-state'] += 1
        whole = len(sent) - counts['lost-at-the-edge']
        got = counts['clear'] + counts['decrypted']
        counts['percent'] = round(100 * got / whole, 1) if whole else 0.0
        self.check(counts['percent'] >= ENOUGH,
                   f'{where}: {person.name} got {counts["percent"]} % of it')
        self.check(counts['wrong-state'] == 0,
                   f'{where}: {person.name} was told the wrong state of '
                   f'{counts["wrong-state"]} frames')
        return counts

    # --- the one who listens ----------------------------------------------------------------------

    def judge_tap(self, tap, speaker, segment, where):
        """What she could read of one interval, by digests of frames and by pictures."""
        sure_end = segment.sure_end - (SLACK_MS if segment.mode == 'protected' else 0)
        sent = [f for f in speaker.sent() if segment.begin <= f.t < sure_end]
        raw = self.lookers[tap.name, speaker.name, 'raw']
        opened = self.lookers[tap.name, speaker.name, 'opened']
        readable = sum(raw.take(f) is not None for f in sent)
        decrypted = sum(opened.take(f) is not None for f in sent)
        came = sum(segment.begin <= f.t < segment.sure_end
                   for f in tap.seen('raw', speaker.endpoint))
        pictures = self.judge_tap_pictures(tap, speaker, segment)
        if segment.mode == 'protected':
            self.check(readable == 0,
                       f'{where}: {tap.name} has {readable} frames as {speaker.name} encoded them')
            self.check(decrypted == 0, f'{where}: {tap.name} decrypted {decrypted} frames')
            self.check(pictures['recognised'] == 0,
                       f'{where}: {tap.name} recognises {pictures["recognised"]} pictures')
        else:
            # Who can read nothing at all would prove nothing by reading nothing.
            self.check(100 * readable >= ENOUGH * len(sent),
                       f'{where}: {tap.name} could read {readable} of {len(sent)} clear frames '
                       'only, so that this run shows nothing')
        self.check(100 * came >= 90 * len(sent),
                   f'{where}: {tap.name} was sent {came} of {len(sent)} frames only, '
                   'so that this run shows nothing')
        return {'came': came, 'readable': readable, 'decrypted': decrypted, 'pictures': pictures}

    @staticmethod
    def judge_tap_pictures(tap, speaker, segment):
        """Her decoder may show the last picture that it could read once more, or its remains: one
        is recognised when it is more like a picture of this interval than like those."""
        begin = segment.begin + EDGE_MS
        sent = [(p.t, normalise(p.luma)) for p in speaker.pictures_of('sent', None)]
        stale = [luma for t, luma in sent
                 if luma is not None and segment.begin - STALE_MS <= t < segment.begin]
        made = [p for place in ('raw', 'opened') for p in tap.pictures_of(place, speaker.endpoint)
                if begin <= p.t < segment.sure_end]
        step = len(made) // 120 + 1
        recognised, best = 0, 0.0
        for picture in made[::step]:
            luma = normalise(picture.luma)
            if luma is None:
                continue
            near = [other for t, other in sent if other is not None
                    and t >= segment.begin and abs(t - picture.t) < 2000][::2]
            alike = likeness(luma, near)
            if segment.mode == 'protected' and alike < likeness(luma, stale) + NEWS:
                continue
            best = max(best, alike)
            recognised += alike >= ALIKE
        return {'made': len(made), 'compared': len(made[::step]), 'recognised': recognised,
                'best-likeness': round(best, 3)}

    # --- the switches -----------------------------------------------------------------------------

    def judge_switches(self):
        result = []
        requests = self.host.events_of('request') if self.host else []
        self.check([r['what'] for r in requests] == ['on', 'off', 'on'],
                   'the host did not turn it on, off and on')
        for request in requests:
            result.append(self.judge_switch(request))
        return result

    def judge_switch(self, request):
        switch = {'what': request['what'], 'people': {}}
        wanted = ('on', 'verified') if request['what'] == 'on' else ('off',)
        for person in self.people:
            later = [e for e in person.events_of('state') if e['t'] >= request['t']]
            merged = next((e['t'] for e in later
                           if (e['state'] == 'off') != (request['what'] == 'on')), None)
            settled = next((e['t'] for e in later if e['state'] in wanted), None)
            gaps = {s.name: self.picture_gap(person, s, request['t']) for s in self.speakers
                    if s is not person and person.role != 'recorder'}
            switch['people'][person.name] = {
                'switched-ms': None if merged is None else round(merged - request['t'], 1),
                'settled-ms': None if settled is None else round(settled - request['t'], 1),
                'picture-gap-ms': gaps}
            self.check(settled is not None and settled - request['t'] < SWITCH_MS,
                       f'{person.name} did not follow the switch to {request["what"]}')
            for name, gap in gaps.items():
                self.check(gap is not None and gap <= PICTURE_BACK_MS,
                           f'{person.name} had no picture of {name} for {gap} ms when it was '
                           f'turned {request["what"]}')
        settled = [p['settled-ms'] for p in switch['people'].values()]
        switch['last-settled-ms'] = None if None in settled or not settled else max(settled)
        return switch

    @staticmethod
    def picture_gap(person, speaker, t):
        """The longest time without one, from half a second before until three seconds after."""
        times = [p.t for p in between(person.pictures_of('opened', speaker.endpoint), t - 500,
                                      t + 3000)]
        if len(times) < 2:
            return None
        return round(max(b - a for a, b in zip(times, times[1:] + [t + 3000 - 100])), 1)

    # --- recording --------------------------------------------------------------------------------

    def judge_recording(self):
        recorder = next((t for t in self.people if t.role == 'recorder'), None)
        if not recorder:
            self.fail('there was no recorder')
            return None
        path = os.path.join(self.folder, 'recording.mkv')
        listed = subprocess.run([self.report, '--frames', path], capture_output=True, text=True,
                                check=False)
        self.check(listed.returncode == 0, 'the recording cannot be read to its end')
        frames = [Frame('recorded', f['media'], None, f['pts'], None, f['digest'])
                  for f in map(json.loads, listed.stdout.splitlines())]
        speaker = self.by_endpoint.get(recorder.stats.get('recording', {}).get('from'))
        gates = recorder.stats.get('recording', {}).get('gates', {})
        self.check(gates, 'the recording had no gate')
        if not speaker:
            self.fail('nobody was recorded')
            return {'frames': len(frames), 'gates': gates}
        looker = Looker(frames)
        intervals = []
        for number, segment in enumerate(self.intervals(speaker)):
            intervals.append(self.judge_recorded(looker, speaker, number, segment))
        rest = [f for found in looker.by_digest.values() for f in found]
        early = Looker(rest)
        before = sum(early.take(f) is not None for f in speaker.sent()
                     if f.t < self.begin or f.t >= self.end)
        unknown = len(rest) - before
        edge = sum(i['edge'] for i in intervals)
        self.check(unknown <= edge, f'the recording holds {unknown} frames of nobody knows when')
        return {'of': speaker.name, 'frames': len(frames), 'outside': before,
                'intervals': intervals, 'gates': gates}

    def judge_recorded(self, looker, speaker, number, segment):
        protected = segment.mode == 'protected'
        sure_end = segment.sure_end - (SLACK_MS if protected else 0)
        inside = [f for f in speaker.sent() if segment.begin <= f.t < sure_end]
        edge = [f for f in speaker.sent() if sure_end <= f.t < min(segment.end, self.end)]
        kept = [f for f in inside if looker.take(f)]
        at_edge = sum(looker.take(f) is not None for f in edge)
        if protected:
            self.check(not kept, f'the recording holds {len(kept)} frames of an encrypted interval')
        else:
            self.check(kept, f'the recording holds nothing of clear interval {number}')
        resumed = min((f.t for f in kept if f.media == 'video'), default=None)
        return {'interval': number, 'mode': 'on' if protected else 'off', 'frames': len(kept),
                'edge': at_edge, 'resumed-after-ms': None if protected or resumed is None
                else round(resumed - segment.begin, 1)}

    # --- who is in it, and what the server saw ----------------------------------------------------

    def judge_roster(self):
        expected = {t.subject() for t in self.people}
        self.check(None not in expected, 'somebody never was a member')
        codes, rosters = {}, {}
        for trace in self.all:
            for event in trace.events_of('code'):
                if event['code']:
                    codes.setdefault(event['epoch'], {})[trace.name] = event['code']
                    rosters.setdefault(event['epoch'], {})[trace.name] = sorted(
                        m['subject'] for m in event['members'])
                for member in event['members']:
                    self.check(member['subject'] in expected,
                               f'{member["name"]} is on the roster of {trace.name}, '
                               'and was not expected')
        self.failures = list(dict.fromkeys(self.failures))
        for epoch, of in sorted(codes.items()):
            self.check(len(set(of.values())) == 1, f'the codes of epoch {epoch} differ')
            self.check(len({tuple(r) for r in rosters[epoch].values()}) == 1,
                       f'the rosters of epoch {epoch} differ')
        full = [e for e, r in rosters.items()
                if len(r) == len(self.people) and all(set(x) == expected for x in r.values())]
        self.check(full, 'there was no epoch in which all saw all')
        last = max(full, default=None)
        return {'members': sorted(filter(None, expected)), 'epochs': len(codes),
                'epochs-in-which-all-saw-all': len(full),
                'code': next(iter(codes[last].values())) if full else None}

    def haystacks(self):
        """The server's log as it is, and every message of the meeting without its base64."""
        path = os.path.join(self.folder, 'rendezvous.jsonl')
        with open(path, 'rb') as file:
            lines = file.read().splitlines()
        for line in lines:
            yield line
            said = json.loads(json.loads(line)['said'])
            if said.get('type') == 'broadcast':
                yield base64.b64decode(said['data'])

    def needles(self):
        found = {}
        for trace in self.people:
            for event in trace.events:
                for member in event.get('members', []):
                    found[member['subject']] = 'a subject'
                    found[member['name']] = 'a name'
                if event['event'] == 'chat':
                    found[event['text']] = 'chat'
        for root, _, files in os.walk(self.secrets or '/nonexistent'):
            for name in files:
                with open(os.path.join(root, name), encoding='utf-8', errors='replace') as file:
                    text = file.read()
                for word in text.replace('~', ' ').replace('.', ' ').replace('#', ' ').replace(
                        '"', ' ').split():
                    if len(word) >= 40:
                        found[word] = f'a part of {name}'
        return {text.encode(): what for text, what in found.items() if len(text) >= 6}

    def judge_messages(self):
        hay = list(self.haystacks())
        needles = self.needles()
        found = sorted({what for text, what in needles.items() for line in hay if text in line})
        for what in found:
            self.fail(f'the server saw {what}')
        kinds = set(needles.values())
        self.check({'a name', 'a subject', 'chat'} <= kinds, 'there was nothing to look for')
        # What must be there is found, or the search would prove nothing.
        endpoint = self.speakers[0].endpoint.encode()
        self.check(any(endpoint in line for line in hay), 'the wiretap of messages saw nothing')
        chats = {t.name: sorted(e['text'] for e in t.events_of('chat')) for t in self.people
                 if t is not self.host}
        self.check(len({tuple(c) for c in chats.values()}) == 1 and all(chats.values()),
                   'not everybody got the chat')
        return {'lines': len(hay), 'looked-for': len(needles), 'found': found,
                'chat-texts': len(next(iter(chats.values()), []))}

    # --- shields ----------------------------------------------------------------------------------

    def judge_snapshots(self):
        result = []
        for trace in self.people:
            shots = trace.events_of('snapshot')
            if not shots and trace.role != 'viewer':
                continue
            states = ['on' if s['meeting'] == 'verified' else s['meeting'] for s in shots]
            self.check(states == ['off', 'on', 'off', 'on'],
                       f'{trace.name} has no picture of every state: {", ".join(states) or "none"}')
            for shot in shots:
                self.check(shot['picture'] == shot['meeting'],
                           f'{shot["file"]} is {shot["picture"]} while the meeting is '
                           f'{shot["meeting"]}')
                self.check(os.path.isfile(os.path.join(self.folder, shot['file'])),
                           f'{shot["file"]} is not there')
                shields = [m['state'] for m in trace.stats['messages']
                           if m['message'] == 'e2ee-shield' and m['t'] <= shot['t']]
                self.check(shields and shields[-1] == shot['meeting'],
                           f'the shield of {trace.name} says {"".join(shields[-1:])} while the '
                           f'meeting is {shot["meeting"]}')
                result.append({'file': shot['file'], 'state': shot['picture'],
                               'of': getattr(self.by_endpoint.get(shot['from']), 'name', None)})
        self.check(len({s['file'].split('-')[0] for s in result}) >= 2,
                   'there are pictures of fewer than two')
        return result

    # --- the whole --------------------------------------------------------------------------------

    def counters(self):
        """What each one's elements counted in each of his own intervals, by cause."""
        result = {}
        for person in self.people:
            marks = person.events_of('mark')
            intervals = []
            for segment in person.segments():
                if segment.mode == 'closed':
                    continue
                first = [m for m in marks if m['t'] >= segment.begin - 1][:1]
                last = [m for m in marks if m['t'] >= segment.end - 1][:1]
                if first and last:
                    intervals.append({'mode': 'on' if segment.mode == 'protected' else 'off',
                                      'sent': difference(sums(first[0], 'sent', 'encryptor'),
                                                         sums(last[0], 'sent', 'encryptor')),
                                      'received': difference(
                                          sums(first[0], 'received', 'decryptor'),
                                          sums(last[0], 'received', 'decryptor'))})
            result[person.name] = intervals
        return result

    def decryptors(self):
        """Causes of loss over the whole meeting, by receiver."""
        result = {}
        for person in self.people:
            causes = {}
            for stream in person.stats['received']:
                for name, value in stream['decryptor'].items():
                    if isinstance(value, int) and not isinstance(value, bool) and value:
                        causes[name] = causes.get(name, 0) + value
            bad = sum(v for k, v in causes.items() if k in DECRYPT_FAILURES)
            self.check(bad == 0, f'{person.name} failed to decrypt {bad} frames')
            result[person.name] = {'decrypt-failures': bad, 'counters': causes}
        return result

    def judge(self):
        for trace in self.all:
            if trace.stats.get('failure'):
                self.fail(f'{trace.name}: {trace.stats["failure"]}')
        self.check(self.host, 'no host turned anything on')
        self.check(len(self.speakers) >= 2, 'fewer than two spoke')
        self.check(self.taps, 'nobody listened in')
        self.lookers = {}
        for trace in self.all:
            for speaker in self.speakers:
                for place in ('opened', 'raw'):
                    self.lookers[trace.name, speaker.name, place] = Looker(
                        trace.seen(place, speaker.endpoint))
        intervals = []
        for speaker in self.speakers:
            segments = self.intervals(speaker)
            self.check([s.mode for s in segments] == ['clear', 'protected', 'clear', 'protected'],
                       f'{speaker.name} was not off, on, off and on')
            for number, segment in enumerate(segments):
                intervals.append(self.judge_interval(speaker, number, segment))
        clear_after_on = sum(i[t.name]['readable'] for i in intervals for t in self.taps
                             if i['mode'] == 'on')
        summary = {'intervals': intervals, 'clear-frames-after-on': clear_after_on,
                   'counters': self.counters(), 'decryptors': self.decryptors(),
                   'switches': self.judge_switches(),
                   'recording': self.judge_recording(), 'roster': self.judge_roster(),
                   'messages': self.judge_messages(), 'snapshots': self.judge_snapshots()}
        return {'ok': not self.failures, 'failures': self.failures, **summary}


def sums(mark, which, element):
    """All counters of all streams of one mark together."""
    streams = mark[which].values() if which == 'sent' else mark[which]
    result = {}
    for stream in streams:
        for name, value in stream[element].items():
            if (isinstance(value, int) and not isinstance(value, bool)
                    and name not in ('key-id', 'frames-left')):
                result[name] = result.get(name, 0) + value
    return result


def difference(before, after):
    return {name: value - before.get(name, 0) for name, value in after.items()
            if value != before.get(name, 0)}


def tell(summary, taps):
    """For a person."""
    for i in summary['intervals']:
        got = ', '.join(f'{name} {r["percent"]} %' for name, r in i['received'].items())
        print(f'  {i["speaker"]}, {i["mode"]} for {i["seconds"]} s: '
              f'{i["sent"]["video"]} + {i["sent"]["audio"]} frames; {got}')
        for tap in taps:
            t = i[tap]
            print(f'    {tap} got {t["came"]} of them, could read {t["readable"]} and decrypt '
                  f'{t["decrypted"]}; of {t["pictures"]["compared"]} pictures that she made of '
                  f'them she recognises {t["pictures"]["recognised"]}')
    for s in summary['switches']:
        gaps = [g for p in s['people'].values() for g in p['picture-gap-ms'].values()
                if g is not None]
        print(f'  turned {s["what"]}: the last was there after {s["last-settled-ms"]} ms, '
              f'nobody without a picture for more than {max(gaps, default=None)} ms')
    print(f'  clear frames after on: {summary["clear-frames-after-on"]}; decrypt failures: '
          f'{sum(d["decrypt-failures"] for d in summary["decryptors"].values())}')
    if summary['recording'] and 'intervals' in summary['recording']:
        kept = '; '.join(f'{i["mode"]} {i["frames"]}' for i in summary['recording']['intervals'])
        print(f'  recording of {summary["recording"]["of"]}, frames: {kept}')
    print(f'  roster: {", ".join(summary["roster"]["members"])}; the same code for all')
    print(f'  the server saw {summary["messages"]["lines"]} messages, and of '
          f'{summary["messages"]["looked-for"]} names, texts and secrets '
          f'{len(summary["messages"]["found"])}')
    for failure in summary['failures']:
        print(f'  FAILED: {failure}')


def main():
    parser = argparse.ArgumentParser(description='Judges a meeting.')
    parser.add_argument('folder')
    parser.add_argument('--report', required=True, help='the program e2ee-report')
    parser.add_argument('--secrets', help='a folder with what the server must not have seen')
    options = parser.parse_args()
    try:
        judge = Judge(options.folder, options.report, options.secrets)
        summary = judge.judge()
    except (OSError, ValueError, KeyError, IndexError) as error:
        print(f'meeting: {type(error).__name__}: {error}', file=sys.stderr)
        return 1
    with open(os.path.join(options.folder, 'summary.json'), 'w', encoding='utf-8') as file:
        json.dump(summary, file, indent=2)
        file.write('\n')
    tell(summary, [t.name for t in judge.taps])
    return 0 if summary['ok'] else 1


if __name__ == '__main__':
    sys.exit(main())
