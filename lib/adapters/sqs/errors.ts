/** The queue did not take or give what was asked. Broken infrastructure: callers retry. */
export class QueueError extends Error {
  override name = 'QueueError';
}
