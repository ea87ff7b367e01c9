import * as z from 'zod/mini';

const words = (max: number) =>
  z
    .string()
    .check(
      z.trim(),
      z.minLength(1, 'must not be empty'),
      z.maxLength(max, `has more than ${max} characters`),
    );

/**
 * What somebody who acknowledges or resolves an incident says: who they are and, if they like, why. `asOf` is
 * the version they saw, for acknowledging (rule 3).
 */
export const changeRequestSchema = z.strictObject({
  by: words(100),
  note: z.optional(words(1000)),
  asOf: z.optional(z.int().check(z.positive())),
});
