import { afterEach, describe, expect, it } from 'vitest';
import {
  type LocalAlertmanager,
  startLocalAlertmanager,
} from '../../infra/local/alertmanager/alertmanager.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

const INCIDENTS = 100;

let alertmanager: LocalAlertmanager | undefined;

afterEach(async () => {
  await alertmanager?.close();
  await stopServing();
});

/** An API with so many open incidents that counts the requested records, and those in parallel. */
async function withIncidents(answers: (id: string) => boolean = () => true) {
  const asked = { records: 0, now: 0, most: 0 };
  const api = await serve((request, response) => {
    const id = /^\/incidents\/(\w+)$/.exec(request.url ?? '')?.[1];
    if (id === undefined) {
      const incidents = Array.from({ length: INCIDENTS }, (_, index) => ({
        id: `i${index}`,
        firing: 1,
        total: 1,
      }));
      response.end(JSON.stringify({ incidents }));
      return;
    }
    asked.records += 1;
    asked.now += 1;
    asked.most = Math.max(asked.most, asked.now);
    setImmediate(() => {
      asked.now -= 1;
      const labels = { alertname: id };
      const alerts = [{ fingerprint: id, status: 'firing', startsAt: '2026-11-24T03:00:00Z', labels }];
      response.writeHead(answers(id) ? 200 : 504).end(JSON.stringify({ alerts }));
    });
  });
  const { url } = (alertmanager = await startLocalAlertmanager({ api, readToken: 'token' }));
  const alerts = async () => {
    const response = await fetch(`${url}/api/v2/alerts`);
    return response.ok ? ((await response.json()) as unknown[]).length : response.status;
  };
  return { asked, alerts };
}

describe("Alertmanager's stand-in, in a storm", () => {
  it('has every firing alert, and requests a few incidents at a time', async () => {
    const { asked, alerts } = await withIncidents();

    expect(await alerts()).toBe(INCIDENTS);
    expect(asked.most).toBeLessThanOrEqual(2);
  });

  it('fails instead of listing too little when one cannot be read, and does not request the others again', async () => {
    let broken = true;
    const { asked, alerts } = await withIncidents((id) => id !== 'i50' || !broken);

    const first = await alerts();
    broken = false;
    const second = await alerts();

    expect([first, second]).toEqual([503, INCIDENTS]);
    expect(asked.records).toBe(INCIDENTS + 1);
  });
});
