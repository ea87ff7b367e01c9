import { mergeConfig } from 'vitest/config';
import { suiteConfig } from '../support/vitest/suite-config.ts';
import { plantFault } from './planted/plant-fault.ts';

export default mergeConfig(suiteConfig('security', { maxWorkers: 2 }), {
  plugins: [plantFault()],
  // A changed module that was kept would be planted in the next run, and one from before would hide the fault.
  test: { fsModuleCache: !process.env['PLANTED_FAULT'] },
});
