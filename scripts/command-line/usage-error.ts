/** The command was called with something it cannot work with; the message is one sentence for whoever called it. */
export class UsageError extends Error {
  override name = 'UsageError';
}
