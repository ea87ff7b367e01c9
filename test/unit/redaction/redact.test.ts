import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanCell, cleanSentence } from '../../../lib/core/diagnosis/findings/clean-cell.ts';
import { isSecretLink } from '../../../lib/core/redaction/links.ts';
import { redact } from '../../../lib/core/redaction/redact.ts';
import { redactTexts } from '../../../lib/core/redaction/redact-texts.ts';
import { mustEnd } from '../../support/processes/must-end.ts';
import { readHarmlessForms, readSecretForms } from './read-corpus.ts';

/** Credentials as servers quote them: the text around the secret, and its possible values, which are no words of a sentence. */
const word = (min: number) =>
  fc
    .stringMatching(new RegExp(`^[A-Za-z0-9]{${min},40}$`))
    .filter((text) => text !== 'argument' && text !== 'option');
const upper = fc.stringMatching(/^[A-Z0-9]{16}$/);
const spoken: [string, fc.Arbitrary<string>, (secret: string) => string][] = [
  ['a password in a URL', word(6), (secret) => `postgres://cryptofunk:${secret}@db:5432/cryptofunk`],
  ['a password with an @ in a URL', word(6), (secret) => `redis://:p@${secret}@cache:6379`],
  ['a key=value pair', word(6), (secret) => `password=${secret}`],
  ['a JSON field', word(6), (secret) => `{"api_key": "${secret}"}`],
  ['a JSON field with an escaped quote', word(6), (secret) => `{"secret":"\\"${secret}"}`],
  ['a list of tokens', word(6), (secret) => `WEBHOOK_TOKENS=prod=x,staging=${secret}`],
  ['a value behind separators', word(6), (secret) => `DB_PASS=p,a;s&s)w}${secret}`],
  ['JSON within JSON', word(6), (secret) => JSON.stringify({ a: JSON.stringify({ api_key: secret }) })],
  ['an element', word(6), (secret) => `<password>${secret}</password>`],
  ['an option', word(6), (secret) => `--db-password ${secret}`],
  ['an API key of a header', word(6), (secret) => `X-Api-Key: ${secret}`],
  ['a scheme of Authorization', word(6), (secret) => `Authorization: ApiKey ${secret}`],
  ['a parameter that signs', word(6), (secret) => `https://s3/b?a=1&X-Amz-Signature=${secret}&b=2`],
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

  test('redacted text stays the same when redacted again, whatever the text', () => {
    const pieces = [...readSecretForms().map(({ text }) => text), ...readHarmlessForms()];
    const piece = fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'grapheme', maxLength: 10 }));
    const joint = fc.constantFrom('', ' ', '\n', ', ', ';', '&', '"', '{', '}', '=', ': ');

    fc.assert(
      fc.property(fc.array(fc.tuple(piece, joint), { maxLength: 6 }), (parts) => {
        const once = redact(parts.flat().join(''));

        expect(redact(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  test('no text takes long', () => {
    const hostile = [
      'password',
      'a',
      'a-',
      'http://',
      'token ',
      'x:',
      '"',
      '-----BEGIN PRIVATE KEY-----',
      'password="',
      'token: ',
      'Authorization: ',
      'Cookie: a=b; ',
      '<password ',
      '://a:',
      '\\"',
      '{"key":"',
      'mysql ',
      'mysql -p',
      'curl -u ',
      'login x password ',
      'ghs_1_a.',
      'xoxb-a-',
      'eyJaaaaaaaa.',
      'basic ',
      'password: |\n  ',
      'kind: Secret\n',
      'x:1234:a:b:',
      '%3A%2F%2Fa%3A',
      '["a',
      'name: token\n',
      '"value":"a","name":"token",',
      "'curl','-u',",
      '"mysql","-h",',
      '?token=%',
      'password[a',
      'sshpass -p a ',
      "password='a'",
      "password='a''",
      "''a",
      'password:\n',
      'password=a\\ ',
      'curl -u "a:',
      'password=<a ',
      'var-token=a&',
    ];
    // With backtracking from each position, a quarter of a million characters take minutes.
    const texts = hostile.map((piece) => piece.repeat(Math.ceil(250_000 / piece.length)));

    const redacted = texts.map((text) => mustEnd(() => redact(text)));

    expect(redacted).toHaveLength(hostile.length);
  });

  test('a text under the name of a secret is hidden whole, at any depth, and so is a name that holds one', () => {
    const labels = { password: 'plain words', pod: 'api-0', nested: [{ api_key: 'k', secretName: 'db' }] };

    expect(redactTexts(labels)).toEqual({
      password: '[redacted]',
      pod: 'api-0',
      nested: [{ api_key: '[redacted]', secretName: 'db' }],
    });
    expect(Object.keys(redactTexts({ 'token=abc123': 1 }))).toEqual(['token=[redacted]']);
  });

  test.each(['Authorization', 'proxy-authorization', 'cookie', 'Set-Cookie', 'jwt', 'bearer', 'password2'])(
    'the value of a label or field %s is hidden whole',
    (name) => {
      expect(redactTexts({ [name]: 'plain words' })).toEqual({ [name]: '[redacted]' });
      expect(redactTexts({ [name]: 'expired' })).toEqual({ [name]: 'expired' });
    },
  );

  test('a link holds a secret also where its parameters are encoded', () => {
    expect(isSecretLink('https://p/alerts?filter=%7Bpassword%3D%22abc123%22%7D')).toBe(true);
    expect(isSecretLink('https://p/alerts?filter=%7Bjob%3D%22abc123%22%7D&x=%')).toBe(false);
    expect(isSecretLink('https://p/?next=https%3A%2F%2Fa%3Ahunter2%40h%2Fx&x=%')).toBe(true);
  });

  test.each([
    'https://grafana.example/d/abc?var-token=orders',
    'https://grafana.example/d/abc?from=1&var-secret=db-main&to=2',
    'https://p/graph?g0.expr=kube_secret_info%7Bsecret%3D%22db-credentials%22%7D+%3D%3D+0&g0.tab=1',
    'https://p/query?query=up%7Btoken%3D%22orders1%22%7D',
    'https://p/alerting?expr=kube_secret_info%7Bns%3D%22a%22%2Csecret%3D~%22db1%22%7D',
  ])('a link with names or PromQL in its parameters stays: %s', (url) => {
    expect(isSecretLink(url)).toBe(false);
    expect(redactTexts({ dashboard_url: url })).toEqual({ dashboard_url: url });
  });

  test.each([
    'https://grafana.example/d/abc?var-token=ghp_aK3xQ9mZ7pL2vR8tB5nW1yD6cF4hG0jS3xQ9',
    'https://p/graph?g0.expr=up%7Ba%3D%22glpat-aK3xQ9mZ7pL2vR8tB5nW%22%7D',
    'https://p/graph?g0.expr=up%7Ba%3D%22postgres%3A%2F%2Fbob%3Ahunter2%40db%2Fapp%22%7D',
    'https://grafana.example/d/abc?var-token=orders&auth_token=abc123',
    'https://p/graph?g0.expr=up%7Bpassword%3D%22abc123%22%7D',
  ])('a token or credentials in them, or a secret next to them, still make it a secret: %s', (url) => {
    expect(isSecretLink(url)).toBe(true);
  });

  test('a text that is one address is hidden whole when its escapes hide a secret', () => {
    const runbook_url = 'https://h/x?next=%2Fy%3Fp%61ssword%3Dabc123';

    expect(redactTexts({ runbook_url, dashboard_url: 'https://h/x?token=abc123' })).toEqual({
      runbook_url: '[redacted]',
      dashboard_url: 'https://h/x?token=[redacted]',
    });
    expect(redactTexts([`${runbook_url}&ok=1`])).toEqual(['[redacted]']);
  });

  test('control characters and direction overrides are removed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanCell(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
