import type { Plugin } from 'vitest/config';
import { plantedFaults } from './faults.ts';

/** Changes the code as it is loaded, by the fault that PLANTED_FAULT names; no file is written. */
export function plantFault(name = process.env['PLANTED_FAULT']): Plugin {
  const fault = name === undefined || name === '' ? undefined : plantedFaults[name];
  if (name && fault === undefined) {
    throw new Error(`there is no planted fault ${name}; there are ${Object.keys(plantedFaults).join(', ')}`);
  }
  return {
    name: 'planted-fault',
    enforce: 'pre',
    transform(code, id) {
      if (fault === undefined || !id.split('?')[0]?.endsWith(`/${fault.file}`)) return null;
      const parts = code.split(fault.from);
      if (parts.length !== 2) throw new Error(`${name} fits ${parts.length - 1} places of ${fault.file}`);
      return { code: parts.join(fault.to), map: null };
    },
  };
}
