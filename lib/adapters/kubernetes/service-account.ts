import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProbeResult } from '../../core/diagnosis/checks/probe.ts';
import type { KubernetesAccess } from './kubernetes-api.ts';

/** Where every pod finds its own account. */
const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The account of the pod that this runs in. Both files are read again each time, because the cluster replaces the
 * token about once an hour. https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export function serviceAccount(folder = FOLDER): Required<Pick<KubernetesAccess, 'token' | 'authority'>> {
  return {
    token: () => contentOf(join(folder, 'token'), "the service account's token cannot be read"),
    authority: () => contentOf(join(folder, 'ca.crt'), "the service account's ca.crt cannot be read"),
  };
}

async function contentOf(path: string, otherwise: string): Promise<ProbeResult<string>> {
  const content = await readFile(path, 'utf8').catch(() => '');
  return content.trim() === '' ? { kind: 'failed', reason: otherwise } : { kind: 'ok', value: content };
}
