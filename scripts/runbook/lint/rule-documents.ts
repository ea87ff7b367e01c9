import * as z from 'zod/mini';
import type { Mistake } from '../check/mistake.ts';
import { parseBySchema } from '../check/parse-by-schema.ts';
import { type Path, readAllYamlLines, type YamlLines } from '../check/yaml-lines.ts';
import { findRulePlaces, type RulePlace } from './rule-places.ts';

/** An alerting rule, and its place. */
export type AlertRule = {
  alert: string;
  expr: string;
  labels: string[];
  /** The label's value; absent if the rule has none or makes it when it fires. */
  severity?: string;
  file: string;
  line: number;
};

/** What the documents of one file hold. */
type FoundRules = {
  rules: Omit<AlertRule, 'file'>[];
  notes: Pick<Mistake, 'line' | 'message' | 'severity'>[];
  /** How many documents, or objects in lists, may hold alerts that could not be read. */
  unseen: number;
  /** Whether a document is no YAML. */
  isBroken: boolean;
};

const labelsSchema = z.nullish(z.record(z.string(), z.unknown()));
const groupsSchema = z.array(
  z.object({
    /** For all rules of the group, in Prometheus 3 and vmalert. */
    labels: labelsSchema,
    rules: z.nullish(
      z.array(
        z.object({
          alert: z.nullish(z.string()),
          expr: z.union([z.string(), z.number()]),
          labels: labelsSchema,
        }),
      ),
    ),
  }),
);
const fileSchema = z.object({ groups: groupsSchema });
const specSchema = z.object({ groups: z.nullish(groupsSchema) });

/** A document, and how its lines are counted in the file. */
type Placed = { document: YamlLines; number: number; lineOf(path: Path): number };

/** Reads YAML or JSON, with any number of documents. */
export function readRuleDocuments(source: string): FoundRules {
  const found: FoundRules = { rules: [], notes: [], unseen: 0, isBroken: false };
  for (const [i, document] of readAllYamlLines(source).entries()) {
    readDocument({ document, number: i + 1, lineOf: (path) => lineIn(document, path) }, found);
  }
  return found;
}

function readDocument(placed: Placed, found: FoundRules): void {
  const { errors, value } = placed.document;
  for (const { line, message } of errors) found.notes.push({ line, message, severity: 'error' });
  if (errors.length > 0) {
    found.isBroken = true;
    found.unseen += 1;
    return;
  }
  for (const place of findRulePlaces(value)) readPlace(place, placed, found);
}

function readPlace(place: RulePlace, placed: Placed, found: FoundRules): void {
  switch (place.kind) {
    case 'groups':
      return readGroups(place, placed, found);
    case 'text':
      return readText(place, placed, found);
    case 'skipped': {
      if (place.mayHoldAlerts) found.unseen += 1;
      const severity = place.mayHoldAlerts ? 'warning' : 'note';
      const message = `document ${placed.number} is skipped: ${place.why}`;
      found.notes.push({ line: placed.lineOf(place.path), message, severity });
    }
  }
}

function readGroups(
  { path, value, mayBeEmpty }: Extract<RulePlace, { kind: 'groups' }>,
  { document, lineOf }: Placed,
  found: FoundRules,
): void {
  const schema = mayBeEmpty ? specSchema : fileSchema;
  const parsed = parseBySchema(schema, value, (inner) => document.has([...path, ...inner]));
  if ('mistakes' in parsed) {
    found.unseen += 1;
    for (const mistake of parsed.mistakes) {
      const line = lineOf([...path, ...mistake.path]);
      found.notes.push({ line, message: mistake.message, severity: 'error' });
    }
    return;
  }
  for (const [g, group] of (parsed.value.groups ?? []).entries()) {
    for (const [r, { alert, expr, labels }] of (group.rules ?? []).entries()) {
      if (typeof alert !== 'string') continue;
      const line = lineOf([...path, 'groups', g, 'rules', r, 'alert']);
      found.rules.push(toRule({ alert, expr: String(expr), line }, { ...group.labels, ...labels }));
    }
  }
}

function toRule(
  rule: Pick<AlertRule, 'alert' | 'expr' | 'line'>,
  labels: Record<string, unknown>,
): Omit<AlertRule, 'file'> {
  const { severity } = labels;
  const isFixed = typeof severity === 'string' && severity !== '' && !severity.includes('{{');
  return { ...rule, labels: Object.keys(labels), severity: isFixed ? severity : undefined };
}

/**
 * A value of a ConfigMap: another file, whose lines are counted in the outer one. What names no alert holds no alerting
 * rule, such as the configuration of a server.
 */
function readText(
  { path, text }: Extract<RulePlace, { kind: 'text' }>,
  { document: outer, number }: Placed,
  found: FoundRules,
): void {
  if (!/(?:^|[\s"'{,-])alert["']?\s*:/.test(text)) return;
  const starts = lineStarts(text);
  const toOuter = (line: number) => outer.lineOf(path, { text, at: starts[line - 1] ?? 0 });
  for (const document of readAllYamlLines(text)) {
    const inner = {
      ...document,
      errors: document.errors.map((each) => ({ ...each, line: toOuter(each.line) })),
    };
    readDocument({ document: inner, number, lineOf: (within) => toOuter(lineIn(document, within)) }, found);
  }
}

function lineIn(document: YamlLines, path: Path): number {
  return path.length === 0 ? document.start : document.lineOf(path);
}

/** The position of the first character of each line. */
function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}
