import { findRunbook } from '../../lib/core/runbook/find-runbook.ts';
import { type RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import { diagnoseMoments } from './diagnose-moments.ts';
import { momentsOf } from './moments.ts';
import type { PreviewAlert } from './preview-alerts.ts';
import { type RenderedMoment, renderMoment } from './render-moment.ts';
import { startSampleWorld } from './sample-world.ts';

/** One alert's row with its moments. */
export type PreviewRow = { title: string; alertname: string; moments: RenderedMoment[] };

/** When every incident of the gallery opened: 2026-11-24 03:12:07 UTC. */
const OPENED = Date.UTC(2026, 10, 24, 3, 12, 7);

/** Renders alerts one after the other against a sample world of its own, and reports each finished one. */
export async function makePreview(
  catalog: RunbookCatalog,
  alerts: PreviewAlert[],
  onRow: (row: PreviewRow) => void,
): Promise<PreviewRow[]> {
  const started = await Promise.allSettled([
    startSampleWorld(OPENED, { trouble: true }),
    startSampleWorld(OPENED, { trouble: false }),
  ]);
  try {
    const [troubled, calm] = started.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
    if (troubled === undefined || calm === undefined) return [];
    const rows: PreviewRow[] = [];
    for (const { title, alertname, alerts: own } of alerts) {
      const runbook = findRunbook(catalog, alertname);
      const moments = momentsOf(catalog, runbook, own, OPENED);
      const diagnoses = await diagnoseMoments({ troubled, calm }, runbook, moments);
      const row = {
        title,
        alertname,
        moments: await Promise.all(
          moments.map((moment) => renderMoment(catalog, runbook, moment, diagnoses.get(moment) ?? [])),
        ),
      };
      rows.push(row);
      onRow(row);
    }
    return rows;
  } finally {
    const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    await Promise.all(running.map((world) => world.close()));
  }
}
