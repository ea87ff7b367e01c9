import * as z from 'zod/mini';
import * as words from './descriptions.ts';
import { fileSchemas } from './file-schemas.ts';

type Json = Record<string, unknown>;

/** The folder of schemas, in that of the runbooks. */
export const SCHEMA_FOLDER = 'schema';

type Described = [schema: z.ZodMiniType, described: words.Words, title: string];

/** Every schema, with the descriptions of its keys and its title. */
const schemas: Record<keyof typeof fileSchemas, Described> = {
  runbook: [fileSchemas.runbook, words.runbook, 'A runbook of first-responder: what is known about an alert'],
  default: [fileSchemas.default, words.runbook, 'The runbook of first-responder for every other alert'],
  routing: [fileSchemas.routing, words.routing, 'Where first-responder sends notices'],
  escalation: [fileSchemas.escalation, words.escalation, 'When first-responder tells whom next'],
  contacts: [fileSchemas.contacts, words.contacts, 'Whom first-responder can address'],
  heartbeat: [fileSchemas.heartbeat, words.heartbeat, 'By what first-responder knows that a source lives'],
  severities: [fileSchemas.severities, words.severities, 'Other words for a severity'],
};

/** The JSON Schemas by which editors check and explain files under runbooks/: file name and text. */
export function jsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, described]) => [`${name}.json`, text(...described)]),
  );
}

/** The schema of a file of the runbooks folder. */
export function schemaFor(name: string): string {
  return /^(alerts[\\/]|(heartbeat-missing|alertmanager-payload-too-large)\.ya?ml$)/.test(name)
    ? 'runbook.json'
    : name.replace(/\.ya?ml$/, '.json');
}

function text(...[schema, described, title]: Described): string {
  // Editors' YAML support knows draft 7 best.
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  const written = describe(rest, described);
  return `${JSON.stringify({ $schema, title, ...written }, null, 2)}\n`;
}

/** The same schema with a description at each key that has one. */
function describe(schema: Json, described: words.Words): Json {
  const kind = kindOf(schema);
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      switch (key) {
        case 'properties':
          return [key, isJson(value) ? describeKeys(value, described, kind) : value];
        case 'items':
        case 'additionalProperties':
          return [key, isJson(value) ? describe(value, described) : value];
        case 'oneOf':
        case 'anyOf':
          return [
            key,
            Array.isArray(value) ? value.filter(isJson).map((each) => describe(each, described)) : value,
          ];
        default:
          return [key, value];
      }
    }),
  );
}

function describeKeys(properties: Json, described: words.Words, kind: string[]): Json {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const known = [...kind.map((each) => `${each}.${key}`), key]
        .map((name) => described[name])
        .find(Boolean);
      if (!isJson(value) || known === undefined) return [key, value];
      const [description, inner] = typeof known === 'string' ? [known, {}] : known;
      return [key, { description, ...describe(value, inner) }];
    }),
  );
}

/** `http.health` and `http` for a step of that kind, whose keys may mean other things than elsewhere. */
function kindOf({ properties }: Json): string[] {
  const constants = ['kind', 'read'].map((key) => {
    const property = isJson(properties) ? properties[key] : undefined;
    return isJson(property) && typeof property['const'] === 'string' ? property['const'] : undefined;
  });
  const [kind, read] = constants;
  return kind === undefined ? [] : [...(read === undefined ? [] : [`${kind}.${read}`]), kind];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
