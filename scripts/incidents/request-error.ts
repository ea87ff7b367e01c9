/**
 * A failed request; the message is one sentence for the caller of the command. Exit code 1: the request was refused.
 * 3: the API cannot be reached or does not work, or the token has no right to this.
 */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly exitCode: 1 | 3;

  constructor(exitCode: 1 | 3, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
