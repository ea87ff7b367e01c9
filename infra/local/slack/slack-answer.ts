/** An HTTP answer of the stand-in. */
export type SlackAnswer = {
  status?: number;
  headers?: Record<string, string>;
  body: Record<string, unknown> | string;
};

export function done(fields: Record<string, unknown>): SlackAnswer {
  return { body: { ok: true, ...fields } };
}

export function failed(error: string, messages?: string[]): SlackAnswer {
  return { body: { ok: false, error, response_metadata: messages?.length ? { messages } : undefined } };
}

export function rateLimited(seconds: number): SlackAnswer {
  return {
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body: { ok: false, error: 'ratelimited' },
  };
}

export function parseObject(body: string): Record<string, unknown> | undefined {
  const value = parseJson(body);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
