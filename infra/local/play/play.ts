/**
 * `npm run play`: an alert of the sample world, from the webhook to the notice. Only Node's own modules are imported
 * before the first try, so that a missing package can be reported in one sentence.
 */
import { parseArgs } from 'node:util';
import { guardConsole } from '../../../scripts/command-line/escape-controls.ts';
import { UsageError } from '../../../scripts/command-line/usage-error.ts';
import { readLabels } from '../../../scripts/runbook/command/read-labels.ts';
import { createClosers } from '../stack/closers.ts';
import { sentenceFor, stopOnSignals } from '../stack/process-end.ts';

const HELP = `Usage: npm run play -- ALERT... [options]

Plays alerts of the sample world: posts what Alertmanager would post, waits, and shows what people were told. It uses
the stack that npm start runs on PORT (3000), and without one starts its own and stops it afterwards.

  --all            play every alert there is a runbook for
  --list           list them
  --labels A=B,…   play one alert with these labels instead of the sample's; a comma in a value is \\,
  --resolved       play its end
  --json           print incidents, messages and mails for programs
  --help           show this

Exit codes: 0 people were told, 1 they were not, 2 wrong usage.
`;

const color = process.stdout.isTTY && !process.env.NO_COLOR;
const output = guardConsole(console, { styles: color });

type Options = {
  alertnames: string[];
  labels?: Record<string, string>;
  status: 'firing' | 'resolved';
  json: boolean;
};

async function main(): Promise<number> {
  const closers = createClosers();
  const stop = stopOnSignals();
  try {
    const { sampleAlertnames } = await import('./sample-alerts.ts');
    const known = sampleAlertnames();
    const options = readArguments(known);
    if (options === 'help') return say(HELP, 0);
    if (options === 'list') return say(known.join('\n'), 0);
    if (typeof options === 'string') return complain(options, 2);

    const { findRunningStack } = await import('./running-stack.ts');
    const { playAll } = await import('./play-all.ts');
    const running = await findRunningStack(process.env, () =>
      output.error('The stack on PORT is starting; waiting for it …'),
    );
    if (running !== undefined) return await playAll(running, { ...options, color, output });

    let code = 1;
    const { run } = await import('../stack/run.ts');
    const { holdFreePort } = await import('../stack/ports.ts');
    const free = await holdFreePort();
    await free.letGo();
    output.error('No stack runs here; starting one …');
    await run({
      environment: { ...process.env, PORT: String(free.port) },
      verbose: false,
      closers,
      stop,
      say: (line) => {
        // Only what the functions log as a problem; the rest does not help the caller.
        if (line.startsWith('{')) output.error(line);
      },
      async whenReady(stack) {
        code = await playAll(stack, { ...options, color, output });
        return 'leave';
      },
    });
    return code;
  } catch (error) {
    return stop.aborted ? 130 : complain(sentenceFor(error), 1);
  } finally {
    await closers.closeAll();
  }
}

function readArguments(known: string[]): Options | 'help' | 'list' | (string & {}) {
  let parsed: ReturnType<typeof parsedArguments>;
  try {
    parsed = parsedArguments();
  } catch (error) {
    return `${error instanceof Error ? error.message.split('. ')[0] : String(error)}; --help shows the options.`;
  }
  const { values, positionals } = parsed;
  if (values.help) return 'help';
  if (values.list) return 'list';
  const alertnames = values.all ? known : positionals;
  const [first] = alertnames;
  if (first === undefined) return 'Which alert? --list names them, --help shows the options.';
  const unknown = alertnames.find((name) => !known.includes(name));
  if (unknown !== undefined) return `There is no sample of ${unknown}; --list names those that there are.`;
  const labels = values.labels === undefined ? undefined : labelsOf(values.labels);
  if (typeof labels === 'string') return labels;
  if (labels !== undefined && alertnames.length > 1) return '--labels goes with one alert.';
  return {
    alertnames,
    labels,
    status: values.resolved ? 'resolved' : 'firing',
    json: values.json,
  };
}

function parsedArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      labels: { type: 'string', multiple: true },
      resolved: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
}

/** The invalid arguments, in one sentence. */
function labelsOf(texts: string[]): Record<string, string> | string {
  try {
    return readLabels(texts);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

function say(text: string, code: number): number {
  output.log(text);
  return code;
}

function complain(sentence: string, code: number): number {
  output.error(sentence);
  return code;
}

process.exitCode = await main();
// A leftover such as an idle connection must not keep the process alive.
process.exit();
