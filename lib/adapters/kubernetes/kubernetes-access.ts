import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProbeResult } from '../../core/diagnosis/checks/probe.ts';
import { createEksToken } from './eks-token.ts';
import type { KubernetesAccess } from './kubernetes-api.ts';

/** Variables of the environment: README.md, "Configuration". */
export type KubernetesVariables = {
  KUBERNETES_URL?: string | undefined;
  KUBERNETES_TOKEN?: string | undefined;
  KUBERNETES_CA?: string | undefined;
  KUBERNETES_SERVICE_HOST?: string | undefined;
  KUBERNETES_SERVICE_PORT: number;
  EKS_CLUSTER_NAME?: string | undefined;
  AWS_REGION?: string | undefined;
};

/** The configured cluster, else the one this runs in. A pod's service account is shown to its own cluster only. */
export function resolveKubernetesAccess(config: KubernetesVariables): KubernetesAccess | undefined {
  const { KUBERNETES_URL, KUBERNETES_TOKEN, KUBERNETES_CA, EKS_CLUSTER_NAME, AWS_REGION } = config;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = config;
  if (KUBERNETES_URL === undefined) {
    if (host === undefined) return undefined;
    return { url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, ...readServiceAccount() };
  }
  const token =
    EKS_CLUSTER_NAME && AWS_REGION
      ? createEksToken({ cluster: EKS_CLUSTER_NAME, region: AWS_REGION })
      : given(KUBERNETES_TOKEN);
  const authority = given(KUBERNETES_CA);
  return { url: KUBERNETES_URL, token, authority };
}

function given(value: string | undefined): KubernetesAccess['token'] {
  return value === undefined ? undefined : async () => ({ kind: 'ok', value });
}

/** The directory where every pod finds its service account. */
const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The service account of the pod that this runs in. Both files are read again each time, because the cluster replaces
 * the token about once an hour. https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export function readServiceAccount(folder = FOLDER): Required<Pick<KubernetesAccess, 'token' | 'authority'>> {
  return {
    token: () => contentOf(join(folder, 'token'), "the service account's token cannot be read"),
    authority: () => contentOf(join(folder, 'ca.crt'), "the service account's ca.crt cannot be read"),
  };
}

async function contentOf(path: string, otherwise: string): Promise<ProbeResult<string>> {
  const content = await readFile(path, 'utf8').catch(() => '');
  return content.trim() === '' ? { kind: 'failed', reason: otherwise } : { kind: 'ok', value: content };
}
