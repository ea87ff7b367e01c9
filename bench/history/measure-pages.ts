import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import type { DynamoTable } from '../../lib/adapters/dynamodb/table/table.ts';
import { deriveCursorKey } from '../../lib/core/history/cursor.ts';
import { readIncidentQuery } from '../../lib/core/history/query-schema.ts';
import type { Millis } from '../../lib/core/shared/time.ts';
import { type IncidentPage, listIncidents } from '../../lib/flow/history/list-incidents.ts';
import type { Question } from './questions.ts';

/** The cost of one page. `ms` is the median of several times. */
export type PageCost = { incidents: number; readUnits: number; queries: number; ms: number };

/** Adds up the consumption that DynamoDB reports for a client's reads. */
export type ConsumedReads = { take(): { readUnits: number; queries: number } };

/** Makes every later read ask for its consumption. */
export function countReads(client: DynamoDBClient): ConsumedReads {
  let readUnits = 0;
  let queries = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'QueryCommand') return next(args);
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
      const { output } = result;
      for (const consumed of 'ConsumedCapacity' in output ? [output.ConsumedCapacity].flat() : []) {
        if (consumed !== undefined && 'CapacityUnits' in consumed) readUnits += consumed.CapacityUnits ?? 0;
      }
      queries += 1;
      return result;
    },
    { step: 'initialize', name: 'countReads' },
  );
  return {
    take() {
      const taken = { readUnits, queries };
      readUnits = 0;
      queries = 0;
      return taken;
    },
  };
}

/** Asks each question like GET /incidents, cursors included, so many `times`; by the question's name. */
export async function measurePages(
  table: DynamoTable,
  reads: ConsumedReads,
  questions: Question[],
  { now, times: often }: { now: Millis; times: number },
): Promise<Map<string, PageCost>> {
  const history = createDynamoHistory(table);
  const key = deriveCursorKey({ READ_TOKENS: ['a token of the measurement'] });

  async function ask(parameters: Record<string, string>): Promise<IncidentPage> {
    const reading = readIncidentQuery(parameters, now, { key, categories: [parameters['category'] ?? ''] });
    if (reading.kind === 'refused') throw new Error(reading.reason);
    return listIncidents({ history }, reading.query, key);
  }

  const costs = new Map<string, PageCost>();
  for (const { name, parameters, pagesBefore = 0 } of questions) {
    let asked = parameters;
    for (let page = 0; page < pagesBefore; page += 1) {
      const { cursor } = await ask(asked);
      if (cursor === undefined) throw new Error(`${name}: there are only ${page + 1} pages`);
      asked = { ...parameters, cursor };
    }
    const times: number[] = [];
    let cost = { incidents: 0, readUnits: 0, queries: 0 };
    for (let time = 0; time < often; time += 1) {
      reads.take();
      const started = performance.now();
      const { incidents } = await ask(asked);
      times.push(performance.now() - started);
      cost = { incidents: incidents.length, ...reads.take() };
    }
    costs.set(name, { ...cost, ms: Math.round(times.toSorted((a, b) => a - b)[Math.floor(often / 2)] ?? 0) });
  }
  return costs;
}
