import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
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

export type RouteHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * The route's handler as a new process has it: it reads the environment at its first request. A handler that another
 * test file in this process has used keeps the table of that file.
 */
export async function importHandler({ file }: Pick<ServiceRoute, 'file'>): Promise<RouteHandler> {
  imports += 1;
  const path = join(import.meta.dirname, '..', '..', '..', `${file}.ts`);
  const module: { handler: RouteHandler } = await import(`${path}?import=${imports}`);
  return module.handler;
}

let imports = 0;

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
