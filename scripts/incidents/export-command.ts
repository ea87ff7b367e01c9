import type { CommandCall } from '../command-line/command.ts';
import { escapeControls } from '../command-line/escape-controls.ts';
import { readArguments } from '../command-line/read-arguments.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { type Api, createApi, type Parameters } from './api.ts';
import { CONNECTION_HELP, connectionOptions, readConnection } from './connection.ts';
import { FILTER_HELP, filterOptions, readFilters } from './filters.ts';
import { noMore } from './positionals.ts';
import { RequestError } from './request-error.ts';
import { safeCsv } from './safe-text.ts';

const COMMAND = 'npm run incidents -- export';

const HELP = `Usage: ${COMMAND} [--format csv|jsonl] [options]

Writes all incidents of a range to standard output, the newest first, as they come: the last 30 days, unless told
otherwise. > incidents.csv keeps it; npm run -s leaves npm's own lines out.

  --format csv   or jsonl, one incident a line; --json is the same as --format jsonl. In CSV a cell that a spreadsheet
                 would run as a formula begins with an apostrophe: programs are better off with jsonl
${FILTER_HELP}
${CONNECTION_HELP}
  --help         show this

Exit codes: 0 all is written, 1 the request was refused, 2 called wrongly, 3 cannot be reached or no right; after 1
and 3 what was written is not all.`;

/** The output is harmless at a terminal and means the same in a file. */
const formats: Readonly<Record<string, (text: string) => string>> = { csv: safeCsv, jsonl: escapeControls };

export async function exportCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: COMMAND, help: HELP }, call, {
    ...connectionOptions,
    ...filterOptions,
    format: { type: 'string' },
  });
  if (!asked) return 0;
  const { values, positionals } = asked;
  noMore(positionals);
  const format = values.format ?? (values.json ? 'jsonl' : 'csv');
  const safe = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (!safe) throw new UsageError(`--format takes csv or jsonl, not ${JSON.stringify(format)}.`);
  if (values.json && format === 'csv') throw new UsageError('--json does not go with --format csv.');
  const parameters = readFilters(values, Date.now());

  const api = createApi(readConnection(values, call.environment));
  for await (const text of parts(api, `/incidents.${format}`, parameters)) {
    await write(safe(text), call);
  }
  return 0;
}

async function* parts(api: Api, path: string, parameters: Parameters): AsyncGenerator<string> {
  let part = await api.getPart(path, { parameters });
  yield part.text;
  while (part.next !== undefined) {
    const { next } = part;
    part = await api.getPart(path, { next });
    if (part.next === next) throw new RequestError(3, 'The export does not come to an end.');
    yield part.text;
  }
}

/** Waits for the reader, so that a large export is never in memory as a whole. */
function write(text: string, { stdout }: CommandCall): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
