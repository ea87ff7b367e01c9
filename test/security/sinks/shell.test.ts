import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fillCommands } from '../../../lib/core/diagnosis/fill-commands.ts';
import type { Command } from '../../../lib/core/runbook/runbook.ts';
import { ourRunbooks } from '../../support/factories/our-runbooks.ts';
import { payloads } from '../payloads/payloads.ts';

// Lines are pasted into a real bash in an empty folder, history expansion included: what ran there, and with which words.

/** Pieces with which a value breaks out of quotes, or makes redaction break them for it. */
const pieces = [
  ...'\' " ` \\ ; & | # * ~ > } ) \n \r'.split(' '),
  ' ',
  '$(',
  '${',
  '!!',
  '<(',
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
const random = fc.sample(
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 }).map((chosen) => chosen.join('')),
  { numRuns: 150, seed: 20 },
);
const values = [...payloads.map(({ text }) => text).filter((text) => text.length < 1_000), ...random];

const runbooks = [
  ...Object.values(ourRunbooks.runbooks),
  ourRunbooks.defaultRunbook,
  ...(ourRunbooks.heartbeat.runbook ? [ourRunbooks.heartbeat.runbook] : []),
].filter(({ commands }) => commands.some(({ command }) => command.includes('{{')));

let folder: string;
let outside: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pasted-'));
  outside = mkdtempSync(join(tmpdir(), 'recorded-'));
});

afterEach(() => {
  for (const each of [folder, outside]) rmSync(each, { recursive: true });
});

/** The command with the value in every hole, under every condition. */
function filled({ text, command }: Command, value: string): string[] {
  const everywhere = command.replace(/\{\{.*?\}\}/gs, '{{ labels.value }}');
  return fillCommands([{ text, command: everywhere }], { labels: { value }, findings: {} }).flatMap((each) =>
    each.withheld === undefined ? [each.command] : [],
  );
}

/** A command of ours writes a file of this name, as its line says. */
const OWN_FILE = /^trading_sessions-before-[\w%+.:=@,-]*\.csv$/;

/** Programs that our runbooks' commands run, and what their pipes run. */
const PROGRAMS = 'kubectl amtool go sleep kill grep tr xargs psql id reboot tee ls curl'.split(' ');

/**
 * Lines as a person pastes them. Programs are functions that do nothing, so that a thousand lines start no process; what a payload
 * runs, and any other program, leaves a file.
 */
function paste(lines: string[]): { output: string; left: string[] } {
  const script = [
    'PATH=/nonexistent',
    'set -o history -o histexpand',
    ...PROGRAMS.map((name) => `${name}() { :; }`),
    'pwn() { echo > PWNED; }',
    'touch() { echo > PWNED; }',
    'command_not_found_handle() { printf "%s\\n" "$1" >> STRANGE; }',
    ...lines,
    'wait',
    'echo all of it was read',
  ];
  const output = bash(script);
  return { output, left: readdirSync(folder).filter((name) => !OWN_FILE.test(name)) };
}

function bash(script: string[]): string {
  return execFileSync('bash', ['--norc', '--noprofile'], {
    cwd: folder,
    input: `${script.join('\n')}\n`,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HISTFILE: '/dev/null', HOME: folder },
    stdio: ['pipe', 'pipe', 'ignore'],
    maxBuffer: 64 << 20,
  });
}

describe.each(runbooks.map((each) => [each.alertname, each] as const))(
  'shell: the commands of %s',
  (_, { commands }) => {
    test('run nothing of a label or a finding, and leave nothing, when they are pasted into bash', () => {
      const lines = commands.flatMap((command) => values.flatMap((value) => filled(command, value)));

      const { output, left } = paste(lines);

      expect(output).toMatch(/all of it was read\n$/);
      expect(left).toEqual([]);
      expect(lines.length).toBeGreaterThan(100);
    });

    test('are shown for ordinary values', () => {
      const shown = commands.flatMap((command) => filled(command, 'api-5d8f9c7b46'));

      expect(shown).toHaveLength(commands.length);
    });
  },
);

/** A place in a line, and the words that the program must get for a value in it. */
const places: [string, string, (value: string) => string[]][] = [
  ['a word of its own', 'record get {{ labels.value }}', (value) => ['get', value]],
  [
    'the end of a word',
    'record deployment/{{ labels.value }} -o wide',
    (value) => [`deployment/${value}`, '-o', 'wide'],
  ],
  [
    'the value of an option',
    'record --selector=app={{ labels.value }}',
    (value) => [`--selector=app=${value}`],
  ],
  ['double quotes', 'record -c "SELECT {{ labels.value }};"', (value) => ['-c', `SELECT ${value};`]],
  ['single quotes', "record -c 'SELECT {{ labels.value }}'", (value) => ['-c', `SELECT ${value}`]],
  ['two places', 'record {{ labels.value }} x{{ labels.value }}', (value) => [value, `x${value}`]],
];

test.each(places)('shell: a value in %s reaches the program as exactly that word', (_, command, words) => {
  const written = join(outside, 'argv');
  const bin = join(outside, 'bin');
  mkdirSync(bin);
  // A program and no function: its words went through all that bash does to start one.
  writeFileSync(
    join(bin, 'record'),
    `#!/bin/sh\nprintf '%s\\0' "$@" >> ${written}\nprintf '\\n\\0' >> ${written}\n`,
    {
      mode: 0o755,
    },
  );
  const shown = values.flatMap((value) =>
    filled({ text: 'x', command }, value).map((line) => ({ value, line })),
  );

  bash([`PATH=${bin}`, 'set -o history -o histexpand', ...shown.map(({ line }) => line)]);

  const calls = readFileSync(written, 'utf8').split('\n\0').slice(0, -1);
  expect(readdirSync(folder)).toEqual([]);
  expect(calls).toHaveLength(shown.length);
  expect(calls.map((call) => call.split('\0').slice(0, -1))).toEqual(shown.map(({ value }) => words(value)));
  expect(shown.length).toBeGreaterThan(20);
});

test('shell: an interactive bash, with a terminal, reads such lines the same', () => {
  const command = { text: 'x', command: 'pwned_by {{ labels.value }} app={{ labels.value }}' };
  const lines = values.flatMap((value) => filled(command, value));
  const script = join(outside, 'typed');
  const typed = [
    'PS1=',
    'pwned_by() { :; }',
    'pwn() { echo > PWNED; }',
    'touch() { pwn; }',
    ...lines,
    'echo READ > DONE',
  ];
  writeFileSync(script, `${typed.join('\n')}\nexit\n`);

  execFileSync('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
    cwd: folder,
    input: readFileSync(script),
    env: { PATH: process.env['PATH'], HISTFILE: '/dev/null', HOME: folder, TERM: 'dumb' },
    stdio: ['pipe', 'ignore', 'ignore'],
    maxBuffer: 64 << 20,
  });

  expect(readdirSync(folder)).toEqual(['DONE']);
});

test('shell: an unquoted value would be noticed', () => {
  expect(paste(['kubectl get pod x;touch PWNED']).left).toEqual(['PWNED']);
  expect(paste(['kubectl get pod x;unknown-program']).left).toContain('STRANGE');
});
