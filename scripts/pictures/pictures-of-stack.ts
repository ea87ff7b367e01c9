import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { playIncident } from '../../infra/local/play/play-incident.ts';
import { sampleAlerts } from '../../infra/local/play/sample-alerts.ts';
import type { Closers } from '../../infra/local/stack/closers.ts';
import { pickTwoPorts } from '../../infra/local/stack/ports.ts';
import { firstToken, type ReadyStack } from '../../infra/local/stack/ready-stack.ts';
import { run } from '../../infra/local/stack/run.ts';
import { withLocalDefaults } from '../../infra/local/stack/settings.ts';
import { StartError, startPart } from '../../infra/local/stack/start-error.ts';
import { createDynamoDirtyHours } from '../../lib/adapters/dynamodb/statistics/dirty-hours.ts';
import type { Environment } from '../../lib/config/load-configuration.ts';
import { waitFor } from '../../test/support/processes/wait-for.ts';
import { startChromium } from '../../test/support/servers/headless-chromium.ts';
import { compileRunbooks } from '../compile-runbooks.ts';
import { countHours } from '../seed/count-hours.ts';
import { findTable } from '../seed/find-table.ts';
import { seedHistory } from '../seed/seed-history.ts';
import { pictureConsole, pictureNotice } from './take-pictures.ts';

const SAMPLE = 'DatabaseConnectionPoolCritical';
const RUNBOOKS = join(import.meta.dirname, '..', '..', 'runbooks');
/** A little more than the 30 days of the console's picture. */
const INCIDENTS = 1_200;
const RECORDS = 300;

export type Picture = { name: string; png: Uint8Array };

type Options = { closers: Closers; stop: AbortSignal; say(line: string): void };

/**
 * Starts a local stack of its own, fills it, and takes its pictures. Undefined when it was stopped; throws a StartError
 * when a requirement is missing. Every started part is registered with `closers`.
 */
export async function picturesOfStack(options: Options): Promise<Picture[] | undefined> {
  const { closers, stop, say } = options;
  // First, because machines most often lack this.
  const browser = await startPart('Chromium', 'the pictures stay as they are', () =>
    startChromium(browserOptions),
  );
  closers.add(browser);
  const environment = await ownEnvironment();
  let pictures: Picture[] | undefined;
  say('Starting a local stack …');
  await run({
    environment,
    verbose: false,
    closers,
    stop,
    say: (line) => {
      // Only what the functions log as a problem; the rest does not help the caller.
      if (line.startsWith('{')) say(line);
    },
    async whenReady(stack) {
      pictures = await showAndLook(stack, browser, environment, options);
      return 'leave';
    },
  });
  return stop.aborted ? undefined : pictures;
}

const browserOptions = {
  // This process handles Ctrl-C and then stops everything in order.
  handleSIGINT: false,
  handleSIGTERM: false,
  handleSIGHUP: false,
};

/** Without the caller's own configuration: a picture must never send a notice to real people. */
async function ownEnvironment(): Promise<Environment> {
  const { PATH, HOME, FIRST_RESPONDER_CI_RUN } = process.env;
  const [port, inboxPort] = await pickTwoPorts();
  return {
    PATH,
    HOME,
    FIRST_RESPONDER_CI_RUN,
    PORT: String(port),
    INBOX_PORT: String(inboxPort),
    LOCAL_TICK_SECONDS: '2',
  };
}

async function showAndLook(
  stack: ReadyStack,
  browser: Browser,
  environment: Environment,
  { stop, say }: Options,
): Promise<Picture[]> {
  // The notice first: in a filled history it would name other alerts with every run.
  say(`Playing ${SAMPLE} …`);
  await play(stack);
  const notice = await pictureNotice(browser, `http://127.0.0.1:${environment['INBOX_PORT']}`, SAMPLE);

  say(`Filling the history with ${INCIDENTS.toLocaleString('en')} incidents …`);
  await fillHistory(environment, stop);
  say('Looking at the console …');
  const { READ_TOKENS } = withLocalDefaults(environment, Number(environment['PORT']));
  const console = await pictureConsole(browser, stack.url, firstToken(READ_TOKENS) ?? '');
  return [
    { name: 'slack-notice.png', png: notice },
    { name: 'console.png', png: console },
  ];
}

async function play({ url, token = '', prometheusUrl, arrivals }: ReadyStack): Promise<void> {
  const alerts = sampleAlerts(SAMPLE, prometheusUrl) ?? [];
  const { messages } = await playIncident({ url, token, alerts, status: 'firing', arrivals });
  if (messages.length === 0) throw new StartError(`No notice of ${SAMPLE} has arrived.`);
}

/** Waits until the stack's ticks have counted the history for the statistics. */
async function fillHistory(environment: Environment, stop: AbortSignal): Promise<void> {
  const found = await findTable(environment, false);
  if (typeof found === 'string' || found.own) throw new StartError('The stack does not tell its table.');
  const { table } = found;
  const now = Date.now();
  try {
    await seedHistory({
      table,
      catalog: compileRunbooks(RUNBOOKS),
      now,
      seed: 1,
      count: INCIDENTS,
      withRecords: RECORDS,
      afterFilled: (table, again) => countHours(table, again(), { now, withRecords: RECORDS }),
      stop,
      onProgress: () => undefined,
    });
    const marks = createDynamoDirtyHours(table);
    await waitFor(
      'the statistics',
      async () => {
        const counted = (await marks.list()).every(({ markedAt, countedAt = 0 }) => countedAt > markedAt);
        return counted || stop.aborted ? true : undefined;
      },
      { everyMs: 500 },
    );
  } finally {
    await found.close();
  }
}
