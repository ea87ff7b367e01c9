import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

const silenceSchema = z.looseObject({
  id: z.string(),
  matchers: z.array(
    z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean() }),
  ),
  createdBy: z.string(),
  comment: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  status: z.object({ state: z.string() }),
});
const alertSchema = z.looseObject({
  labels: z.record(z.string(), z.string()),
  status: z.object({ state: z.string(), silencedBy: z.array(z.string()) }),
});

export type AmtoolSilence = z.infer<typeof silenceSchema>;
export type AmtoolAlert = z.infer<typeof alertSchema>;

/** Alertmanager's own command, as an operator uses it. It comes with Debian's prometheus-alertmanager. */
export function amtool(url: string) {
  async function ask(...args: string[]): Promise<string> {
    const command = process.env['AMTOOL_BINARY'] ?? 'amtool';
    const { stdout } = await run(command, [`--alertmanager.url=${url}`, '--output=json', ...args]);
    return stdout;
  }
  return {
    async addAlert(labels: Record<string, string>): Promise<void> {
      await ask('alert', 'add', ...Object.entries(labels).map(([name, value]) => `${name}=${value}`));
    },
    /** The silences that are not expired. */
    silences: async (): Promise<AmtoolSilence[]> =>
      z.array(silenceSchema).parse(JSON.parse(await ask('silence', 'query'))),
    /** With `--silenced`, also those that are silenced. */
    alerts: async (...flags: string[]): Promise<AmtoolAlert[]> =>
      z.array(alertSchema).parse(JSON.parse(await ask('alert', 'query', ...flags))),
    expire: (id: string): Promise<string> => ask('silence', 'expire', id),
  };
}
