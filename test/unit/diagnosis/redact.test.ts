import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redact } from '../../../lib/core/diagnosis/expressions/redact.ts';
import { cleanCell, cleanSentence } from '../../../lib/core/diagnosis/findings/clean-cell.ts';
import { mustEnd } from '../../support/processes/must-end.ts';

/** Credentials as servers quote them: the text around the secret, and its possible values. */
const word = (min: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9]{${min},40}$`));
const upper = fc.stringMatching(/^[A-Z0-9]{16}$/);
const spoken: [string, fc.Arbitrary<string>, (secret: string) => string][] = [
  ['a password in a URL', word(6), (secret) => `postgres://cryptofunk:${secret}@db:5432/cryptofunk`],
  ['a password with an @ in a URL', word(6), (secret) => `redis://:p@${secret}@cache:6379`],
  ['a key=value pair', word(6), (secret) => `password=${secret}`],
  ['a JSON field', word(6), (secret) => `{"api_key": "${secret}"}`],
  ['a JSON field with an escaped quote', word(6), (secret) => `{"secret":"\\"${secret}"}`],
  ['an environment variable', word(6), (secret) => `PGPASSWORD=${secret} psql`],
  ['a bearer token', word(6), (secret) => `Authorization: Bearer ${secret}`],
  ['basic credentials', word(8), (secret) => `Basic ${secret}==`],
  ['an AWS key', upper, (secret) => `AKIA${secret}`],
  ['a Slack token', word(10), (secret) => `xoxb-12345678-${secret}`],
  ['a Slack webhook', word(10), (secret) => `https://hooks.slack.com/services/T0/B0/${secret}`],
  ['a token for EKS', word(10), (secret) => `k8s-aws-v1.aHR0cHM6Ly9zdHM${secret}`],
  ['a JSON Web Token', word(10), (secret) => `eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`],
  [
    'a private key',
    word(20),
    (secret) => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
  ],
  ['a private key without its end', word(20), (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}`],
  ['a statement', word(6), (secret) => `ALTER ROLE app PASSWORD '${secret}'`],
];

describe('redaction:', () => {
  test.each(spoken)('%s never survives, whatever the text around it', (_name, secrets, quote) => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });

    fc.assert(
      fc.property(secrets, text, text, (secret, before, after) => {
        fc.pre(!before.includes(secret) && !after.includes(secret));
        const output = `${before} ${quote(secret)} ${after}`;

        expect(redact(output)).not.toContain(secret);
        expect(cleanCell(output)).not.toContain(secret);
        expect(cleanSentence(output)).not.toContain(secret);
      }),
      { numRuns: 300 },
    );
  });

  test('no part survives of a secret that is cut off with its cell', () => {
    const padding = 'x'.repeat(180);

    const cell = cleanCell(`${padding} token=${'s3cret'.repeat(20)}`);

    expect(cell).not.toContain('s3c');
    expect(cell.length).toBeLessThanOrEqual(200);
  });

  test('redacted text stays the same when redacted again', () => {
    const once = redact('password=hunter2, Authorization: Bearer abc, postgres://u:pw@db/x');

    expect(redact(once)).toBe(once);
  });

  test('harmless words that resemble secrets stay', () => {
    const harmless =
      'max_tokens=1500 at http://prometheus:9090/graph, basic checks passed, the key is in the lock';

    expect(redact(harmless)).toBe(harmless);
  });

  test('no text takes long', () => {
    const hostile = ['password', 'a', 'a-', 'http://', 'token ', 'x:', '"', '-----BEGIN PRIVATE KEY-----'];
    // With backtracking from each position, half a million characters take minutes.
    const texts = hostile.map((piece) => piece.repeat(Math.ceil(500_000 / piece.length)));

    const redacted = mustEnd(() => texts.map(redact));

    expect(redacted).toHaveLength(hostile.length);
  });

  test('control characters and direction overrides are removed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanCell(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
