import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { escapeControls, guardConsole } from '../../scripts/command-line/escape-controls.ts';
import { runbookCommands } from '../../scripts/runbook/command/commands.ts';
import { runHere, runNpmScript } from '../support/processes/run-command.ts';

/** Clears the screen, sets the title, opens a link (OSC 8), colours, C1's CSI, and turns the direction. */
const HOSTILE =
  '\u001b[2J\u001b]0;title\u0007\u001b]8;;http://evil.example\u001b\\x\u001b[31m\u009b1A\u202ecod.\r';
const OBEYED = /(?![\t\n])\p{Cc}|\p{Bidi_Control}|[\u2028\u2029\ufeff]/u;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'first-responder-terminal-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function payloadFile(): string {
  const file = join(folder, 'payload.json');
  const labels = { alertname: 'AgentDown', agent: HOSTILE };
  const alert = {
    status: 'firing',
    labels,
    annotations: { summary: HOSTILE },
    startsAt: '2026-11-24T03:12:00Z',
  };
  writeFileSync(file, JSON.stringify({ status: 'firing', alerts: [alert] }));
  return file;
}

function rulesFile(): string {
  const file = join(folder, 'rules.yml');
  const rule = { alert: `A${HOSTILE}`, expr: 'up == 0', labels: { severity: HOSTILE } };
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'g', rules: [rule] }] }));
  return file;
}

describe('npm run runbook', () => {
  test.each<[string, () => string[]]>([
    ['explain', () => ['explain', 'AgentDown', '--labels', `agent=${HOSTILE}`]],
    ['explain an alert without a runbook', () => ['explain', `A${HOSTILE}`, '--labels', `agent=${HOSTILE}`]],
    ['explain with an invalid option', () => ['explain', `--${HOSTILE}`]],
    ['test', () => ['test', 'AgentDown', '--payload', payloadFile()]],
    ['lint', () => ['lint', '--rules', rulesFile()]],
    ['lint a folder that is not there', () => ['lint', `no${HOSTILE}`]],
    ['a command that there is not', () => [HOSTILE]],
  ])('%s prints nothing that a terminal obeys', async (_what, args) => {
    const { stdout, stderr } = await runHere(runbookCommands, args());

    expect(`${stdout}${stderr}`).not.toBe('');
    expect(stdout).not.toMatch(OBEYED);
    expect(stderr).not.toMatch(OBEYED);
  });

  test('explain shows such a label, spelled', async () => {
    const { stdout } = await runHere(runbookCommands, [
      'explain',
      'AgentDown',
      '--labels',
      `agent=${HOSTILE}`,
    ]);

    expect(stdout).toContain('\\u001b[2J');
  });

  test.each<[string, () => string[]]>([
    ['explain', () => ['explain', 'AgentDown', '--labels', `agent=${HOSTILE}`, '--json']],
    ['test', () => ['test', 'AgentDown', '--payload', payloadFile(), '--json']],
    ['lint', () => ['lint', '--rules', rulesFile(), '--json']],
  ])('%s --json prints JSON that a terminal does not obey', async (_what, args) => {
    const { stdout } = await runHere(runbookCommands, args());

    expect(stdout).not.toMatch(OBEYED);
    expect(JSON.parse(stdout)).toBeTypeOf('object');
  });
});

test.each([
  ['play', ['HighErrorRate', '--labels', HOSTILE]],
  ['play', [`A${HOSTILE}`]],
  ['seed', [`1${HOSTILE}`, HOSTILE]],
  ['preview', [`--${HOSTILE}`]],
])('npm run %s complains about %j without what a terminal obeys', async (name, args) => {
  const { stderr } = await runNpmScript(name, args);

  expect(stderr).not.toBe('');
  expect(stderr).not.toMatch(OBEYED);
});

describe('a guarded console', () => {
  test('keeps the bold and the colours of a command, and no other sequence', () => {
    const lines: unknown[] = [];
    const printing = { log: (text: unknown) => lines.push(text), error: () => undefined };

    guardConsole(printing, { styles: true }).log(
      '\u001b[31m\u001b[1mred\u001b[22m\u001b[39m \u001b[8mhidden\u001b[2J',
    );

    expect(lines).toEqual(['\u001b[31m\u001b[1mred\u001b[22m\u001b[39m \\u001b[8mhidden\\u001b[2J']);
  });

  test('means the same in JSON, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(HOSTILE)), (text) => {
        const printed = escapeControls(JSON.stringify({ text }, null, 2));

        expect(printed).not.toMatch(OBEYED);
        expect(JSON.parse(printed)).toEqual({ text });
      }),
    );
  });
});
