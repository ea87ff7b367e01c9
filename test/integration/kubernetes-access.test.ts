import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LocalKubernetes, startLocalKubernetes } from '../../infra/local/kubernetes/kubernetes.ts';
import type { Finding } from '../../lib/core/diagnosis/findings/finding.ts';
import { wireDiagnoseIncident } from '../../lib/wiring.ts';
import { runbook } from '../support/factories/catalog.ts';
import { storedEffect, storedIncident } from '../support/factories/stored-incident.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

/** Which cluster is called with which credentials, from the variables alone. */
async function podsFinding(variables: Record<string, string>): Promise<Finding | undefined> {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const { ports } = await wireDiagnoseIncident();
  const incident = storedIncident();
  const diagnosis = await ports.diagnose({
    incident,
    effect: storedEffect(incident, 1),
    alerts: [],
    runbook: runbook({
      diagnostics: [
        {
          id: 'pods',
          title: 'pods',
          kind: 'kubernetes',
          read: 'pods',
          namespace: 'cryptofunk',
          timeout: 4_000,
          sentence: '{{ result.not_ready }} of {{ result.count }} pods are not ready',
        },
      ],
    }),
  });
  return diagnosis.findings[0];
}

let cluster: LocalKubernetes | undefined;

beforeEach(() => {
  for (const name of [
    'KUBERNETES_URL',
    'KUBERNETES_TOKEN',
    'KUBERNETES_CA',
    'KUBERNETES_SERVICE_HOST',
    'KUBERNETES_SERVICE_PORT',
    'EKS_CLUSTER_NAME',
    'AWS_PROFILE',
    'DATABASE_URL',
    'PROMETHEUS_URL',
    'ALERTMANAGER_URL',
  ]) {
    vi.stubEnv(name, '');
  }
  vi.stubEnv('TABLE_NAME', 'incidents');
  vi.stubEnv('DIAGNOSE_QUEUE_URL', 'http://127.0.0.1:9/diagnose.fifo');
  vi.stubEnv('DELIVER_QUEUE_URL', 'http://127.0.0.1:9/deliver.fifo');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await cluster?.close();
  await stopServing();
});

/** Records its requests, and has no pods. */
function serveEmpty(shown: (string | undefined)[]): Promise<string> {
  return serve((request, response) => {
    shown.push(request.headers.authorization);
    response.end('{"kind":"PodList","items":[]}');
  });
}

describe('Kubernetes is reached', () => {
  test('by address, token and authority', async () => {
    cluster = await startLocalKubernetes();
    const { url, token, authority } = cluster;

    const finding = await podsFinding({
      KUBERNETES_URL: url,
      KUBERNETES_TOKEN: token,
      KUBERNETES_CA: authority,
    });

    expect(finding).toMatchObject({ verdict: 'normal', sentence: '3 of 14 pods are not ready' });
  });

  test('by address alone, like through kubectl proxy', async () => {
    const shown: (string | undefined)[] = [];

    const finding = await podsFinding({ KUBERNETES_URL: await serveEmpty(shown) });

    expect(finding).toMatchObject({ sentence: '0 of 0 pods are not ready' });
    expect(shown).toEqual([undefined]);
  });

  test('on EKS with a token made from AWS credentials', async () => {
    const shown: (string | undefined)[] = [];

    const finding = await podsFinding({
      KUBERNETES_URL: await serveEmpty(shown),
      EKS_CLUSTER_NAME: 'cryptofunk',
    });

    expect(finding).toMatchObject({ sentence: '0 of 0 pods are not ready' });
    expect(shown).toEqual([expect.stringMatching(/^Bearer k8s-aws-v1\.[\w-]{200,}$/)]);
  });

  test("inside a cluster with the pod's service account", async () => {
    const finding = await podsFinding({ KUBERNETES_SERVICE_HOST: '127.0.0.1' });

    // This machine has no service account, or no server at that address: the test can only see that both are tried.
    expect(finding).toMatchObject({
      verdict: 'unchecked',
      sentence: expect.stringMatching(/^the service account's|connection refused$/),
    });
  });

  test('by its configuration, even inside a cluster', async () => {
    const shown: (string | undefined)[] = [];

    await podsFinding({
      KUBERNETES_URL: await serveEmpty(shown),
      KUBERNETES_TOKEN: 'given',
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
    });

    expect(shown).toEqual(['Bearer given']);
  });

  test('not at all without a variable that names it', async () => {
    const finding = await podsFinding({});

    expect(finding).toMatchObject({ verdict: 'unchecked', sentence: 'KUBERNETES_URL is not set' });
  });
});
