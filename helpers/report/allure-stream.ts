import AllureVitestReporter from 'allure-vitest/reporter';
import type { TestModule } from 'vitest/node';

/** Writes the results of each file when it ends, so that an interrupted run keeps what it has. */
export default class StreamingAllureReporter extends AllureVitestReporter {
  readonly #written = new Set<string>();

  onTestModuleEnd(module: TestModule): void {
    this.#written.add(module.id);
    super.onTestRunEnd([module]);
  }

  override onTestRunEnd(modules: readonly TestModule[]): void {
    super.onTestRunEnd(modules.filter((module) => !this.#written.has(module.id)));
  }
}
