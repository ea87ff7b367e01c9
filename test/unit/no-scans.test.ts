import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');

/** What reads a table from end to end, or may. */
const SCANS =
  /\b(Scan(?:Command)|paginateScan|\.scan\(|(?:Batch)?ExecuteStatement|ExecuteTransaction|ExportTableToPointInTime|PartiQL)/i;

describe('the table', () => {
  it('is never scanned: no code names a command that could', () => {
    const files = ['lib', 'handlers', 'scripts', 'infra'].flatMap((folder) => sources(join(ROOT, folder)));

    const found = files.filter((file) => SCANS.test(readFileSync(file, 'utf8')));

    expect(files.length).toBeGreaterThan(200);
    expect(found.map((file) => relative(ROOT, file))).toEqual([]);
  });

  it.each([
    'new ScanCommand({})',
    'paginateScan(',
    'table.scan({',
    'new ExecuteStatementCommand(',
    "'dynamodb:PartiQLSelect'",
  ])('would be found to be scanned by %s', (text) => {
    expect(SCANS.test(text)).toBe(true);
  });

  it('is asked for nothing that no role allows, such as deleting an item', () => {
    const commands = sources(join(ROOT, 'lib', 'adapters', 'dynamodb'))
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bnew (\w+)Command\(/g)])
      .map(([, command]) => command);

    expect(new Set(commands)).toEqual(new Set(['GetItem', 'Query', 'PutItem', 'UpdateItem']));
  });

  it('may be scanned by no role', () => {
    const actions = grantedActions(readFileSync(join(ROOT, 'infra', 'roles.yml'), 'utf8'));

    const onTable = actions.filter((action) => !/^(logs|ssm|sqs|sts):[A-Z]\w+$/.test(action));

    expect(new Set(onTable)).toEqual(
      new Set(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem']),
    );
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|cjs|mjs|js|yml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every `Action` of every statement, whoever's role it is. */
function grantedActions(text: string): string[] {
  const actions: string[] = [];
  JSON.stringify(parse(text, { logLevel: 'silent' }), (name, value: unknown) => {
    if (name === 'Action') actions.push(...[value].flat().map(String));
    return value;
  });
  return actions;
}
