/**
 * A request that came to nothing; the message is one sentence for whoever called the command. Exit code 1: it was
 * refused. 3: the API cannot be reached or does not work, or the token has no right to this.
 */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly exitCode: 1 | 3;

  constructor(exitCode: 1 | 3, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
