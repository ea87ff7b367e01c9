import { suiteConfig } from '../support/vitest/suite-config.ts';

export default suiteConfig('model', { maxWorkers: 2 });
