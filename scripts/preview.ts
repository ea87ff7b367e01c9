import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { guardConsole } from './command-line/escape-controls.ts';

const HELP = `Usage: npm run preview [-- --out FOLDER] [--alert NAME]…

Writes one page with every notice that people would get: for each alert and each reason what is in Slack, the message
and its thread, and the mail. The runbooks' real checks run against the sample world, which is started for it; nothing
is sent. Open the page in a browser: it needs no network and runs no script.

  --out FOLDER    where index.html is written (.preview, which git ignores)
  --alert NAME    only this alert; may be given several times. "default" is an alert without a runbook
  --help          show this

Exit codes: 0 written, 1 Slack would refuse something on it or it could not be made, 2 called wrongly.`;

const FOLDER = join(import.meta.dirname, '..', '.preview');
const RUNBOOKS = join(import.meta.dirname, '..', 'runbooks');

const output = guardConsole(console);

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string', default: FOLDER },
      alert: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  if (values.help) {
    output.log(HELP);
    return 0;
  }
  // Loaded only now, so that --help needs nothing.
  const [{ compileRunbooks }, { galleryPage }, { makePreview }, { previewAlerts }] = await Promise.all([
    import('./compile-runbooks.ts'),
    import('./preview/gallery-page.ts'),
    import('./preview/make-preview.ts'),
    import('./preview/preview-alerts.ts'),
  ]);
  const all = previewAlerts();
  const wanted = all.filter(({ title }) => values.alert.length === 0 || values.alert.includes(title));
  const unknown = values.alert.filter((name) => !all.some(({ title }) => title === name));
  if (unknown.length > 0) {
    output.error(
      `There is no sample alert ${unknown.join(', ')}; there are ${all.map(({ title }) => title).join(', ')}.`,
    );
    return 2;
  }

  output.error('Starting the sample world …');
  let done = 0;
  const rows = await makePreview(compileRunbooks(RUNBOOKS), wanted, ({ title, moments }) => {
    done += 1;
    const count = `${String(done).padStart(2)}/${wanted.length}`;
    output.error(`${count} ${title}: ${moments.length} notices`);
  });
  const folder = resolve(values.out);
  const file = join(folder, 'index.html');
  await mkdir(folder, { recursive: true });
  await writeFile(file, galleryPage(rows));
  const refused = rows.flatMap(({ title, moments }) =>
    moments.filter((each) => each.refused.length > 0).map(({ moment }) => `${title} ${moment.name}`),
  );
  if (refused.length > 0) output.error(`Slack would refuse: ${refused.join(', ')}.`);
  output.log(pathToFileURL(file).href);
  return refused.length > 0 ? 1 : 0;
}

function complain(error: unknown): number {
  const isUsage =
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  output.error(isUsage ? `${message.split('. ')[0]}; npm run preview -- --help shows the options.` : message);
  return isUsage ? 2 : 1;
}

process.exitCode = await main(process.argv.slice(2)).catch(complain);
