import { mergeConfig } from 'vitest/config';
import { suiteConfig } from '../support/vitest/suite-config.ts';
import { plantFault } from './planted/plant-fault.ts';

export default mergeConfig(suiteConfig('security', { maxWorkers: 2 }), { plugins: [plantFault()] });
