import type { Reporter, TestModule } from 'vitest/node';

const SHOWN = 10;

/** Ends a run with the number of tests, and the slowest files. */
export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.map((module) => ({ name: module.relativeModuleId, ...measured(module) }));
    const tests = files.reduce((sum, file) => sum + file.tests, 0);
    const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
    const lines = slowest.map(
      ({ name, tests: own, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${name} (${own})`,
    );
    console.log(`\n${tests} tests in ${files.length} files; the slowest:\n${lines.join('\n')}`);
  }
}

/** Its tests with their hooks and imports. */
function measured(module: TestModule): { tests: number; seconds: number } {
  const { duration, collectDuration } = module.diagnostic();
  return { tests: [...module.children.allTests()].length, seconds: (duration + collectDuration) / 1_000 };
}
