import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type GoModule, type GoRecipe, goRecipes } from '../../../kind/catalogue.ts';
import { cacheDir, kindDir } from '../../system/paths.ts';
import { must } from '../../system/program.ts';
import type { Progress } from '../../system/progress.ts';
import { cachedFolder, cachedPath } from './cached-folder.ts';
import { contentHash } from './content-hash.ts';

/** Modules and compiled packages are kept in our cache, so that nothing of the user's Go is touched. */
export const goEnvironment = {
  CGO_ENABLED: '0',
  GOFLAGS: '-trimpath',
  GOCACHE: join(cacheDir, 'go', 'build'),
  GOMODCACHE: join(cacheDir, 'go', 'mod'),
  GOTMPDIR: join(cacheDir, 'go', 'tmp'),
};

/** True once this process has compiled something. */
let hasCompiled = false;

/** Folder of a recipe's module. */
export function moduleDir(recipe: Pick<GoRecipe, 'module' | 'folder'>): string {
  return join(kindDir, 'go', folderOf(recipe));
}

/** Name of that folder, which tells releases apart. */
export function folderOf({ module, folder }: Pick<GoRecipe, 'module' | 'folder'>): string {
  return folder ?? module;
}

/** Name of the folder in the cache that the programs of a recipe are built into. */
async function folderName(recipe: GoRecipe): Promise<string> {
  return `go-${folderOf(recipe)}-${await contentHash([moduleDir(recipe)], [JSON.stringify(recipe), process.arch])}`;
}

/** Where the programs of a recipe lie once they are built; nothing is built. */
export async function builtFolder(recipe: GoRecipe): Promise<string> {
  return cachedPath(await folderName(recipe));
}

/** True if nothing of the recipes has to be compiled. */
export async function areBuilt(recipes: readonly GoRecipe[]): Promise<boolean> {
  return (await Promise.all(recipes.map(builtFolder))).every((folder) => existsSync(folder));
}

/** Builds the programs of a recipe, or finds them in the cache. Returns the folder that holds them. */
export async function goPrograms(recipe: GoRecipe): Promise<string> {
  return cachedFolder(await folderName(recipe), async (folder) => {
    const tags = recipe.tags === undefined ? [] : ['-tags', recipe.tags];
    const target =
      recipe.package === undefined ? [`${folder}/`, 'tool'] : [`${folder}/${recipe.programs[0]}`, recipe.package];
    await mkdir(goEnvironment.GOTMPDIR, { recursive: true });
    await must('go', ['build', ...tags, '-ldflags', linkerFlags(recipe.variables), '-o', ...target], {
      cwd: moduleDir(recipe),
      env: goEnvironment,
      endsWithUs: true,
    });
    hasCompiled = true;
  });
}

/**
 * Removes what Go keeps in order to compile again, some 20 GB, if this process has compiled: the programs are what is
 * needed, and what makes them anew is fetched again. Nothing is removed while another command compiles.
 *
 * @param progress is told how long it took
 */
export async function removeIntermediates(progress: Progress): Promise<void> {
  const underWay = (await readdir(goEnvironment.GOTMPDIR).catch(() => [])).some((name) => name.startsWith('go-build'));
  if (!hasCompiled || underWay) return;
  await progress.timed("Go's own caches removed", () =>
    must('go', ['clean', '-cache', '-modcache'], { env: goEnvironment }),
  );
  hasCompiled = false;
}

/** Value of `-ldflags`: no debugging tables, and the values that variables get at link time. */
export function linkerFlags(variables: GoRecipe['variables'] = {}): string {
  return ['-s', '-w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}

/** The recipe of a module. */
export function goRecipe(module: GoModule): GoRecipe {
  const recipe = goRecipes.find((candidate) => candidate.module === module);
  if (recipe === undefined) throw new Error(`no recipe for ${module}`);
  return recipe;
}

/** Path of a file in a Go module that one of ours requires, e.g. Envoy's bootstrap template in istio.io/istio. */
export async function moduleFile(module: GoModule, dependency: string, path: string): Promise<string> {
  return join(await downloadedModule(goRecipe(module), dependency), path);
}

/** Folder of a Go module that one of ours requires, downloaded unless it is there. */
export async function downloadedModule(
  recipe: Pick<GoRecipe, 'module' | 'folder'>,
  dependency: string,
): Promise<string> {
  const download = ['mod', 'download', '-json', dependency];
  const { stdout } = await must('go', download, { cwd: moduleDir(recipe), env: goEnvironment });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}
