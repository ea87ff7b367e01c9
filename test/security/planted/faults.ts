/**
 * Faults that can be planted into the code, to see this suite fail: `PLANTED_FAULT=name npm run test:security`.
 * Names: slack-unescaped, mail-unescaped, csv-formulas, log-raw, shell-unquoted, promql-unescaped, url-unencoded,
 * route-without-auth, empty-token, slack-unsigned, webhook-throws, cursor-throws, secret-let-out, token-echoed.
 *
 * A fault is a change of one place of one file, made while the tests load it. `found` is the test that must fail.
 */
export type PlantedFault = {
  file: string;
  /** Stands exactly once in the file. */
  from: string;
  to: string;
  found: { file: string; test: string };
};

export const plantedFaults: Readonly<Record<string, PlantedFault>> = {
  'slack-unescaped': {
    file: 'lib/channels/slack/render/mrkdwn.ts',
    from: 'return raw.replace(/[&<>]/g, (character) => entities[character] ?? character);',
    to: 'return raw;',
    found: { file: 'sinks/slack.test.ts', test: 'Slack: no text calls anybody' },
  },
  'mail-unescaped': {
    file: 'lib/channels/email/render/markup.ts',
    from: 'return escape(cleanText(insert))',
    to: 'return cleanText(insert)',
    found: { file: 'sinks/pages.test.ts', test: 'has the elements of a harmless one' },
  },
  'csv-formulas': {
    file: 'lib/adapters/csv/csv-writer.ts',
    from: 'escape_formulas: true',
    to: 'escape_formulas: false',
    found: { file: 'sinks/files.test.ts', test: 'CSV: three readers' },
  },
  'log-raw': {
    file: 'lib/adapters/log/json-log.ts',
    from: 'write(escapeUnsafe(JSON.stringify({ level, message, ...data }, toPlain)));',
    to: 'write(JSON.stringify({ level, message, ...data }, toPlain));',
    found: { file: 'sinks/files.test.ts', test: 'logs: each entry is one line' },
  },
  'shell-unquoted': {
    file: 'lib/core/diagnosis/expressions/insert-safely.ts',
    from: "return PLAIN.test(value) ? value : `'${value.replaceAll(\"'\", `'\\\\''`)}'`;",
    to: 'return value;',
    found: { file: 'sinks/shell.test.ts', test: 'a value in a word of its own' },
  },
  'promql-unescaped': {
    file: 'lib/core/diagnosis/expressions/insert-safely.ts',
    from: ".replaceAll('\"', '\\\\\"')",
    to: '',
    found: { file: 'sinks/queries.test.ts', test: 'PromQL: Prometheus gets' },
  },
  'url-unencoded': {
    file: 'lib/core/diagnosis/expressions/insert-safely.ts',
    from: "return encodeURIComponent(value.toWellFormed()).replace(/[!'()*]/g, percentEncode);",
    to: 'return encodeURI(value.toWellFormed()).replace(/[!]/g, percentEncode);',
    found: { file: 'sinks/queries.test.ts', test: 'URLs: each text is one segment' },
  },
  'route-without-auth': {
    file: 'handlers/middleware/authorize.ts',
    from: 'if (rights.length === 0) return createUnauthorized();',
    to: '',
    found: { file: 'access/every-token.test.ts', test: 'GET /incidents ' },
  },
  'empty-token': {
    file: 'lib/config/variables.ts',
    from: ".filter((item) => item !== '');",
    to: ';',
    found: { file: 'access/empty-tokens.test.ts', test: 'nobody passes' },
  },
  'slack-unsigned': {
    file: 'handlers/middleware/verify-slack.ts',
    from: 'return given.length === expected.length && timingSafeEqual(given, expected);',
    to: 'return given.length <= expected.length;',
    found: { file: 'fuzz/parsers.test.ts', test: 'Slack signature' },
  },
  'webhook-throws': {
    file: 'lib/core/alert/webhook-schema.ts',
    from: "return '(nested too deeply)';",
    to: "throw new Error('nested too deeply');",
    found: { file: 'fuzz/parsers.test.ts', test: 'webhook' },
  },
  'cursor-throws': {
    file: 'lib/core/shared/signature.ts',
    from: "if (bytes.length <= 1 + SIGNATURE || bytes.toString('base64url') !== signed) return undefined;",
    to: '',
    found: { file: 'fuzz/parsers.test.ts', test: 'cursor' },
  },
  'secret-let-out': {
    file: 'lib/core/diagnosis/findings/clean-cell.ts',
    from: "return redact(toOneLine(head.includes('\\n') ? redact(head) : head));",
    to: 'return toOneLine(head);',
    found: { file: 'canaries/servers.test.ts', test: 'no finding' },
  },
  'token-echoed': {
    file: 'lib/adapters/kubernetes/kubernetes-api.ts',
    from: "secret ? body?.replaceAll(secret, '[redacted]') : body",
    to: 'body',
    found: { file: 'canaries/servers.test.ts', test: 'no finding' },
  },
};
