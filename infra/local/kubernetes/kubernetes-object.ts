import { createHash } from 'node:crypto';
import { NAMESPACE } from './sample-cluster.ts';

/** An object in the API's format. */
export type KubernetesObject = {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    creationTimestamp: string;
    labels?: Record<string, string>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
};

/** A time so many seconds before now, in the API's format. */
export type At = (ago: number) => string;

/** The fields that every object has, and its own. */
export function object(
  apiVersion: string,
  kind: string,
  name: string,
  creationTimestamp: string,
  metadata: Record<string, unknown>,
  fields: Record<string, unknown>,
  isNamespaced = true,
): KubernetesObject {
  const place = isNamespaced ? { namespace: NAMESPACE } : {};
  const base = { name, ...place, uid: uidOf(kind, name), resourceVersion: '4711', creationTimestamp };
  return { apiVersion, kind, metadata: { ...base, ...metadata }, ...fields };
}

/** Always the same for the same object, so that references to it stay valid. */
export function uidOf(kind: string, name: string): string {
  const hex = createHash('sha256').update(`${kind}/${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
