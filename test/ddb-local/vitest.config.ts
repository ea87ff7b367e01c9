import { suiteConfig } from '../support/vitest/suite-config.ts';

export default suiteConfig('ddb-local', { maxWorkers: 2 });
