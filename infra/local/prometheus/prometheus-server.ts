import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Millis } from '../../../lib/core/shared/time.ts';
import type { HeldPort } from '../stack/ports.ts';
import { removeFolderNow } from '../stack/remove-folder.ts';
import { stopProgram } from '../stack/stop-program.ts';
import { startExporter } from './exporter.ts';
import { openMetrics } from './exposition.ts';
import { NAME } from './promql/labels.ts';
import { type LocalPrometheus, SCRAPE_INTERVAL, scrapedWorld } from './scraped-world.ts';

/** Paths of the real programs. */
export type PrometheusPrograms = { prometheus: string; promtool: string };

export type PrometheusServerOptions = {
  programs: PrometheusPrograms;
  /** The start of the sample world; just now, so that its past can be filled in. */
  start: Millis;
  now(): Millis;
  /** The port to use; it is released just before the server starts. */
  held: HeldPort;
};

const POLL_MS = 50;
/** Prometheus has its own `up`; a second one would be a duplicate. */
const ITSELF = 'prometheus';

/**
 * The real Prometheus on loopback, however long its start takes, in a temporary folder of its own. The sample world's
 * past before `start` is filled in. From then on it scrapes an exporter of the same series. Throws one sentence when it
 * cannot start.
 */
export async function startPrometheusServer(options: PrometheusServerOptions): Promise<LocalPrometheus> {
  const { programs, start, now, held } = options;
  const folder = await mkdtemp(join(tmpdir(), 'first-responder-prometheus-'));
  let server: ChildProcess | undefined;
  let exporter: Awaited<ReturnType<typeof startExporter>> | undefined;
  // However this process ends, the server and its folder are removed with it.
  const onExit = () => {
    server?.kill('SIGKILL');
    removeFolderNow(folder);
  };
  async function close(): Promise<void> {
    if (server) await stopProgram(server, 'SIGTERM', 'SIGKILL');
    await exporter?.close();
    await rm(folder, { recursive: true, force: true });
    process.off('exit', onExit);
  }

  process.on('exit', onExit);
  try {
    const world = scrapedWorld(start, start);
    await fillIn(programs.promtool, folder, openMetrics(world.series, timesOf(world)));
    exporter = await startExporter(
      world.series.filter(({ labels }) => labels[NAME] !== 'up' || labels.job !== ITSELF),
      now,
    );
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(configuration(exporter.port)));
    const address = `127.0.0.1:${held.port}`;
    await held.letGo();
    server = spawn(
      programs.prometheus,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        // By default, every web page may read it.
        '--web.cors.origin=none',
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const url = `http://${address}`;
    await untilReady(server, url);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** YAML, written as JSON. Labels stay as they are exported, whatever their target. */
function configuration(exporterPort: number) {
  return {
    global: { scrape_interval: `${SCRAPE_INTERVAL / 1_000}s` },
    scrape_configs: [
      {
        job_name: ITSELF,
        honor_labels: true,
        static_configs: [{ targets: [`127.0.0.1:${exporterPort}`], labels: { instance: `${ITSELF}:9090` } }],
      },
    ],
  };
}

function timesOf({ from, until, every }: { from: Millis; until: Millis; every: Millis }): Millis[] {
  return Array.from({ length: Math.floor((until - from) / every) + 1 }, (_, n) => from + n * every);
}

/** Turns OpenMetrics text into blocks of a database. */
async function fillIn(promtool: string, folder: string, text: string): Promise<void> {
  const file = join(folder, 'history.txt');
  await writeFile(file, text);
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data')];
  const child = spawn(promtool, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const output = collect(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(lastLine(output()) ?? `promtool ended with ${code}`);
  await rm(file);
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  const output = collect(server);
  let failed: Error | undefined;
  server.once('error', (error) => {
    failed = error;
  });
  for (;;) {
    if (failed !== undefined) throw failed;
    if (server.exitCode !== null || server.signalCode !== null) {
      throw new Error(lastLine(output()) ?? 'Prometheus ended at once');
    }
    const answer = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await pause(POLL_MS);
  }
}

const MAX_SAID = 10_000;

/** Keeps the pipe empty and its last lines at hand. */
function collect(child: ChildProcess): () => string {
  let output = '';
  child.stderr?.on('data', (chunk) => {
    output = (output + String(chunk)).slice(-MAX_SAID);
  });
  return () => output;
}

function lastLine(output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.trim());
  const line = lines.findLast((each) => /err=|error/i.test(each)) ?? lines.findLast((each) => each !== '');
  return line === undefined ? undefined : (/err="?(.*?)"?$/.exec(line)?.[1] ?? line);
}
