import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { type HeldPort, holdFreePort } from '../stack/ports.ts';
import { type PrometheusPrograms, startPrometheusServer } from './prometheus-server.ts';
import { startPrometheusStandIn } from './prometheus-stand-in.ts';
import type { LocalPrometheus } from './scraped-world.ts';

export type LocalPrometheusOptions = {
  /** Folders to search for programs, as in PATH. */
  path: string;
  now(): Millis;
  /** The port; any free one when absent. */
  held?: HeldPort;
};

export type RunningLocalPrometheus = LocalPrometheus & {
  /** Names the real one or the stand-in, for people. */
  says: string;
  /** The start of the sample world. */
  start: Millis;
};

/**
 * The real Prometheus when it and promtool are on PATH, else the stand-in. If the real one cannot start, the stand-in
 * replaces it, and the output says so.
 */
export async function startLocalPrometheus(options: LocalPrometheusOptions): Promise<RunningLocalPrometheus> {
  const { now } = options;
  const start = now();
  const held = options.held ?? (await holdFreePort());
  const programs = await findPrograms(options.path);
  let why = 'prometheus and promtool are not on PATH';
  if (programs !== undefined) {
    try {
      const real = await startPrometheusServer({ programs, start, now, held });
      return { ...real, start, says: `the real one at ${real.url}` };
    } catch (error) {
      why = `the real one could not be started: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  const standIn = await startPrometheusStandIn({ start, now, held });
  return { ...standIn, start, says: `stand-in at ${standIn.url} (${why})` };
}

async function findPrograms(path: string): Promise<PrometheusPrograms | undefined> {
  const [prometheus, promtool] = await Promise.all([onPath('prometheus', path), onPath('promtool', path)]);
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}

async function onPath(program: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, program);
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && usable) return file;
  }
  return undefined;
}
