import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with one plain line: how many passed and how many failed. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const failed = tests.filter((test) => test.result().state === 'failed').length;
    // A file that cannot even be loaded fails too.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    process.on('exit', () => console.log(`${passed} passed, ${failed + broken} failed`));
  }
}
