import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type LocalKubernetes, startLocalKubernetes } from '../../infra/local/kubernetes/kubernetes.ts';

/** Name or path of the program. */
const KUBECTL = process.env['KUBECTL_BINARY'] ?? 'kubectl';

let cluster: LocalKubernetes;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kubectl-'));
  cluster = await startLocalKubernetes();
});

afterAll(async () => {
  await cluster?.close();
  rmSync(home, { recursive: true, force: true });
});

type Said = { code: number; out: string; error: string };

const failureSchema = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** Runs kubectl with the local stack's kubeconfig, with a home of its own. */
async function kubectl(command: string, flags = cluster.kubectlFlags): Promise<Said> {
  const args = [...flags.split(' '), ...command.split(' ')];
  const { PATH } = process.env;
  try {
    const { stdout, stderr } = await promisify(execFile)(KUBECTL, args, {
      env: { PATH, HOME: home, KUBECONFIG: '/dev/null' },
    });
    return { code: 0, out: stdout, error: stderr };
  } catch (error) {
    const failed = failureSchema.safeParse(error);
    if (!failed.success) throw new Error(`cannot run ${KUBECTL}`, { cause: error });
    return { code: failed.data.code, out: failed.data.stdout, error: failed.data.stderr };
  }
}

/** The cells of kubectl's output, by the first of each row. */
function rows({ out, error }: Said): Map<string, string[]> {
  expect(error).toBe('');
  const lines = out.trimEnd().split('\n').slice(1);
  return new Map(
    lines.map((line) => line.trimEnd().split(/\s{2,}/)).map(([name = '', ...cells]) => [name, cells]),
  );
}

describe("kubectl's own requests are answered", () => {
  test('get pods', async () => {
    const pods = rows(await kubectl('get pods'));

    expect(pods.size).toBe(14);
    expect(pods.get('technical-agent-6c9f7d8b5d-x2k9q')).toEqual([
      '0/1',
      'CrashLoopBackOff',
      expect.stringMatching(/^6 \(3m\d*s? ago\)$/),
      '2d',
    ]);
    expect(pods.get('api-5d8f9c7b46-q7w2m')).toEqual(['1/1', 'Running', '0', '2d']);
  });

  test('get pods -l', async () => {
    const agents = rows(await kubectl('get pods -l app.kubernetes.io/component=trading-agent'));
    const servers = rows(await kubectl('get pods -l app.kubernetes.io/component=mcp-server -o wide'));

    expect([agents.size, servers.size]).toEqual([6, 4]);
    expect(servers.get('market-data-server-5c6b7d8f4d-w9q3z')).toContain('node-1');
  });

  test('logs of a deployment', async () => {
    const { out, error, code } = await kubectl('logs deployment/api --tail=50');

    const lines = out.trimEnd().split('\n');
    expect([code, error]).toEqual([0, '']);
    expect(lines).toHaveLength(50);
    expect(out).toContain('vector search failed: type "vector" does not exist');
    expect(out).toContain('dimension mismatch: expected 1536, got 768');
  });

  test('logs of a pod, now and before its last restart', async () => {
    const now = await kubectl('logs postgres-0c9d8e7f6a-m3v7c --tail=20');
    const before = await kubectl('logs technical-agent-6c9f7d8b5d-x2k9q --previous --tail=1');
    const never = await kubectl('logs api-5d8f9c7b46-q7w2m --previous');

    expect(now.out).toContain('FATAL: sorry, too many clients already');
    expect(before.out).toContain('heap 251 MiB of 256 MiB');
    expect(never).toMatchObject({ code: 1, error: expect.stringContaining('previous terminated container') });
  });

  test('top pods, sorted', async () => {
    const byMemory = rows(await kubectl('top pods --sort-by=memory'));
    const byCpu = rows(await kubectl('top pods --sort-by=cpu'));

    expect([...byMemory.keys()].slice(0, 2)).toEqual(['postgres-0c9d8e7f6a-m3v7c', 'api-5d8f9c7b46-q7w2m']);
    expect(byMemory.get('api-5d8f9c7b46-q7w2m')).toEqual(['460m', '487Mi']);
    expect([...byCpu.keys()][0]).toBe('postgres-0c9d8e7f6a-m3v7c');
  });

  test('get events', async () => {
    const all = await kubectl('get events --sort-by=.lastTimestamp');
    const warnings = await kubectl('get events --field-selector type=Warning');

    expect(all.out).toMatch(/Normal +Pulled/);
    expect(all.out).toMatch(/Warning +BackOff +pod\/technical-agent-6c9f7d8b5d-x2k9q/);
    expect(warnings.out).not.toContain('Normal');
  });

  test('describe pod', async () => {
    const { out, error } = await kubectl('describe pod technical-agent-6c9f7d8b5d-x2k9q');

    expect(error).toBe('');
    for (const words of [
      /Reason: +CrashLoopBackOff/,
      /Reason: +OOMKilled\n +Exit Code: +137/,
      /Restart Count: +6/,
      /Limits:\n +cpu: +200m\n +memory: +256Mi/,
      /Warning +Unhealthy .*Readiness probe failed/,
    ]) {
      expect(out).toMatch(words);
    }
  });

  test('get deployments, and one pod as JSON', async () => {
    const deployments = rows(await kubectl('get deployments'));
    const pod = await kubectl(
      'get pod risk-analyzer-server-7e8f9a6b4c-p2n6v -o jsonpath={.spec.containers[0].resources}',
    );

    expect(deployments.get('arbitrage-agent')?.[0]).toBe('0/0');
    expect(deployments.get('technical-agent')?.[0]).toBe('0/1');
    expect(pod.out).toBe('{}');
  });
});

describe('the cluster cannot be changed', () => {
  test.each([
    ['delete pod api-5d8f9c7b46-q7w2m'],
    ['rollout restart deployment/api'],
    ['scale deployment/api --replicas=3'],
    ['exec deployment/api -- id'],
  ])('%s is refused', async (command) => {
    const before = cluster.requests().length;

    const { code, error } = await kubectl(command);

    expect(code).not.toBe(0);
    expect(error).toContain('forbidden: this stand-in of a cluster can only be read');
    const changing = cluster
      .requests()
      .slice(before)
      .filter(({ method }) => method !== 'GET');
    expect(changing.filter(({ status }) => status !== 403)).toEqual([]);
  });

  test('by a client without its token', async () => {
    const { code, error } = await kubectl('get pods', cluster.kubectlFlags.replace(cluster.token, 'another'));

    expect(code).not.toBe(0);
    expect(error).toMatch(/Unauthorized|logged in/);
  });
});
