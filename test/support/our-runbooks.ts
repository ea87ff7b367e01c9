import { join } from 'node:path';
import type { RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import { compileRunbooks } from '../../scripts/compile-runbooks.ts';

/** The runbooks of this project, compiled now: what .build holds may be older. */
export const ourRunbooks: RunbookCatalog = compileRunbooks(join(import.meta.dirname, '..', '..', 'runbooks'));
