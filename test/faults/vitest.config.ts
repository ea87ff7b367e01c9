import { suiteConfig } from '../support/vitest/suite-config.ts';

export default suiteConfig('faults', { maxWorkers: 2 });
