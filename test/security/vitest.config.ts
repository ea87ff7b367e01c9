import { suiteConfig } from '../support/vitest/suite-config.ts';

export default suiteConfig('security', { maxWorkers: 2 });
