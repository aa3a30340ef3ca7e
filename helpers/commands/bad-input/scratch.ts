import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What an environment says, by the variable that says it. */
export type Environment = Readonly<Record<string, string>>;

/** A folder in which whatever a refused command could touch lies. */
export const scratch = await mkdtemp(join(tmpdir(), 'bad-input-'));

/** A path in it. */
export const at = (name: string): string => join(scratch, name);

/** Files and folders that are not what is asked for. */
const files = {
  'text.txt': 'no folder\n',
  'broken.yaml': 'company: [\n',
  kubeconfig:
    'contexts: [{ name: home, context: { cluster: c, user: u } }, { name: work, context: { cluster: c, user: u } }]\n',
  'half/run.json': '{ "facts": {',
  'list/run.json': '[]',
  'other/run.json': '{ "name": "something else" }',
  'results/one-result.json': '{ "uuid": ',
  'empty/.keep': '',
};

/** Writes them. */
export async function writeFiles(): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(at(name)), { recursive: true });
    await writeFile(at(name), text);
  }
}
