import { afterAll, beforeAll, describe } from 'vitest';
import { type LocalKubernetes, startLocalKubernetes } from '../../../infra/local/kubernetes/kubernetes.ts';
import { type LocalPostgres, startLocalPostgres } from '../../../infra/local/postgres/postgres.ts';
import { startPrometheusStandIn } from '../../../infra/local/prometheus/prometheus-stand-in.ts';
import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import { createKubernetesProbe } from '../../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { createPostgresProbe } from '../../../lib/adapters/postgres/postgres-probe.ts';
import { createPrometheusProbe } from '../../../lib/adapters/prometheus/prometheus-probe.ts';
import type { Probes } from '../../../lib/core/diagnosis/checks/reading.ts';
import { runEffectDiagnosis } from '../../../lib/core/diagnosis/diagnose-effect.ts';
import type { Step } from '../../../lib/core/runbook/runbook.ts';
import { catalog, runbook } from '../../support/factories/catalog.ts';
import { accessTo } from '../../support/servers/kubernetes-access.ts';
import { test } from '../../support/vitest/with-database.ts';
import { critical } from '../kill/flows-of-webhooks.ts';
import { plantedFromOutside } from '../planted/planted-fault.ts';
import { FaultySystem } from '../world/faulty-system.ts';
import { rememberNotified } from '../world/observe.ts';
import { endsInTime } from './ends-in-time.ts';
import { type FaultProxy, startFaultProxy, wireFaults } from './fault-proxy.ts';

/** Instead of the seconds of a step, where a server is silent. What it answers may take as long as a busy machine likes. */
const ANSWERED_MS = 15_000;
const TIMEOUT_MS = plantedFromOutside() === 'adapter-without-deadline' ? 3_600_000 : 900;
const common = { id: 'check', title: 'check', timeout: ANSWERED_MS, sentence: 'was checked' };

/** Plays one incident whose only check meets the server as it is behind the proxy. */
async function diagnosed(step: Step, probes: Probes, proxy: FaultProxy, faulty: boolean) {
  const own = runbook({ diagnostics: [faulty ? { ...step, timeout: TIMEOUT_MS } : step] });
  const system = new FaultySystem({ catalog: catalog({}, [own]) });
  const heard = rememberNotified(system);
  system.diagnose = (request) =>
    runEffectDiagnosis({ ...request, runbook: own }, { probes, clock: systemClock });
  const status = await system.postAlerts([critical(system)]);
  await endsInTime(system.consumeAll());
  if (faulty) await endsInTime(proxy.untilLetGo());
  const [diagnosis] = system.world.history.allDiagnoses();
  const [mail] = system.mail.sent;
  return { status, heard, finding: diagnosis?.findings[0], mail: mail?.text ?? '' };
}

function itIsNamed(name: string, parts: () => { proxy: FaultProxy; probes: Probes; step: Step }): void {
  test.for(wireFaults)(
    `${name}, %s: the page leaves once, and says what could not be checked`,
    async (fault, { expect }) => {
      const { proxy, probes, step } = parts();
      const before = proxy.struck;
      await proxy.meet(fault);

      const { status, heard, finding, mail } = await diagnosed(step, probes, proxy, fault !== 'delay');
      await proxy.meet(undefined);
      const well = await diagnosed(step, probes, proxy, false);

      expect(status).toBe(200);
      expect(proxy.struck).toBeGreaterThan(before);
      const pages = heard.map(({ line }) => line.split(': ')[0]).filter((where) => !where?.endsWith('reply'));
      expect(pages).toEqual([
        'slack #cryptofunk-alerts root',
        'slack #cryptofunk-critical root',
        'mail oncall@example.com team@example.com',
      ]);
      expect(finding?.verdict).toBe(fault === 'delay' ? well.finding?.verdict : 'unchecked');
      if (fault !== 'delay') expect(mail).toMatch(/could not check/i);
      expect(well.finding?.verdict).not.toBe('unchecked');
    },
  );
}

describe('between diagnose-incident and Prometheus', () => {
  let proxy: FaultProxy;
  let local: Awaited<ReturnType<typeof startPrometheusStandIn>>;
  const step: Step = { ...common, kind: 'promql', query: 'vector(1)' };

  beforeAll(async () => {
    local = await startPrometheusStandIn({ start: Date.now(), now: Date.now });
    proxy = await startFaultProxy(Number(new URL(local.url).port));
  });
  afterAll(async () => {
    await proxy.close();
    await local.close();
  });

  itIsNamed('Prometheus', () => {
    const urls = { anySource: [`http://127.0.0.1:${proxy.port}`], bySource: {} };
    return { proxy, step, probes: { prometheus: createPrometheusProbe({ urls }) } };
  });
});

describe('between diagnose-incident and Kubernetes', () => {
  let proxy: FaultProxy;
  let local: LocalKubernetes;
  const step: Step = { ...common, kind: 'kubernetes', read: 'pods', namespace: 'cryptofunk' };

  beforeAll(async () => {
    local = await startLocalKubernetes();
    proxy = await startFaultProxy(local.port);
  });
  afterAll(async () => {
    await proxy.close();
    await local.close();
  });

  itIsNamed('Kubernetes', () => {
    const url = `https://127.0.0.1:${proxy.port}`;
    return { proxy, step, probes: { kubernetes: createKubernetesProbe(accessTo({ ...local, url })) } };
  });
});

describe('between diagnose-incident and PostgreSQL', () => {
  let proxy: FaultProxy;
  let local: LocalPostgres;
  const step: Step = { ...common, kind: 'sql', query: 'SELECT 1 AS one', params: [] };

  test.beforeAll(async ({ server }) => {
    local = await startLocalPostgres({ trouble: false, server });
    proxy = await startFaultProxy(server.port);
  });
  test.afterAll(async () => {
    await proxy.close();
    await local.close();
  });

  itIsNamed('PostgreSQL', () => {
    const connectionString = local.connectionString.replace(/:\d+\//, `:${proxy.port}/`);
    return { proxy, step, probes: { sql: createPostgresProbe({ connectionString }) } };
  });
});
