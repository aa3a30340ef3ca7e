/** What a step expected and what it saw instead, a line each. */
export interface Failure {
  readonly expected: string;
  readonly seen: string;
}

/** What stands before the expectation in messages of the suite, and says that it was not met. */
const openings = /^(?:Expected that|It is not seen that|It does not hold that) /;

/**
 * The two lines of a failure out of its message, whose first line has the expectation, and whose next has what was seen,
 * unless that stands behind `Seen:`. The command that was run is neither.
 */
export function failureOf(message: string): Failure {
  const [whole = '', ...rest] = message.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('$ '));
  const [first = '', seenThere] = whole.split(/\. Seen: (.*)/s);
  const expected = openings.test(first) ? first.replace(openings, '') : 'the step ends without an error';
  const [next = ''] = openings.test(first) ? rest : [first];
  const seen = seenThere ?? next.replace(/^After \d+ attempts it did not; the last one: (.*)\.$/, '$1');
  return { expected: expected.replace(/[.:]$/, ''), seen: seen === '' ? 'nothing that shows it' : seen.trim() };
}
