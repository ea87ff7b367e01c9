import { formatUtc } from '../../lib/core/shared/time.ts';
import type { CommandCall } from '../command-line/command.ts';
import { readArguments } from '../command-line/read-arguments.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { changeSchema, readAnswer, type ShownIncident } from './answers.ts';
import { createApi } from './api.ts';
import { CONNECTION_HELP, connectionOptions, readConnection } from './connection.ts';
import { incidentId, pathOf } from './positionals.ts';
import { printJson } from './print-json.ts';
import { safeLine } from './safe-text.ts';

const options = { ...connectionOptions, by: { type: 'string' }, note: { type: 'string' } } as const;

const OPTIONS_HELP = `  --by NAME      who does it, as others will read it ($USER)
  --note TEXT    what they should know`;

const END_HELP = `  --json         {outcome, incident} instead of a sentence
${CONNECTION_HELP}
  --help         show this

It takes a write token. Exit codes: 0 done, 1 there was nothing to change or no such incident, 2 called wrongly,
3 cannot be reached or no right.`;

const ACK = 'npm run incidents -- ack';
const RESOLVE = 'npm run incidents -- resolve';

const ACK_HELP = `Usage: ${ACK} ID [options]

Takes an incident: the reminders end, and everybody who was notified sees who has it.

${OPTIONS_HELP}
  --as-of N      the version that was seen, as show has it: what has come since is not taken along (the current one)
${END_HELP}`;

const RESOLVE_HELP = `Usage: ${RESOLVE} ID [options]

Ends an incident by hand. Should its alerts fire on, it reopens after the runbook's reopen_window.

${OPTIONS_HELP}
${END_HELP}`;

export async function ackCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: ACK, help: ACK_HELP }, call, {
    ...options,
    'as-of': { type: 'string' },
  });
  if (!asked) return 0;
  const { values, positionals } = asked;
  const asOf = readVersion(values['as-of']);
  return change(call, values, {
    path: pathOf(incidentId(positionals, ACK), '/acknowledge'),
    body: { ...personOf(values, call.environment), asOf },
    done: ({ acknowledgedBy }) => `acknowledged by ${acknowledgedBy ?? 'somebody'}`,
  });
}

export async function resolveCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: RESOLVE, help: RESOLVE_HELP }, call, options);
  if (!asked) return 0;
  const { values, positionals } = asked;
  return change(call, values, {
    path: pathOf(incidentId(positionals, RESOLVE), '/resolve'),
    body: personOf(values, call.environment),
    done: () => 'resolved',
  });
}

type Change = { path: string; body: object; done(incident: ShownIncident): string };

async function change(
  call: CommandCall,
  values: { url?: string | undefined; token?: string | undefined; json: boolean },
  { path, body, done }: Change,
): Promise<number> {
  const answer = await createApi(readConnection(values, call.environment)).post(path, body);
  const { outcome, incident } = readAnswer(changeSchema, answer);
  const about = `${incident.severity.toUpperCase()} ${incident.alertname} (${incident.id})`;
  if (values.json) printJson(call, answer);
  else if (outcome === 'changed') call.console.log(safeLine(`${about} is ${done(incident)}.`));
  else call.console.error(safeLine(`Nothing was changed: ${about} is ${stateOf(incident)}.`));
  return outcome === 'changed' ? 0 : 1;
}

function stateOf({ status, resolvedAt, acknowledgedBy, acknowledgedAt }: ShownIncident): string {
  if (status === 'resolved') {
    return `resolved${resolvedAt === undefined ? '' : ` since ${formatUtc(Date.parse(resolvedAt))}`}`;
  }
  if (acknowledgedBy === undefined) return 'open';
  const at = acknowledgedAt === undefined ? '' : ` since ${formatUtc(Date.parse(acknowledgedAt))}`;
  return `acknowledged by ${acknowledgedBy}${at}`;
}

function personOf(
  { by, note }: { by?: string | undefined; note?: string | undefined },
  { USER, LOGNAME }: NodeJS.ProcessEnv,
) {
  const name = by ?? USER ?? LOGNAME ?? '';
  if (name.trim() === '') throw new UsageError('Say who you are: --by NAME.');
  return { by: name, note };
}

function readVersion(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new UsageError(`--as-of takes a version, a whole number, not ${JSON.stringify(text)}.`);
}
