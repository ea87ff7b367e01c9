/** Powers that Kubernetes' suffixes stand for. */
const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * An amount as Kubernetes writes it: `250m`, `1.5`, `512Mi`, `129e6`. `undefined` for any other text. Source:
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const [, amount, suffix = ''] =
    /^([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)([KMGTPE]i|[numkMGTPE])?$/.exec(text) ?? [];
  const power = SUFFIXES[suffix];
  return amount === undefined || power === undefined ? undefined : Number(amount) * power;
}
