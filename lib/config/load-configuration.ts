import * as z from 'zod/mini';
import { createVariable, parseAddresses } from './variables.ts';

/** Reads the value of a parameter in SSM Parameter Store, decrypted. */
export type ReadParameter = (name: string) => Promise<string>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that may be given as NAME_PARAMETER, the name of an SSM parameter, instead. */
const SECRETS: ReadonlySet<string> = new Set([
  'WEBHOOK_TOKENS',
  'READ_TOKENS',
  'WRITE_TOKENS',
  'SLACK_WEBHOOK_URL',
  'SLACK_BOT_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SMTP_USERNAME',
  'SMTP_PASSWORD',
  'DATABASE_URL',
  'PROMETHEUS_URL',
  'ALERTMANAGER_URL',
  'KUBERNETES_TOKEN',
  'HTTP_TARGETS',
  'NOTIFY_WEBHOOKS',
  'NOTIFY_WEBHOOK_SECRET',
]);

/**
 * The variables that a schema names, taken from the environment and, for `NAME_PARAMETER`, from SSM.
 * An empty variable counts as missing. Throws a ConfigurationError that names every bad variable at once.
 */
export async function loadConfiguration<T extends z.core.$ZodShape>(
  schema: z.ZodMiniObject<T>,
  readParameter: ReadParameter,
  environment: Environment = process.env,
): Promise<z.output<z.ZodMiniObject<T>>> {
  const problems: ConfigurationProblem[] = [];
  const values: Record<string, string> = {};
  let cause: unknown;

  for (const variable of Object.keys(schema.shape)) {
    const given = environment[variable]?.trim();
    const parameter = SECRETS.has(variable) ? environment[`${variable}_PARAMETER`]?.trim() : undefined;
    if (given && parameter) {
      problems.push({ variable, problem: `is set twice, also as ${variable}_PARAMETER` });
    }
    if (given) values[variable] = given;
    else if (parameter) {
      try {
        values[variable] = (await readParameter(parameter)).trim();
      } catch (error) {
        cause = error;
        problems.push({
          variable: `${variable}_PARAMETER`,
          problem: 'names a parameter that cannot be read',
        });
      }
    }
  }

  const known = new Set(problems.map(({ variable }) => variable.replace(/_PARAMETER$/, '')));
  const result = schema.safeParse(values);
  for (const { path, message } of result.error?.issues ?? []) {
    const variable = String(path[0] ?? 'environment');
    if (!known.has(variable)) problems.push({ variable, problem: message });
  }
  if (problems.length > 0 || !result.success) throw new ConfigurationError(problems, { cause });
  return result.data;
}

/**
 * Loads a schema, and the mail lists that routing.yaml names: variables with addresses, all optional. One
 * ConfigurationError names every bad variable of both.
 */
export async function loadWithMailLists<T extends z.core.$ZodShape>(
  schema: z.ZodMiniObject<T>,
  names: readonly string[],
  readParameter: ReadParameter,
  environment: Environment = process.env,
): Promise<{ config: z.output<z.ZodMiniObject<T>>; mailLists: Record<string, string[]> }> {
  const listsSchema = z.object(
    Object.fromEntries(names.map((name) => [name, z.optional(createVariable(parseAddresses))])),
  );
  const [config, lists] = await Promise.allSettled([
    loadConfiguration(schema, readParameter, environment),
    loadConfiguration(listsSchema, readParameter, environment),
  ]);
  if (config.status === 'fulfilled' && lists.status === 'fulfilled') {
    const mailLists = Object.entries(lists.value).filter(
      (entry): entry is [string, string[]] => entry[1] !== undefined,
    );
    return { config: config.value, mailLists: Object.fromEntries(mailLists) };
  }
  const errors = [config, lists].flatMap((each) =>
    each.status === 'rejected' ? [each.reason as unknown] : [],
  );
  const other = errors.find((error) => error instanceof Error && !(error instanceof ConfigurationError));
  if (other instanceof Error) throw other;
  const problems = errors.flatMap((error) => (error instanceof ConfigurationError ? error.problems : []));
  throw new ConfigurationError(problems, { cause: errors[0] });
}

/** An unusable variable, and the reason in a few words, which never hold the value. */
export type ConfigurationProblem = { variable: string; problem: string };

/** The environment is unusable; the message is one sentence that names every bad variable. */
export class ConfigurationError extends Error {
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: ConfigurationProblem[], options?: ErrorOptions) {
    super(
      `Bad configuration: ${problems.map(({ variable, problem }) => `${variable} ${problem}`).join('; ')}.`,
      options,
    );
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}
