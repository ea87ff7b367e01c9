import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../scripts/command-line/usage-error.ts';
import { ackCommand } from '../../../scripts/incidents/change-command.ts';
import { readConnection } from '../../../scripts/incidents/connection.ts';
import { exportCommand } from '../../../scripts/incidents/export-command.ts';
import { listCommand } from '../../../scripts/incidents/list-command.ts';
import { redriveCommand } from '../../../scripts/incidents/redrive-command.ts';
import { reportCommand } from '../../../scripts/incidents/report-command.ts';
import { showCommand } from '../../../scripts/incidents/show-command.ts';
import { statsCommand } from '../../../scripts/incidents/stats-command.ts';
import { calledWith } from '../../support/processes/run-command.ts';

const commands = {
  list: listCommand,
  show: showCommand,
  stats: statsCommand,
  ack: ackCommand,
  export: exportCommand,
  report: reportCommand,
  redrive: redriveCommand,
};

describe('a wrong call is answered with one sentence, before anybody is asked', () => {
  test.each<[keyof typeof commands, string[], RegExp]>([
    ['list', ['--opne'], /^Unknown option '--opne'; npm run incidents -- list --help shows the options\.$/],
    ['list', ['open'], /^"open" is one word too many\.$/],
    ['list', ['--open', '--resolved'], /^Give --open or --resolved, not both/],
    ['list', ['--severity', 'burning'], /^--severity takes critical, warning, info, not "burning"\.$/],
    ['list', ['--since', 'monday'], /^--since takes a length like 90m, 12h, 7d or 2w, not "monday"\.$/],
    ['list', ['--since', '0d'], /^--since takes a length/],
    ['list', ['--since', '1d', '--from', '2026-11-24'], /^Give --since or --from, not both\.$/],
    ['list', ['--to', '2026-11-24T03:00'], /^--to takes 2026-11-24 or 2026-11-24T03:00:00Z, not/],
    ['list', ['--limit', '0'], /^--limit takes a whole number from 1 to 999999, not "0"\.$/],
    ['show', [], /^Say which incident: npm run incidents -- show ID;/],
    ['show', ['..'], /^"\.\." is no incident's id\.$/],
    ['show', ['a', 'b'], /^"b" is one word too many\.$/],
    ['report', [], /^Say which incident: /],
    ['ack', ['k.1', '--as-of', 'now'], /^--as-of takes a version/],
    ['ack', ['k.1', '--by', ' '], /^Say who you are: --by NAME\.$/],
    ['stats', ['--from', '24.11.2026'], /^--from takes 2026-11-24/],
    ['export', ['--format', 'xml'], /^--format takes csv or jsonl, not "xml"\.$/],
    ['export', ['--format', 'csv', '--json'], /^--json does not go with --format csv\.$/],
    ['redrive', ['all'], /^"all" is one word too many\.$/],
  ])('%s %j', async (command, args, sentence) => {
    const running = commands[command](calledWith(args));

    await expect(running).rejects.toThrow(UsageError);
    await expect(running).rejects.toThrow(sentence);
  });
});

describe('where to ask, and as whom', () => {
  const environment = { FIRST_RESPONDER_URL: 'https://fr.example/', FIRST_RESPONDER_TOKEN: 'of-environment' };

  test.each([
    ['the environment', {}, environment, { url: 'https://fr.example', token: 'of-environment' }],
    [
      'the command line, which wins',
      { url: 'http://other:1/prefix/', token: 't' },
      environment,
      { url: 'http://other:1/prefix', token: 't' },
    ],
    [
      'this machine, when no address is given',
      {},
      { FIRST_RESPONDER_TOKEN: 't' },
      { url: 'http://localhost:3000', token: 't' },
    ],
  ])('is taken from %s', (_where, given, env, connection) => {
    expect(readConnection(given, env)).toEqual(connection);
  });

  test.each<[string, { url?: string; token?: string }, NodeJS.ProcessEnv, RegExp]>([
    ['no token', {}, {}, /^There is no token: set FIRST_RESPONDER_TOKEN/],
    ['an empty token', {}, { FIRST_RESPONDER_TOKEN: ' ' }, /^There is no token/],
    ['a token of two lines', { token: 'secret\nx' }, {}, /^The token has characters in it/],
    ['a name for an address', { url: 'localhost' }, environment, /^--url takes an address like https:/],
    ['another scheme', {}, { ...environment, FIRST_RESPONDER_URL: 'ftp://x' }, /^FIRST_RESPONDER_URL takes/],
    ['a query', { url: 'https://x?token=secret' }, environment, /^--url takes an address/],
    ['a password', { url: 'https://a:secret@b' }, environment, /^--url takes no name and password/],
  ])('is not known with %s, and the sentence holds no secret', (_what, given, env, sentence) => {
    const reading = () => readConnection(given, env);

    expect(reading).toThrow(UsageError);
    expect(reading).toThrow(sentence);
    expect(reading).not.toThrow(/secret/);
  });
});
