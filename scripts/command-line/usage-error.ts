/** Wrong usage of a command; the message is one sentence for the caller. */
export class UsageError extends Error {
  override name = 'UsageError';
}
