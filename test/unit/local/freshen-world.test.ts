import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshenStatements } from '../../../infra/local/postgres/freshen-world.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';

/** Every time column of the world's tables, as `table.column`. */
function columnsOf(file: string): string[] {
  const sql = readFileSync(`infra/local/postgres/sample-world/${file}.sql`, 'utf8');
  return [...sql.matchAll(/CREATE TABLE (\w+) \(([^;]*)\);/g)].flatMap(([, table = '', body = '']) =>
    [...body.matchAll(/^\s*(\w+) timestamptz/gm)].map(([, column = '']) => `${table}.${column}`),
  );
}

describe('keeping the sample world fresh', () => {
  it('moves every time that its tables hold', () => {
    const moved = freshenStatements(MINUTE).map((statement) =>
      statement.replace(/^UPDATE (\w+) SET (\w+) .*$/, '$1.$2'),
    );

    expect(moved.toSorted()).toEqual([...columnsOf('trading'), ...columnsOf('vectors')].toSorted());
  });

  it('moves on by the time that has passed what was at most 90 min old, and nothing into the future', () => {
    const [statement] = freshenStatements(10 * MINUTE).filter((each) => each.includes('UPDATE orders'));

    expect(statement).toContain("SET created_at = least(created_at + interval '600000 milliseconds', now())");
    expect(statement).toContain("WHERE created_at > now() - interval '6000000 milliseconds'");
  });

  it.each([0, -MINUTE])('moves nothing when %i ms have passed', (passed) => {
    expect(freshenStatements(passed)).toEqual([]);
  });
});
