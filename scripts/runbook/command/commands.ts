import type { Commands } from '../../command-line/run-commands.ts';

const HELP = `Usage: npm run runbook -- COMMAND [options]

  lint             check all runbooks, what Slack would show of them and, with --rules, Prometheus' alerting rules
  test ALERT       run an alert's checks against what the environment points at, and show the notice; sends nothing
  explain ALERT    show what would run for an alert and who would be told; asks nobody

npm run runbook -- COMMAND --help shows more. Exit codes: 0 fine, 1 mistakes were found or nothing could be
checked, 2 called wrongly.`;

/** `npm run runbook`: commands for people who write runbooks. */
export const runbookCommands: Commands = {
  name: 'npm run runbook',
  help: HELP,
  commands: {
    lint: async () => (await import('./lint-command.ts')).lintCommand,
    test: async () => (await import('./test-command.ts')).testCommand,
    explain: async () => (await import('./explain-command.ts')).explainCommand,
  },
};
