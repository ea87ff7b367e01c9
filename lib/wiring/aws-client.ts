type Times = { connectMs: number; answerMs: number };

/**
 * Settings of AWS clients. Three tries of 5 s end well before any function does, which leaves time to report a service
 * that hangs. Without `throwOnRequestTimeout` the SDK only warns when an answer does not come. `socketTimeout` is for
 * an answer that stops in its middle.
 */
export function createAwsClient({ connectMs, answerMs }: Times = { connectMs: 1_000, answerMs: 5_000 }) {
  return {
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      socketTimeout: answerMs,
      throwOnRequestTimeout: true,
    },
  };
}
