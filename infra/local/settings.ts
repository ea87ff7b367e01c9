import { ConfigurationError, type ConfigurationProblem } from '../../lib/config/configuration-error.ts';
import * as schemas from '../../lib/config/handler-schemas.ts';
import {
  type Environment,
  loadConfiguration,
  type ReadParameter,
} from '../../lib/config/load-configuration.ts';

/** What `npm start` itself reads, beside the variables it passes on to the handlers. */
export type Settings = { port: number; inboxPort: number | undefined; tickSeconds: number };

/** Tokens for use on one machine only, when no others are given. */
const localDefaults: Record<string, string> = {
  WEBHOOK_TOKENS: 'local=local-webhook-token',
  READ_TOKENS: 'local-read-token',
  WRITE_TOKENS: 'local-write-token',
  ALERT_EMAIL_TO: 'team@cryptofunk.example',
  CRITICAL_ALERT_EMAIL_TO: 'oncall@cryptofunk.example',
  SMTP_FROM: 'first-responder@cryptofunk.example',
};

/** Numbers out of PORT, INBOX_PORT and LOCAL_TICK_SECONDS. Throws a ConfigurationError that names the bad ones. */
export function readSettings(environment: Environment): Settings {
  const problems: ConfigurationProblem[] = [];
  function number(variable: string, fallback: number | undefined, max: number): number | undefined {
    const text = environment[variable]?.trim();
    if (!text) return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= 1 && value <= max) return value;
    problems.push({ variable, problem: `must be a whole number from 1 to ${max}` });
    return undefined;
  }
  const port = number('PORT', 3000, 65_535);
  const inboxPort = number('INBOX_PORT', undefined, 65_535);
  const tickSeconds = number('LOCAL_TICK_SECONDS', 60, 3_600);
  if (problems.length > 0 || port === undefined || tickSeconds === undefined) {
    throw new ConfigurationError(problems);
  }
  return { port, inboxPort, tickSeconds };
}

/** The given variables, with the local defaults for those that are missing and not in Parameter Store either. */
export function withLocalDefaults(environment: Environment, port: number): Record<string, string> {
  const given = Object.entries(environment).filter((entry): entry is [string, string] =>
    Boolean(entry[1]?.trim()),
  );
  const variables = Object.fromEntries(given);
  const defaults = { ...localDefaults, PUBLIC_URL: `http://localhost:${port}` };
  for (const [variable, value] of Object.entries(defaults)) {
    if (!variables[variable] && !variables[`${variable}_PARAMETER`]) variables[variable] = value;
  }
  return variables;
}

/**
 * Checks the variables against the schema of every handler, as each will do at its cold start, so that a bad one
 * is told before anything is started. What the stand-ins will provide is taken as given.
 */
export async function checkConfiguration(
  variables: Environment,
  readParameter: ReadParameter,
): Promise<void> {
  const queue = 'http://local';
  const provided = {
    TABLE_NAME: 'local',
    DIAGNOSE_QUEUE_URL: queue,
    DIAGNOSE_DEAD_LETTERS_URL: queue,
    DELIVER_QUEUE_URL: queue,
  };
  const problems = new Map<string, ConfigurationProblem>();
  for (const schema of Object.values(schemas)) {
    try {
      await loadConfiguration<typeof schema.shape>(schema, readParameter, { ...provided, ...variables });
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      for (const problem of error.problems) problems.set(problem.variable, problem);
    }
  }
  if (problems.size > 0) throw new ConfigurationError([...problems.values()]);
}
