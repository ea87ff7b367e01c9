import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A text with its secrets, and what is left of it when each is replaced. */
export type SecretForm = { written: string; text: string; secrets: string[]; redacted: string };

const FOLDER = join(import.meta.dirname, 'corpus');
const ALPHABETS: Record<string, string> = {
  '': 'aK3xQ9mZ7pL2vR8tB5nW1yD6cF4hG0jS',
  a: 'aKxQmZpLvRtBnWyDcFhGjS',
  x: '3a9f0c7be1d8',
  d: '3907182645',
  U: 'K3XQ9MZ7PL2VR8TB5NW1YD6CF4HG0JS',
};

/**
 * Forms that hold secrets: one a line of the file, `⏎` for the end of a line in the text, `‹ ›` around each secret. `{36}` stands
 * for so many characters, so that no scanner of repositories takes a form for a token: `{x32}` hexadecimal digits, `{d8}` digits,
 * `{a34}` letters, `{U16}` capitals and digits.
 */
export function readSecretForms(): SecretForm[] {
  return readLines('must-hide.txt').map((written) => {
    const filled = fill(written);
    const secrets = [...filled.matchAll(/‹([^›]*)›/g)].map(([, secret = '']) => secret);
    return {
      written,
      text: filled.replaceAll(/[‹›]/g, ''),
      secrets,
      redacted: filled.replaceAll(/‹[^›]*›/g, '[redacted]'),
    };
  });
}

/** Texts without secrets, one a line of the file. */
export function readHarmlessForms(): string[] {
  return readLines('must-stay.txt').map(fill);
}

function readLines(file: string): string[] {
  return readFileSync(join(FOLDER, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '));
}

function fill(written: string): string {
  return written
    .replaceAll('⏎', '\n')
    .replaceAll(/\{([axdU]?)(\d{1,3})\}/g, (_all, kind: string, count: string) => {
      const alphabet = ALPHABETS[kind] ?? '';
      return Array.from(
        { length: Number(count) },
        (_, index) => alphabet[(index * 7 + 3) % alphabet.length],
      ).join('');
    });
}
