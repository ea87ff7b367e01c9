/**
 * `npm start`: the whole system on this machine. Only Node's own modules are imported before the first try, so that
 * a missing package can be reported in one sentence.
 */
import { parseArgs } from 'node:util';
import { guardConsole } from '../../../scripts/command-line/escape-controls.ts';
import { createClosers } from './closers.ts';
import { sentenceFor, stopOnSignals } from './process-end.ts';

const HELP = `Usage: npm start [-- options]

Runs the functions of serverless.yml on this machine, with an embedded stand-in for each part whose variable is
not set: DynamoDB (AWS_ENDPOINT_URL_DYNAMODB), SQS (AWS_ENDPOINT_URL_SQS), PostgreSQL (DATABASE_URL), Prometheus
(PROMETHEUS_URL), Alertmanager's API (ALERTMANAGER_URL), Kubernetes (KUBERNETES_URL), the services that are checked
(HTTP_TARGETS), mail (SMTP_HOST), Slack (SLACK_API_URL, SLACK_BOT_TOKEN or SLACK_WEBHOOK_URL).

  --no-demo   play no sample incident
  --verbose   show every line that the functions write, not only warnings and errors
  --help      show this

PORT (3000) is the API's port, INBOX_PORT (the next one) the inbox page's, LOCAL_TICK_SECONDS (10) the time between
two ticks. LOCAL_FUNCTIONS_FOLDER runs functions that were made before, as by npx serverless package in .esbuild/.build. All other variables are in README.md.
`;

const color = process.stdout.isTTY && !process.env.NO_COLOR;
const output = guardConsole(console, { styles: color });

async function main(): Promise<number> {
  const options = readArguments();
  if (typeof options === 'string') {
    output.error(options);
    return 1;
  }
  if (options.help) {
    output.log(HELP);
    return 0;
  }

  const closers = createClosers();
  const stop = stopOnSignals();
  try {
    const { run } = await import('./run.ts');
    const { playDemo } = await import('../play/demo.ts');
    const say = (text: string) => output.log(text);
    await run({
      environment: process.env,
      verbose: options.verbose,
      closers,
      stop,
      say,
      async whenReady(stack) {
        if (!options['no-demo']) await playDemo(stack, { color, say });
        return 'stay';
      },
    });
    return 0;
  } catch (error) {
    if (!stop.aborted) output.error(sentenceFor(error));
    return stop.aborted ? 0 : 1;
  } finally {
    await closers.closeAll();
  }
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        'no-demo': { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
    return values;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('. ')[0] : String(error);
    return `${why}; npm start -- --help shows the options.`;
  }
}

process.exitCode = await main();
// A leftover such as an idle connection must not keep the process alive.
process.exit();
