import type { LocalKubernetes } from '../../../infra/local/kubernetes/kubernetes.ts';
import type { KubernetesAccess } from '../../../lib/adapters/kubernetes/kubernetes-api.ts';
import type { ProbeResult } from '../../../lib/core/diagnosis/checks/probe.ts';

/** Access to the sample cluster. */
export function accessTo({
  url,
  token,
  authority,
}: Pick<LocalKubernetes, 'url' | 'token' | 'authority'>): KubernetesAccess {
  return { url, token: given(token), authority: given(authority) };
}

/** A secret that is available at once. */
export function given(value: string): () => Promise<ProbeResult<string>> {
  return async () => ({ kind: 'ok', value });
}
