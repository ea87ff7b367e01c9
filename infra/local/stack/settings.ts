import * as z from 'zod/mini';
import { incidentCatalog } from '../../../.build/runbook-catalog.ts';
import * as schemas from '../../../lib/config/handler-schemas.ts';
import {
  ConfigurationError,
  type ConfigurationProblem,
  type Environment,
  loadConfiguration,
  loadWithMailLists,
  type ReadParameter,
} from '../../../lib/config/load-configuration.ts';
import { createVariable, parsePort, parseUrl, parseWholeNumber } from '../../../lib/config/variables.ts';

/** The variables of `npm start` itself, in addition to those of the functions. */
const settingsSchema = z.object({
  PORT: z._default(z.optional(createVariable(parsePort)), 3000),
  INBOX_PORT: z.optional(createVariable(parsePort)),
  // Deployed it is a minute; here somebody waits for the alert that they have just played.
  LOCAL_TICK_SECONDS: z._default(
    z.optional(createVariable((value) => parseWholeNumber(value, 1, 3_600))),
    10,
  ),
  /** Functions that were bundled before, as by `npx serverless package` in .esbuild/.build; absent: bundled now. */
  LOCAL_FUNCTIONS_FOLDER: z.optional(z.string()),
  AWS_ENDPOINT_URL_DYNAMODB: z.optional(createVariable(parseUrl)),
  AWS_ENDPOINT_URL_SQS: z.optional(createVariable(parseUrl)),
});

export type Settings = z.output<typeof settingsSchema>;

/** Tokens and addresses for use on one machine only, when no others are given. */
const localDefaults: Record<string, string> = {
  WEBHOOK_TOKENS: 'local=local-webhook-token',
  READ_TOKENS: 'local-read-token',
  WRITE_TOKENS: 'local-write-token',
  SMTP_FROM: 'first-responder@cryptofunk.example',
};

/** Every mail list of routing.yaml with an address of its own: DESK_EMAIL_TO is desk@cryptofunk.example. */
function localMailLists(): Record<string, string> {
  return Object.fromEntries(
    incidentCatalog.mailLists.map((list) => {
      const name = list
        .replace(/_EMAIL_TO$/, '')
        .toLowerCase()
        .replaceAll('_', '-');
      return [list, `${name}@cryptofunk.example`];
    }),
  );
}

/** Values that the stand-ins will provide, so that the check finds them. */
const provided = {
  TABLE_NAME: 'local',
  DIAGNOSE_QUEUE_URL: 'http://local',
  DIAGNOSE_DEAD_LETTERS_URL: 'http://local',
  DELIVER_QUEUE_URL: 'http://local',
  DELIVER_DEAD_LETTERS_URL: 'http://local',
};

/** The given variables, with local defaults for those that are missing and not in Parameter Store either. */
export function withLocalDefaults(environment: Environment, port: number): Record<string, string> {
  const given = Object.entries(environment).filter((entry): entry is [string, string] =>
    Boolean(entry[1]?.trim()),
  );
  const variables = Object.fromEntries(given);
  const defaults = { ...localDefaults, ...localMailLists(), PUBLIC_URL: `http://localhost:${port}` };
  for (const [variable, value] of Object.entries(defaults)) {
    if (!variables[variable] && !variables[`${variable}_PARAMETER`]) variables[variable] = value;
  }
  return variables;
}

/**
 * Checks all variables at once, also against the schema of every function, as each will do at its cold start. So a bad
 * one is reported before anything starts. Throws a ConfigurationError that names all of them.
 */
export async function readSettings(
  environment: Environment,
  readParameter: ReadParameter,
): Promise<Settings> {
  const problems = new Map<string, ConfigurationProblem>();
  const problem = (variable: string, why: string) => problems.set(variable, { variable, problem: why });

  const settings = await loadConfiguration(settingsSchema, readParameter, environment).catch(
    keep((each) => problems.set(each.variable, each)),
  );
  const variables = { ...provided, ...withLocalDefaults(environment, settings?.PORT ?? 0) };
  for (const create of Object.values(schemas)) {
    const schema = create();
    await loadConfiguration<typeof schema.shape>(schema, readParameter, variables).catch(
      keep((each) => problems.set(each.variable, each)),
    );
  }
  await loadWithMailLists(
    schemas.createTickSchema(),
    incidentCatalog.mailLists,
    readParameter,
    variables,
  ).catch(keep((each) => problems.set(each.variable, each)));
  if (settings?.INBOX_PORT !== undefined && settings.INBOX_PORT === settings.PORT) {
    problem('INBOX_PORT', 'must be another port than PORT');
  }
  const { DIAGNOSE_QUEUE_URL, DELIVER_QUEUE_URL, AWS_ENDPOINT_URL_SQS } = environment;
  if (!DIAGNOSE_QUEUE_URL !== !DELIVER_QUEUE_URL) {
    problem(
      DIAGNOSE_QUEUE_URL ? 'DELIVER_QUEUE_URL' : 'DIAGNOSE_QUEUE_URL',
      'is required when the other queue is given',
    );
  }
  if (DIAGNOSE_QUEUE_URL && DELIVER_QUEUE_URL && !AWS_ENDPOINT_URL_SQS) {
    problem('AWS_ENDPOINT_URL_SQS', 'is required when queues are given');
  }
  if (problems.size > 0 || settings === undefined) throw new ConfigurationError([...problems.values()]);
  return settings;
}

/** Collects the variables of a ConfigurationError; any other error is thrown again. */
function keep(add: (problem: ConfigurationProblem) => void): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const problem of error.problems) add(problem);
  };
}
