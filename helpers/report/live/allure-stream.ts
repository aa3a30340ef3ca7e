import AllureVitestReporter from 'allure-vitest/reporter';
import type { TestModule } from 'vitest/node';

/** Writes the results of each spec when it ends, so that an interrupted run keeps what it has; unit tests are no lessons. */
export default class StreamingAllureReporter extends AllureVitestReporter {
  readonly #written = new Set<string>();

  onTestModuleEnd(module: TestModule): void {
    this.#written.add(module.id);
    if (isSpec(module)) super.onTestRunEnd([module]);
  }

  override onTestRunEnd(modules: readonly TestModule[]): void {
    super.onTestRunEnd(modules.filter((module) => isSpec(module) && !this.#written.has(module.id)));
  }
}

function isSpec(module: TestModule): boolean {
  return module.project.name !== 'unit';
}
