import { expect, test } from 'vitest';

import { notesAbout, readNotes, wordsOfMany } from './release-notes.ts';

const notes = readNotes(
  '60358.yaml',
  'kind: bug-fix\nreleaseNotes:\n- |\n  **Fixed** a `DestinationRule` and a policy\n  for one host.\nupgradeNotes:\n- title: Retries\n  content: The default of `PILOT_RETRIES` changed.\n',
);

test('notes and upgrade notes are read, each as one line', () => {
  expect(notes).toEqual([
    { file: '60358.yaml', text: '**Fixed** a `DestinationRule` and a policy for one host.' },
    { file: '60358.yaml', text: 'Retries: The default of `PILOT_RETRIES` changed.' },
  ]);
  expect(readNotes('1.yaml', 'kind: bug-fix\n')).toEqual([]);
});

test('a note is about an exercise that has to do with what it names', () => {
  expect(notesAbout(notes, ['kind: DestinationRule\n'])).toEqual([notes[0]]);
  expect(notesAbout(notes, ['{"PILOT_RETRIES":"2"}'])).toEqual([notes[1]]);
  expect(notesAbout(notes, ['kind: Service'])).toEqual([]);
});

test('a word that many exercises have points at none of them', () => {
  const everyday = wordsOfMany([
    ['kind: DestinationRule'],
    ['kind: DestinationRule\nenv: PILOT_RETRIES'],
    ['kind: Pod'],
  ]);
  expect(notesAbout(notes, ['DestinationRule and PILOT_RETRIES'], everyday)).toEqual([notes[1]]);
});
