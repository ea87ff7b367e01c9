import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { redact } from '../../../lib/core/redaction/redact.ts';
import { redactTokens } from '../../../lib/core/redaction/tokens.ts';
import { readHarmlessForms, readSecretForms } from './read-corpus.ts';

const secretForms = readSecretForms();
const harmlessForms = readHarmlessForms();

describe('the corpus of redaction:', () => {
  test.each(secretForms)(
    'what is secret is hidden whole, and the rest stays: $written',
    ({ text, redacted }) => {
      expect(redact(text)).toBe(redacted);
      expect(redact(redacted)).toBe(redacted);
    },
  );

  test.each(harmlessForms)('what holds no secret stays byte for byte: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  test('each form marks its secret', () => {
    expect(secretForms.filter(({ secrets }) => secrets.length === 0 || secrets.includes(''))).toEqual([]);
  });

  test('no form stands there twice', () => {
    const texts = [...secretForms.map(({ text }) => text), ...harmlessForms];

    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
  });

  test('docs/security.md says how many forms it has', () => {
    const document = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'security.md'), 'utf8');

    expect(secretForms.length).toBeGreaterThanOrEqual(200);
    expect(harmlessForms.length).toBeGreaterThanOrEqual(200);
    expect(document).toContain(`${secretForms.length} forms with a secret`);
    expect(document).toContain(`${harmlessForms.length} texts without one`);
  });

  test('a token of a provider is found by its form alone, without any name next to it', () => {
    const forms = secretForms.filter(({ written }) => /^(?:github|stripe|vault|grafana) ‹/.test(written));

    expect(forms.map(({ text }) => redactTokens(text))).toEqual(forms.map(({ redacted }) => redacted));
  });
});
