import * as z from 'zod/mini';

export const madeSilence = z.object({ until: z.number(), covered: z.int(), firing: z.int() });

/** What a person did, as messages carry it. */
export const deed = z.object({
  by: z.string(),
  note: z.exactOptional(z.string()),
  silence: z.exactOptional(madeSilence),
});
