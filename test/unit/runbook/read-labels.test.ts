import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readLabels } from '../../../scripts/runbook/command/read-labels.ts';

describe('labels on a command line', () => {
  it('are name=value pairs separated by commas, in one option or several', () => {
    expect(readLabels(['agent=technical-agent,pod=api-1', 'job=api'])).toEqual({
      agent: 'technical-agent',
      pod: 'api-1',
      job: 'api',
    });
  });

  it('may contain an escaped comma or an equals sign, or be empty', () => {
    expect(readLabels(['symbols=BTC\\,ETH,query=a=b,empty='])).toEqual({
      symbols: 'BTC,ETH',
      query: 'a=b',
      empty: '',
    });
  });

  it.each(['agent', 'agent=a,b', '1a=b'])('are refused by name if invalid: %s', (text) => {
    expect(() => readLabels([text])).toThrow(
      /^--labels takes name=value,name=value, which "[^"]+" is not\.$/,
    );
  });

  it('are read alike by npm run play and npm run runbook', () => {
    const play = (...args: string[]) =>
      spawnSync(process.execPath, ['infra/local/play/play.ts', ...args], { encoding: 'utf8' });

    const refused = play('AgentDown', '--labels', 'agent=a,b');
    const help = play('--help');

    expect([refused.status, refused.stderr.trim()]).toEqual([
      2,
      '--labels takes name=value,name=value, which "b" is not.',
    ]);
    expect(help.stdout).toContain('a comma in a value is \\,');
  });
});
