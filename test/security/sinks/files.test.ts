import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { marked, type Token } from 'marked';
import Papa from 'papaparse';
import { afterAll, beforeAll, expect } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../../infra/local/postgres/postgres.ts';
import { createAtomWriter } from '../../../lib/adapters/atom/atom-writer.ts';
import { createCsvWriter } from '../../../lib/adapters/csv/csv-writer.ts';
import { createJsonLog } from '../../../lib/adapters/log/json-log.ts';
import { writeMarkdown } from '../../../lib/adapters/markdown/write-markdown.ts';
import { csvHeader, toCsvRecord } from '../../../lib/core/history/csv-table.ts';
import { buildFeed } from '../../../lib/core/history/feed.ts';
import type { IncidentSummary } from '../../../lib/core/history/history.ts';
import type { Block } from '../../../lib/core/history/report/document.ts';
import { toSummary } from '../../../lib/core/history/summary.ts';
import { parseXml, type XmlElement } from '../../support/assertions/parse-xml.ts';
import { STORED_AT, storedIncident } from '../../support/factories/stored-incident.ts';
import { withAdmin } from '../../support/servers/with-admin.ts';
import { test } from '../../support/vitest/with-database.ts';
import { findEscapes } from '../payloads/find-escapes.ts';
import { HARMLESS, shownWords } from '../payloads/harmless.ts';
import { payloads } from '../payloads/payloads.ts';

// Files that leave the system, read by the programs that people open them with.

let folder: string;
let postgres: LocalPostgres;

test.beforeAll(async ({ server }) => {
  postgres = await startLocalPostgres({ server, trouble: false });
});
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'security-files-'));
  // PostgreSQL may run as somebody else.
  chmodSync(folder, 0o755);
});
afterAll(async () => {
  await postgres.close();
  rmSync(folder, { recursive: true });
});

function summaryOf(text: string): IncidentSummary {
  return {
    ...toSummary(storedIncident({ key: 'k' })),
    alertname: text,
    source: text,
    category: text,
    group: { [text]: text },
    acknowledgedBy: text,
    acknowledgedAt: STORED_AT,
  };
}

/** Cells that hold text from outside. */
const TEXT_COLUMNS = ['source', 'alertname', 'group', 'category', 'acknowledgedBy'];

test('CSV: three readers find the same cells, one line an incident, and no formula', async () => {
  const csv = createCsvWriter().write([
    csvHeader,
    ...payloads.map(({ text }) => toCsvRecord(summaryOf(text))),
  ]);

  const byCsvParse: string[][] = parse(csv);
  const byPapa = Papa.parse<string[]>(csv.trimEnd()).data;
  const byPostgres = await readByPostgres(csv);

  expect(byPapa).toEqual(byCsvParse);
  expect(byPostgres).toEqual(byCsvParse);
  expect(csv.trimEnd().split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)).toHaveLength(payloads.length + 1);
  const columns = byCsvParse[0] ?? [];
  const rows = byCsvParse.slice(1);
  let row = -1;
  const escapes = await findEscapes((text) => {
    row += 1;
    const cells = rows[row] ?? [];
    expect(cells).toHaveLength(csvHeader.length);
    for (const [index, cell] of cells.entries()) expectNoFormula(cell, columns[index] ?? '');
    const words = shownWords(text);
    if (words === undefined) return;
    for (const name of TEXT_COLUMNS) {
      expect(cells[columns.indexOf(name)]?.replaceAll("'", '')).toContain(words.replaceAll("'", ''));
    }
  });
  expect(escapes).toEqual([]);
});

/** What spreadsheets run: a cell that begins so, whatever they split lines at. https://owasp.org/www-community/attacks/CSV_Injection */
function expectNoFormula(cell: string, column: string): void {
  for (const part of [cell, ...cell.split(/[;\t]/)])
    expect(part.trimStart(), column).not.toMatch(/^[=+\-@\t\r＝＋－＠](?!$)/);
}

/** COPY, which reads as strictly as RFC 4180 is written. */
async function readByPostgres(csv: string): Promise<string[][]> {
  const file = join(folder, 'incidents.csv');
  writeFileSync(file, csv.replaceAll('\0', ''), { mode: 0o644 });
  const columns = csvHeader.map((name) => `"${String(name)}" text`);
  return withAdmin(postgres, async (client) => {
    await client.query(`CREATE TABLE exported (${columns.join(', ')}, line serial)`);
    const names = csvHeader.map((name) => `"${String(name)}"`).join(', ');
    await client.query(
      `COPY exported (${names}) FROM '${file}' WITH (FORMAT csv, FORCE_NOT_NULL (${names}))`,
    );
    const { rows } = await client.query<Record<string, string>>(
      `SELECT ${names} FROM exported ORDER BY line`,
    );
    return rows.map((row) => csvHeader.map((name) => row[String(name)] ?? ''));
  });
}

test('Atom: a strict parser finds the elements of a harmless feed, and each text as text', async () => {
  const feedOf = (text: string) =>
    parseXml(
      createAtomWriter().write(
        buildFeed({
          incidents: [summaryOf(text)],
          query: { from: STORED_AT, to: STORED_AT, limit: 50, alertname: text, source: text },
          search: new URLSearchParams({ alertname: text }).toString(),
          publicUrl: 'https://fr.example',
        }),
      ),
    );
  const shape = shapeOfXml(feedOf(HARMLESS));

  const escapes = await findEscapes((text) => {
    const feed = feedOf(text);

    expect(shapeOfXml(feed)).toEqual(shape);
    for (const { href = '' } of linksOf(feed)) expect(new URL(href).origin).toBe('https://fr.example');
    const words = shownWords(text);
    // XML has no way to hold these two.
    if (words !== undefined) expect(feed.text).toContain(words.replace(/[\ufffe\uffff]/g, ''));
  });

  expect(escapes).toEqual([]);
});

function shapeOfXml({ name, uri, attributes, children }: XmlElement): unknown {
  return [uri, name, Object.keys(attributes), children.map(shapeOfXml)];
}

function linksOf(element: XmlElement): Record<string, string>[] {
  const own = element.name === 'link' ? [element.attributes] : [];
  return [...own, ...element.children.flatMap(linksOf)];
}

function reportOf(text: string): Block[] {
  return [
    { kind: 'heading', level: 1, text },
    { kind: 'paragraph', text },
    { kind: 'hint', text },
    { kind: 'list', items: [text, text] },
    { kind: 'heading', level: 2, text: 'between' },
    { kind: 'tasks', items: [text] },
    { kind: 'table', columns: [text, text], rows: [[text, text]] },
    { kind: 'lines', lines: [text, text] },
    // No text from outside stands in a link of ours.
    { kind: 'link', text: 'The incident', url: 'https://fr.example/' },
  ];
}

test('Markdown: a reader finds the blocks of a harmless report, and each text as text', async () => {
  const shape = kindsOf(marked.lexer(writeMarkdown(reportOf(HARMLESS))));

  const escapes = await findEscapes((text) => {
    const tokens = marked.lexer(writeMarkdown(reportOf(text)));

    expect(kindsOf(tokens)).toEqual(shape);
    const words = shownWords(text);
    if (words !== undefined) expect(visibleText(tokens)).toContain(words.replaceAll(' ', ''));
  });

  expect(escapes).toEqual([]);
});

/** Every token but runs of text, nested ones included, with where links lead. */
function kindsOf(tokens: Token[]): string[] {
  const kinds: string[] = [];
  void marked.walkTokens(tokens, (token) => {
    if (['text', 'escape', 'space'].includes(token.type)) return;
    kinds.push(token.type === 'link' ? `link to ${String(token['href'])}` : token.type);
  });
  return kinds;
}

function visibleText(tokens: Token[]): string {
  let text = '';
  void marked.walkTokens(tokens, (token) => {
    if (!('tokens' in token) && 'text' in token) text += String(token.text);
  });
  return text.replace(/\s/g, '');
}

test('logs: each entry is one line of JSON with each text as one value, and nothing that a terminal obeys', async () => {
  const lines: string[] = [];
  const log = createJsonLog((line) => lines.push(line));

  const escapes = await findEscapes(
    (text) => {
      lines.length = 0;
      const error = new Error(text, { cause: new TypeError(text) });
      error.stack = text;

      log.warn('alert', { text, [text]: { text: [text] }, error });

      const [line = '', ...more] = lines;
      expect(more).toEqual([]);
      expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/u);
      expect(JSON.parse(line)).toMatchObject({
        level: 'warn',
        message: 'alert',
        text,
        error: { name: 'Error', message: text, stack: text, cause: { message: text } },
      });
    },
    payloads.filter(({ text }) => !['level', 'message', 'text', 'error', '__proto__'].includes(text)),
  );

  expect(escapes).toEqual([]);
});

test('logs: Python reads a file of them line by line', () => {
  const file = join(folder, 'log.jsonl');
  const lines: string[] = [];
  const log = createJsonLog((line) => lines.push(line));
  for (const { text } of payloads) log.info('alert', { text });
  writeFileSync(file, `${lines.join('\n')}\n`);

  const read = `import json,sys
lines = open(sys.argv[1], encoding='utf-8', newline='').read().splitlines()
print(len(lines), sum(1 for line in lines if json.loads(line)['message'] == 'alert'))`;
  const counted = execFileSync('python3', ['-c', read, file], { encoding: 'utf8' });

  expect(counted.trim()).toBe(`${payloads.length} ${payloads.length}`);
});
