import type { Commands } from '../command-line/run-commands.ts';

const HELP = `Usage: npm run incidents -- COMMAND [options]

  list         the latest incidents, or those that are open, of one alert, of one week …
  show ID      one incident: its alerts, what needs attention, what happened, who was notified
  stats        how often what fires, and how fast people are
  ack ID       take an incident; its reminders end
  resolve ID   end an incident by hand
  report ID    a draft of the post-mortem, as Markdown
  export       a whole range as CSV or JSON lines
  redrive      send the notices again that could not be sent

Which deployment is meant, and the token for it, are in FIRST_RESPONDER_URL (http://localhost:3000) and
FIRST_RESPONDER_TOKEN. ack, resolve and redrive need a write token, all others are content with a read token.

npm run incidents -- COMMAND --help shows more. With --json a command prints what the API said, for programs: then
npm run -s incidents keeps npm's own lines out of it.

Exit codes: 0 done; 1 the answer is no: nothing was found, nothing had to be changed, something is left over, or the
request was refused; 2 called wrongly; 3 first-responder cannot be reached or does not work, or the token has no
right to this.`;

/** `npm run incidents`: the incidents of any deployment, from a terminal. */
export const incidentsCommands: Commands = {
  name: 'npm run incidents',
  help: HELP,
  commands: {
    list: async () => (await import('./list-command.ts')).listCommand,
    show: async () => (await import('./show-command.ts')).showCommand,
    stats: async () => (await import('./stats-command.ts')).statsCommand,
    ack: async () => (await import('./change-command.ts')).ackCommand,
    resolve: async () => (await import('./change-command.ts')).resolveCommand,
    report: async () => (await import('./report-command.ts')).reportCommand,
    export: async () => (await import('./export-command.ts')).exportCommand,
    redrive: async () => (await import('./redrive-command.ts')).redriveCommand,
  },
};
