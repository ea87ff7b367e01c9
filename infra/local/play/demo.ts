import type { ReadyStack } from '../stack/ready-stack.ts';
import { playIncident, showPlayed } from './play-incident.ts';
import { sampleAlerts } from './sample-alerts.ts';

const SAMPLE = 'DatabaseConnectionPoolCritical';

/** The sample incident of `npm start`: the sample database's connections run out. */
export async function playDemo(
  stack: ReadyStack,
  { color, say }: { color: boolean; say(text: string): void },
): Promise<void> {
  const { url, token, arrivals, prometheusUrl } = stack;
  const alerts = sampleAlerts(SAMPLE, prometheusUrl) ?? [];
  if (token === undefined) return;
  say(`Sample incident: ${SAMPLE} …\n`);
  const played = await playIncident({ url, token, alerts, status: 'firing', arrivals });
  say(showPlayed(played, color));
  say('npm run play -- --list shows what else can be played.');
}
