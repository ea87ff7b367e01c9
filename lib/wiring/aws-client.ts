type Times = { connectMs: number; answerMs: number };

/**
 * How AWS is asked. Three tries of 5 s end well before any function does, so that a part that hangs leaves time to say
 * so. Without `throwOnRequestTimeout` the SDK only warns of an answer that does not come; `socketTimeout` is for one
 * that stops in its middle.
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
