import { Terminal } from '@xterm/headless';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import { escapeControls } from '../../../scripts/command-line/escape-controls.ts';
import { incidentsCommands } from '../../../scripts/incidents/commands.ts';
import { safeLine } from '../../../scripts/incidents/safe-text.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { runHere } from '../../support/processes/run-command.ts';
import { stopServing } from '../../support/servers/serve.ts';
import { READ_TOKEN, serveApi } from '../../support/servers/served-api.ts';
import { findEscapes } from '../payloads/find-escapes.ts';
import { shownWords } from '../payloads/harmless.ts';
import { storeHostileIncidents } from '../payloads/hostile-incidents.ts';
import { payloads } from '../payloads/payloads.ts';

// Written to a terminal's own emulator: what it did, and not what the text looks like.

const WIDTH = 1_500;

type Seen = { lines: string[]; did: string[] };

/** A screen that has shown a text between two lines of ours, and all that the terminal did besides. */
async function show(text: string): Promise<Seen> {
  const terminal = new Terminal({ cols: WIDTH, rows: 4, scrollback: 5_000, allowProposedApi: true });
  const did: string[] = [];
  terminal.onTitleChange((title) => did.push(`title ${title}`));
  terminal.onBell(() => did.push('bell'));
  terminal.onData((answer) => did.push(`typed ${JSON.stringify(answer)}`));
  for (const number of [0, 4, 7, 8, 9, 10, 11, 12, 52]) {
    terminal.parser.registerOscHandler(number, () => {
      did.push(`OSC ${number}`);
      return false;
    });
  }
  for (const final of 'ABCDEFGHIJKLMPSTXZ`abcdefghilmnpqrstu') {
    terminal.parser.registerCsiHandler({ final }, () => {
      did.push(`CSI ${final}`);
      return false;
    });
  }
  await new Promise<void>((resolve) =>
    terminal.write(`before\r\n${text.replaceAll('\n', '\r\n')}\r\nafter`, resolve),
  );
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: active.length },
    (_, at) => active.getLine(at)?.translateToString(true) ?? '',
  );
  terminal.dispose();
  return { lines: lines.slice(0, lines.lastIndexOf('after') + 1), did };
}

const shortOnes = payloads.filter(({ text }) => text.length < 1_000);

it('terminal: a label on one line is one line of text, and the terminal does nothing', async () => {
  const escapes = await findEscapes(async (text) => {
    const { lines, did } = await show(safeLine(text));

    expect(did).toEqual([]);
    expect(lines).toHaveLength(3);
    expect([lines[0], lines[2]]).toEqual(['before', 'after']);
    const words = shownWords(text);
    // Escape sequences are removed whole, so of such a text other words remain.
    if (words !== undefined && !/\p{Cc}/u.test(text))
      expect(comparable(lines[1] ?? '')).toContain(comparable(words));
  }, shortOnes);

  expect(escapes).toEqual([]);
});

it('terminal: whatever a command prints is shown spelled, and the terminal does nothing', async () => {
  const escapes = await findEscapes(async (text) => {
    const { lines, did } = await show(escapeControls(text));

    expect(did).toEqual([]);
    expect([lines[0], lines.at(-1)]).toEqual(['before', 'after']);
  }, shortOnes);

  expect(escapes).toEqual([]);
});

/** The emulator has cells for what is as wide as nothing only beside another character. */
function comparable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cf}\p{Mn}\u3164\u115f\u0085]/gu, '')
    .replace(/\s+/g, '');
}

let url: string;
let ids: string[];

beforeAll(async () => {
  const world = createMemoryWorld(systemClock.now());
  ids = await storeHostileIncidents(world, systemClock.now());
  url = await serveApi(world, {
    list: async () => ({ count: 0, letters: [], unreadable: 0 }),
    redrive: async () => ({ redriven: 0, remaining: 0 }),
  });
});
afterAll(stopServing);

it.each([
  ['list', () => ['list', '--since', '30d']],
  ['show', () => ['show', ids[0] ?? '']],
  ['report', () => ['report', ids[0] ?? '']],
  ['export', () => ['export', '--format', 'csv', '--since', '30d']],
  ['export as JSON lines', () => ['export', '--format', 'jsonl', '--since', '30d']],
  ['list --json', () => ['list', '--json', '--since', '30d']],
])('terminal: npm run incidents -- %s, of incidents full of payloads, moves no terminal', async (_, args) => {
  const environment = { FIRST_RESPONDER_URL: url, FIRST_RESPONDER_TOKEN: READ_TOKEN };

  const { code, stdout, stderr } = await runHere(incidentsCommands, args(), { environment });
  const { did, lines } = await show(stdout.replaceAll('\r\n', '\n'));

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(did).toEqual([]);
  expect(lines.length).toBeGreaterThan(4);
  expect(stdout).toContain('evil');
});
