/**
 * Writes the JSON Schema of what is posted to webhooks into docs/webhook.md. `--check`, part of `npm run check`, only
 * compares. It is made of lib/channels/webhook/body-schema.ts, to which tests hold what is rendered.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { webhookBodySchema } from '../lib/channels/webhook/body-schema.ts';
import { runGenerator } from './write-changed.ts';

const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'webhook.md');
const BLOCK = /(## JSON Schema[\s\S]*?```json\n)([\s\S]*?)(\n```)/;

const HELP = `Usage: npm run docs:webhook [-- --check]

Writes the JSON Schema of webhooks into docs/webhook.md.

  --check   write nothing; exit code 1 if the document has another
  --help    show this`;

function makeDocument(written: string): string | undefined {
  const schema = z.toJSONSchema(webhookBodySchema);
  const [, begin = '', shown = '', end = ''] = BLOCK.exec(written) ?? [];
  // The formatter lays it out in its own way.
  if (isDeepStrictEqual(JSON.parse(shown), JSON.parse(JSON.stringify(schema)))) return undefined;
  return written.replace(BLOCK, () => begin + JSON.stringify(schema, null, 2) + end);
}

process.exitCode = runGenerator({
  help: HELP,
  file: DOCUMENT,
  stale: 'docs/webhook.md has another schema than body-schema.ts; npm run docs:webhook writes it.',
  make: makeDocument,
});
