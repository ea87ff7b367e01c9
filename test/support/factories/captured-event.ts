import { readFileSync } from 'node:fs';

/** A webhook body that a real Alertmanager posted, by its name in events/alertmanager. */
export function capturedEvent(name: string): string {
  return readFileSync(new URL(`../../../events/alertmanager/${name}.json`, import.meta.url), 'utf8');
}
