import type { ShownIncident } from '../api/answers.ts';
import { safeUrl } from './safe-url.ts';

/** The links of the runbook and of the alerts themselves, each address once, at most four. */
export function linksOf({
  alerts,
  runbook,
}: Pick<ShownIncident, 'alerts' | 'runbook'>): { text: string; url: string }[] {
  const links = new Map<string, string>();
  const ours = runbook?.url === undefined ? undefined : safeUrl(runbook.url);
  if (ours !== undefined) links.set(ours, 'Runbook');
  for (const { annotations, generatorURL } of alerts) {
    const offered = [
      ['Runbook', annotations?.['runbook_url']],
      ['Dashboard', annotations?.['dashboard_url']],
      ['Prometheus', generatorURL],
    ] as const;
    for (const [text, raw] of offered) {
      const url = raw === undefined ? undefined : safeUrl(raw);
      if (url !== undefined && !links.has(url)) links.set(url, text);
    }
  }
  return [...links].slice(0, 4).map(([url, text]) => ({ text, url }));
}
