import * as z from 'zod/mini';

const createText = (max: number) =>
  z
    .string({ error: 'must be text' })
    .check(
      z.trim(),
      z.minLength(1, 'must not be empty'),
      z.maxLength(max, `has more than ${max} characters`),
    );

/**
 * The request of a person who acknowledges or resolves an incident: a name and, optionally, a note. `asOf` is
 * the version that the person saw (docs/rules.md#rule-3).
 */
export const changeRequestSchema = z.strictObject({
  by: createText(100),
  note: z.optional(createText(1000)),
  asOf: z.optional(z.int().check(z.positive())),
});
