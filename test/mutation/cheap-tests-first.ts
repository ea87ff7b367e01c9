import { matchesGlob } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs files in the order in which the area lists them: a mutant is killed by the first test that fails. */
export function cheapTestsFirst(globs: readonly string[]) {
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const place = ({ moduleId, project }: TestSpecification) =>
        globs.findIndex((glob) => matchesGlob(moduleId.slice(project.config.root.length + 1), glob));
      return files.toSorted((a, b) => place(a) - place(b));
    }
  };
}
