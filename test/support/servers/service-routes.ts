import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** One HTTP route of serverless.yml: `GET /incidents`, its two parts, and the file of its handler. */
export type ServiceRoute = { route: string; method: string; path: string; file: string };

const serviceSchema = z.object({
  functions: z.record(
    z.string(),
    z.object({
      handler: z.string(),
      environment: z.record(z.string(), z.unknown()).default({}),
      events: z.array(z.object({ httpApi: z.string().optional() })).default([]),
    }),
  ),
});

function serviceFunctions() {
  const file = join(import.meta.dirname, '..', '..', '..', 'serverless.yml');
  const service: unknown = parse(readFileSync(file, 'utf8'), { logLevel: 'silent', merge: true });
  return Object.values(serviceSchema.parse(service).functions);
}

/** Every HTTP route, so that tests of all routes include a new one by themselves. */
export function serviceRoutes(): ServiceRoute[] {
  return serviceFunctions().flatMap(({ handler, events }) =>
    events.flatMap(({ httpApi }) => {
      const [method = '', path = ''] = httpApi?.split(' ') ?? [];
      return httpApi === undefined
        ? []
        : [{ route: httpApi, method, path, file: handler.split('.')[0] ?? '' }];
    }),
  );
}

/** The names of the functions' variables. */
export function serviceVariables(): string[] {
  return serviceFunctions().flatMap(({ environment }) => Object.keys(environment));
}
