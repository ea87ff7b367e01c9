/**
 * `npm start`: the whole system on this machine. Only Node's own modules are imported before the first try, so
 * that a package that is missing can be told in one sentence as well.
 */
import { parseArgs } from 'node:util';
import { createClosers } from './closers.ts';

const HELP = `Usage: npm start [-- options]

Runs the functions of serverless.yml on this machine, with an embedded stand-in for each part whose variable is
not set: DynamoDB (AWS_ENDPOINT_URL_DYNAMODB), SQS (AWS_ENDPOINT_URL_SQS), PostgreSQL (DATABASE_URL),
mail (SMTP_HOST), Slack (SLACK_API_URL, SLACK_BOT_TOKEN or SLACK_WEBHOOK_URL).

  --no-demo   play no sample incident
  --verbose   show every line that the functions write, not only warnings and errors
  --help      show this

PORT (3000) is the API's port, INBOX_PORT (the next one) the inbox page's, LOCAL_TICK_SECONDS (60) the time between
two ticks. All other variables are in README.md.
`;

/** npm passes a Ctrl-C on that the terminal has sent as well; only a later one is a second Ctrl-C. */
const SAME_KEYPRESS = 500;

async function main(): Promise<number> {
  const options = readArguments();
  if (typeof options === 'string') {
    console.error(options);
    return 1;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }

  const closers = createClosers();
  const stop = stopOnSignals();
  try {
    const { run } = await import('./run.ts');
    await run({
      environment: process.env,
      demo: !options['no-demo'],
      verbose: options.verbose,
      color: process.stdout.isTTY && !process.env.NO_COLOR,
      closers,
      stop,
      say: (text) => console.log(text),
    });
    return 0;
  } catch (error) {
    if (!stop.aborted) console.error(sentenceFor(error));
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

/** The first SIGINT or SIGTERM stops in order, a later one at once. */
function stopOnSignals(): AbortSignal {
  const stopping = new AbortController();
  let first = 0;
  function onSignal(): void {
    if (!stopping.signal.aborted) {
      first = Date.now();
      console.log('\nStopping …');
      stopping.abort();
      return;
    }
    if (Date.now() - first > SAME_KEYPRESS) process.exit(130);
  }
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stopping.signal;
}

/** One sentence for whatever went wrong; the errors of this project are sentences already. */
function sentenceFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(error.message)?.[1];
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND' && missing !== undefined) {
    return `The package ${missing} is missing; run npm ci first.`;
  }
  if (error.name === 'StartError' || error.name === 'ConfigurationError') return error.message;
  return `The local stack cannot run: ${error.message.split('\n')[0]}`;
}

process.exitCode = await main();
// Whatever a part left behind, such as an idle connection, is no reason to stay.
process.exit();
