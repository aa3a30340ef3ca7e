/**
 * What a person may get wrong on the command line, and what they are told: one line that says what is wrong, one that says
 * what to type next, and an exit code. Nothing is begun that costs time, and nothing is lost.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { choiceNames, choicesOf } from '../lab/choices.ts';
import { fixturesDir, projectRoot, reportsDir } from '../system/paths.ts';
import { run, type Transcript } from '../system/program.ts';
import { rows, withoutInput } from './bad-input/rows.ts';
import { at, type Environment, scratch, writeFiles } from './bad-input/scratch.ts';
import { values } from './bad-input/values.ts';
import { given, refuseUnread, type VariableName, variableNames } from './variables.ts';

beforeAll(writeFiles);
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Whatever was exported where the tests are run is left out, and no engine can be reached with which a lab could start. */
const nothingSaid = Object.fromEntries([...choiceNames, ...variableNames, 'MAKEFLAGS'].map((name) => [name, '']));
let started = 0;

async function type(command: string, says: Environment): Promise<Transcript> {
  const [name = '', ...words] = command.split(' ');
  started += 1;
  const env = {
    ...nothingSaid,
    DOCKER_HOST: `unix://${at('no-engine')}`,
    KUBECONFIG: at('nothing'),
    // As make has it; most of a row's time is that of reading code.
    NODE_COMPILE_CACHE: join(projectRoot, '.state', 'compile-cache'),
    MESH_MASTERY_CACHE: at('cache'),
    MESH_MASTERY_STATE: at(`state-${started}`),
    ...says,
  };
  const file = `helpers/commands/${name}.ts`;
  return run(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...words], { cwd: projectRoot, env });
}

describe.concurrent('a command refuses', () => {
  test.for(rows)('%s %j', async ([command, says, exitCode, told, next], { expect: expectHere }) => {
    const { stderr, stdout, exitCode: seen } = await type(command, says);
    const lines = stripVTControlCharacters(stderr)
      .split('\n')
      .filter((line) => line !== '');
    expectHere({ lines, stdout, seen }).toEqual({
      lines: [expect.stringMatching(told), expect.stringMatching(/^next: \S/)],
      stdout: expect.any(String),
      seen: exitCode,
    });
    expectHere(lines[1]?.slice('next: '.length)).toMatch(next);
    expectHere(`${stdout}${stderr}`).not.toMatch(/^ {4}at /m);
  });
});

test('every command of make is in the table, or reads nothing', async () => {
  const makefile = await readFile(join(projectRoot, 'Makefile'), 'utf8');
  const commands = new Set([...makefile.matchAll(/\$\(run\)\/([\w-]+)\.ts/g)].map(([, name = '']) => name));
  expect(commands.size).toBeGreaterThan(50);
  const judged = new Set([...rows.map(([command]) => command.split(' ')[0] ?? ''), ...withoutInput]);
  expect([...commands].filter((name) => !judged.has(name))).toEqual([]);
  expect([...judged].filter((name) => !commands.has(name))).toEqual([]);
});

const isOfCommands = (name: string): name is VariableName => variableNames.includes(name);

/** Reads what is said as commands do, or as choices of a run. */
function read(says: Environment): unknown {
  for (const [name, value] of Object.entries(says)) vi.stubEnv(name, value);
  const names = Object.keys(says).filter(isOfCommands);
  return names.length > 0 ? given(...names) : choicesOf(says);
}
afterEach(() => {
  vi.unstubAllEnvs();
});

test.for(values)('%j is refused', ([says, told]) => {
  expect(() => read(says)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringMatching(told) as string,
      next: expect.stringMatching(/^\S/) as string,
    }),
  );
});

test('every variable is in a row', () => {
  const judged = new Set([...rows.map(([, says]) => says), ...values.map(([says]) => says)].flatMap(Object.keys));
  expect([...choiceNames, ...variableNames].filter((name) => !judged.has(name))).toEqual([]);
});

test('an empty variable is the same as none', () => {
  expect(choicesOf(nothingSaid)).toEqual({});
  expect(read(Object.fromEntries(variableNames.map((name) => [name, ''])))).toEqual({});
});

test.for([
  '',
  'w --no-print-directory',
  String.raw` -- ONLY=m1.e4 CUSTOMER=Acme\ X=Y`,
  ' -j --jobserver-auth=3,4 -- KUBECONFIG=/x',
])('of what make hands on, “%s” is read by something', (flags) => {
  expect(() => refuseUnread(flags)).not.toThrow();
});

test('what make hands on and nothing reads is refused', () => {
  const told = { exitCode: 2, message: 'no command of the course reads PLANS' };
  expect(() => refuseUnread(' -- PLANS=yes ONLY=m1')).toThrow(expect.objectContaining(told));
});

test('what a person wrote stays as it is', async () => {
  const story = join(reportsDir, 'stories', `m2.e5-${basename(scratch).toLowerCase()}.md`);
  await mkdir(join(story, '..'), { recursive: true });
  await writeFile(story, 'mine\n');
  await mkdir(at('mine'));
  await writeFile(at('mine/progress.jsonl'), '{}\n');
  const kept = { MESH_MASTERY_STATE: at('mine') };
  try {
    const again = await type('story', { ID: 'm2.e5', CUSTOMER: basename(scratch) });
    expect({ ...again, text: await readFile(story, 'utf8') }).toMatchObject({ exitCode: 2, text: 'mine\n' });
    const forgotten = [await type('forget', kept), await type('forget', { ...kept, SURE: 'no' })];
    expect(forgotten.map(({ exitCode }) => exitCode)).toEqual([2, 2]);
    expect(await readFile(at('mine/progress.jsonl'), 'utf8')).toBe('{}\n');
  } finally {
    await rm(story);
  }
  // A spec of another kind has its fixtures at the same path.
  const place = '02-service-mesh-value/09-platform-defaults/02-retries-reach-every-service';
  const manifest = join(fixturesDir, place, '10-setup.yaml');
  const before = await readFile(manifest, 'utf8');
  expect((await type('new', { EXERCISE: place })).exitCode).toBe(2);
  expect(await readFile(manifest, 'utf8')).toBe(before);
});

test('commands read what a person says by given() and choices()', async () => {
  const folder = join(projectRoot, 'helpers', 'commands');
  const code = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const texts = await Promise.all(code.map((name) => readFile(join(folder, name), 'utf8')));
  const named = texts.flatMap((text) => [...text.matchAll(/\benv\['(\w+)'\]/g)].map(([, name = '']) => name));
  // One that kind-up sets, and one that discovery asks for; of a run it is said beside CLUSTER=existing.
  const declared = new Set([...choiceNames, ...variableNames]);
  expect(named).toContain('MAKEFLAGS');
  expect(named.filter((name) => declared.has(name)).toSorted()).toEqual(['CLUSTER', 'CONTEXT']);
});
