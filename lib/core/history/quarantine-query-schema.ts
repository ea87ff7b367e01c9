import * as z from 'zod/mini';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 50;
const NOT_A_LIMIT = `must be a whole number from 1 to ${MAX_LIMIT}`;

const querySchema = z.strictObject({
  limit: z.optional(z.string().check(z.regex(/^([1-9]|[1-4]\d|50)$/, NOT_A_LIMIT))),
});

export type QuarantineLimit =
  | { kind: 'ok'; limit: number }
  | { kind: 'refused'; path: string; reason: string };

/** Reads the query string of GET /quarantine; a refusal names the parameter. */
export function readQuarantineLimit(
  parameters: Readonly<Record<string, string | undefined>>,
): QuarantineLimit {
  const parsed = querySchema.safeParse(parameters);
  if (parsed.success) return { kind: 'ok', limit: Number(parsed.data.limit ?? DEFAULT_LIMIT) };
  const unknown = Object.keys(parameters).find((name) => name !== 'limit');
  return unknown === undefined
    ? { kind: 'refused', path: 'limit', reason: `limit ${NOT_A_LIMIT}.` }
    : { kind: 'refused', path: unknown, reason: `${unknown} is not a parameter of this listing.` };
}
