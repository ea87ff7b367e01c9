import type { RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import { compileRunbooks } from '../../../scripts/compile-runbooks.ts';
import { OUR_FOLDER } from './runbook-folders.ts';

/** The runbooks of this project, compiled now: .build may hold older ones. */
export const ourRunbooks: RunbookCatalog = compileRunbooks(OUR_FOLDER);
