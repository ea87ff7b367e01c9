import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../scripts/command-line/usage-error.ts';
import { explainCommand } from '../../../scripts/runbook/command/explain-command.ts';
import { lintCommand } from '../../../scripts/runbook/command/lint-command.ts';
import { testCommand } from '../../../scripts/runbook/command/test-command.ts';
import { calledWith } from '../../support/processes/run-command.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const payload = join(project, 'events', 'alertmanager', 'firing-critical.json');
const resolved = join(project, 'events', 'alertmanager', 'resolved-critical.json');
const readme = join(project, 'README.md');

const commands = { lint: lintCommand, test: testCommand, explain: explainCommand };

describe('a wrong command line is answered with one sentence:', () => {
  test.each<[keyof typeof commands, string[], RegExp]>([
    ['lint', ['/nowhere'], /^There is no folder \/nowhere\.$/],
    ['lint', [readme], /README\.md is not a folder\.$/],
    ['lint', ['lib', 'test'], /^There can be one folder, not lib and test\.$/],
    ['lint', ['--rules', 'nothing-*.yml'], /^There is no rule file nothing-\*\.yml\.$/],
    ['lint', ['--rules'], /^Option '--rules <value>' argument missing; .*lint --help/],
    ['test', [], /^Which alert\? There are runbooks for .*AgentDown/],
    ['test', ['AgentDwon'], /^There is no runbook for AgentDwon\. Did you mean AgentDown\? With --default/],
    ['test', ['agentdown'], /Did you mean AgentDown\?/],
    ['explain', ['SomethingElse'], /^There is no runbook for SomethingElse\. With --default/],
    ['explain', ['toString'], /^There is no runbook for toString\./],
    [
      'explain',
      ['AgentDown', '--labels', 'agent'],
      /^--labels takes name=value,name=value, which "agent" is not\.$/,
    ],
    [
      'explain',
      ['AgentDown', '--at', '2026-12-24 20:00'],
      /^--at takes a time like 2026-12-24T20:00Z, which "2026-12-24 20:00" is not\.$/,
    ],
    ['explain', ['AgentDown', '--at', '2026-02-30T20:00Z'], /^--at takes a time like/],
    ['test', ['AgentDown', '--payload', 'nowhere.json'], /^nowhere\.json cannot be read\.$/],
    ['test', ['AgentDown', '--payload', payload, '--labels', 'a=b'], /not from both\.$/],
    ['test', ['AgentDown', '--payload', payload], /holds no alert AgentDown: it has alerts of DatabaseConn/],
    ['test', ['DatabaseConnectionPoolCritical', '--payload', resolved], /^No alert DatabaseC.* fires\.$/],
    [
      'test',
      ['AgentDown', '--payload', readme],
      /README\.md is not an Alertmanager webhook body: the body is not JSON\.$/,
    ],
  ])('%s %j', async (command, args, sentence) => {
    const error: unknown = await commands[command](calledWith(args)).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(UsageError);
    expect(error instanceof Error ? error.message : '').toMatch(sentence);
  });
});
