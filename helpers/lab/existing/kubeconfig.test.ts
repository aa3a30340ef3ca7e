import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { chooseContext, contextsOf, userKubeconfigs } from './kubeconfig.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test('files named by KUBECONFIG come before the one in the home folder, and files that are not there are left out', async () => {
  const home = await folder();
  const named = join(home, 'work.yaml');
  await writeFile(named, '');
  expect(userKubeconfigs({ HOME: home, KUBECONFIG: `${named}:${home}/gone.yaml` })).toEqual([named]);
  expect(userKubeconfigs({ HOME: home })).toEqual([]);
});

test('contexts of several files are listed once each', async () => {
  const home = await folder();
  const files = [join(home, 'a'), join(home, 'b'), join(home, 'empty')];
  await writeFile(files[0] ?? '', 'contexts: [{ name: work }, { name: home }]');
  await writeFile(files[1] ?? '', 'contexts: [{ name: work }]');
  await writeFile(files[2] ?? '', '');
  expect(await contextsOf(files)).toEqual(['home', 'work']);
});

test.each(['contexts: [', 'contexts: 5'])('a kubeconfig with “%s” is a line, and no stack trace', async (text) => {
  const home = await folder();
  await writeFile(join(home, 'config'), text);
  const told = { exitCode: 3, message: expect.stringContaining('config is no kubeconfig that can be read') as string };
  await expect(contextsOf([join(home, 'config')])).rejects.toMatchObject(told);
  await expect(contextsOf([home])).rejects.toMatchObject({ exitCode: 3 });
});

test('a context that was not named, or is not there, is refused with those there are', () => {
  expect(chooseContext('work', ['home', 'work'])).toBe('work');
  const choice = { exitCode: 2, next: 'use CONTEXT=home or CONTEXT=work' };
  expect(() => chooseContext(undefined, ['home', 'work'])).toThrow(expect.objectContaining(choice));
  expect(() => chooseContext('', ['home', 'work'])).toThrow(expect.objectContaining(choice));
  expect(() => chooseContext('wrok', ['home', 'work'])).toThrow(expect.objectContaining(choice));
  expect(() => chooseContext('work', [])).toThrow(expect.objectContaining({ exitCode: 3 }));
});

test('the second cluster is asked for by its own variable', () => {
  expect(() => chooseContext('est', ['east', 'west'], 'EAST=…', 'EAST')).toThrow(
    expect.objectContaining({ next: 'use EAST=east or EAST=west' }),
  );
});
