import { globSync, readFileSync } from 'node:fs';
import { suiteConfig } from '../support/vitest/suite-config.ts';

/** Every test that talks to a table, wherever it stands: `npm test` runs it on dynalite, this suite on Amazon's own. */
const onTables = globSync('test/{contract,scenario,integration}/**/*.test.ts').filter((file) =>
  readFileSync(file, 'utf8').includes('/servers/local-table.ts'),
);

export default suiteConfig('ddb-local', {
  maxWorkers: 2,
  also: [...onTables, 'test/unit/no-scans.test.ts'],
  globalSetup: 'test/ddb-local/one-server.ts',
});
