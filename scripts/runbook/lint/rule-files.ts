import { existsSync, globSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { UsageError } from '../../command-line/usage-error.ts';
import type { Mistake } from '../check/mistake.ts';
import { parseBySchema } from '../check/parse-by-schema.ts';
import { type Path, readAllYamlLines, type YamlLines } from '../check/yaml-lines.ts';

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

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.optional(z.string()),
          expr: z.union([z.string(), z.number()]),
          labels: z.optional(z.record(z.string(), z.unknown())),
        }),
      ),
    }),
  ),
});

/**
 * The alerting rules of Prometheus rule files, and of PrometheusRule objects of its operator. A pattern may match
 * several files; a pattern without a match is a UsageError. Unreadable parts are noted.
 */
export function readRuleFiles(patterns: string[]): { rules: AlertRule[]; mistakes: Mistake[] } {
  const mistakes: Mistake[] = [];
  const files = new Set(patterns.flatMap(filesOf));
  const rules = [...files].flatMap((file) => {
    const documents = readAllYamlLines(readFileSync(file, 'utf8'));
    return documents.flatMap((document) => rulesIn(document, file, mistakes));
  });
  return { rules, mistakes };
}

function filesOf(pattern: string): string[] {
  if (existsSync(pattern)) return [pattern];
  const files = globSync(pattern).toSorted();
  if (files.length === 0) throw new UsageError(`There is no rule file ${pattern}.`);
  return files;
}

function rulesIn(document: YamlLines, file: string, mistakes: Mistake[]): AlertRule[] {
  const note = (line: number, message: string) =>
    mistakes.push({ file, line, severity: 'error', rule: 'rules', message });
  for (const { line, message } of document.errors) note(line, message);
  const place = document.errors.length > 0 ? undefined : groupsOf(document.value);
  if (place === undefined) return [];

  const parsed = parseBySchema(rulesSchema, place.value, (path) => document.has([...place.path, ...path]));
  if ('mistakes' in parsed) {
    for (const { path, message } of parsed.mistakes) {
      note(document.lineOf([...place.path, ...path]), message);
    }
    return [];
  }
  return parsed.value.groups.flatMap((group, g) =>
    group.rules.flatMap(({ alert, expr, labels = {} }, r) => {
      if (alert === undefined) return [];
      const line = document.lineOf([...place.path, 'groups', g, 'rules', r, 'alert']);
      const rule: AlertRule = { alert, expr: String(expr), labels: Object.keys(labels), file, line };
      const { severity } = labels;
      const isFixed = typeof severity === 'string' && severity !== '' && !severity.includes('{{');
      return [isFixed ? { ...rule, severity } : rule];
    }),
  );
}

/** The part of a document that holds its groups, and its path; nothing for an object of any other kind. */
function groupsOf(value: unknown): { value: unknown; path: Path } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('kind' in value)) return { value, path: [] };
  return value.kind === 'PrometheusRule' && 'spec' in value
    ? { value: value.spec, path: ['spec'] }
    : undefined;
}
