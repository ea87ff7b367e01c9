import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fillCommands } from '../../lib/core/diagnosis/fill-commands.ts';
import type { Command } from '../../lib/core/runbook/runbook.ts';
import { hostileLabels } from '../support/factories/hostile-labels.ts';
import { ourRunbooks } from '../support/factories/our-runbooks.ts';

/** Pieces with which a value breaks out of quotes, or makes redaction break them for it. */
const pieces = [
  "'",
  '"',
  '`',
  '\\',
  '$(',
  ')',
  '${',
  '}',
  ';',
  '&',
  '|',
  '\n',
  '\r',
  ' ',
  '#',
  '!!',
  '*',
  '~',
  '<(',
  '>',
  'PWNED',
  'pwn',
  'touch PWNED',
  'password=',
  "password='",
  'token: ',
  'Bearer ',
  'postgres://u:p@h',
  '-c',
  '…',
];
const attacks = [
  ...hostileLabels.map(([, value]) => value),
  ';touch PWNED; password=y',
  "x' ; pwn ; password='y",
  "';pwn;'",
  '";pwn;"',
  '$(pwn)',
  '`pwn`',
  '\npwn\n',
  '& pwn &',
  '| pwn',
  '<(pwn)',
  '> PWNED',
  "'$(pwn)'",
  "\\'; pwn; #",
  "password='x';pwn;'",
  'authorization: basic ;pwn; xxxxxxxx',
  "postgres://u:';pwn;'@db/x",
  '-----BEGIN PRIVATE KEY-----;pwn',
];
const random = fc.sample(
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 }).map((chosen) => chosen.join('')),
  { numRuns: 150, seed: 20 },
);

const runbooks = [
  ...Object.values(ourRunbooks.runbooks),
  ourRunbooks.defaultRunbook,
  ...(ourRunbooks.heartbeat.runbook ? [ourRunbooks.heartbeat.runbook] : []),
].filter(({ commands }) => commands.some(({ command }) => command.includes('{{')));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pasted-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The command with the value in every hole, under every condition. */
function filled({ text, command }: Command, value: string): string[] {
  const everywhere = command.replace(/\{\{.*?\}\}/gs, '{{ labels.value }}');
  return fillCommands([{ text, command: everywhere }], { labels: { value }, findings: {} }).map(
    (each) => each.command,
  );
}

/**
 * Lines as a person pastes them into bash, history expansion included. The real programs are replaced by ones that do
 * nothing; a dangerous command leaves a file.
 */
function paste(lines: string[]): string {
  const programs = [
    'kubectl',
    'amtool',
    'go',
    'sleep',
    'kill',
    'grep',
    'tr',
    'xargs',
    'psql',
    'id',
    'reboot',
    'tee',
    'ls',
  ];
  const script = [
    'PATH=/nonexistent',
    'set -o history -o histexpand',
    ...programs.map((name) => `${name}() { :; }`),
    'pwn() { echo > PWNED; }',
    'touch() { echo > PWNED; }',
    ...lines,
    'wait',
    'echo all of it was read',
  ];
  return execFileSync('bash', ['--norc', '--noprofile'], {
    cwd: folder,
    input: `${script.join('\n')}\n`,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HISTFILE: '/dev/null' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

describe.each(runbooks.map((each) => [each.alertname, each] as const))(
  'the commands of %s',
  (_, { commands }) => {
    test('execute nothing of a label or a finding when they are pasted into bash', () => {
      const values = [...attacks, ...random];
      const lines = commands.flatMap((command) => values.flatMap((value) => filled(command, value)));

      const output = paste(lines);

      expect(output).toMatch(/all of it was read\n$/);
      expect(readdirSync(folder).filter((name) => name === 'PWNED')).toEqual([]);
    });

    test('are shown for ordinary values', () => {
      const shown = commands.flatMap((command) => filled(command, 'api-5d8f9c7b46'));

      expect(shown).toHaveLength(commands.length);
    });
  },
);

test('the test would notice an unquoted value', () => {
  paste(['kubectl get pod x;touch PWNED']);

  expect(readdirSync(folder)).toEqual(['PWNED']);
});
