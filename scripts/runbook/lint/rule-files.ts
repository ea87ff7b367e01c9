import { existsSync, globSync, readFileSync } from 'node:fs';
import { UsageError } from '../../command-line/usage-error.ts';
import type { Mistake } from '../check/mistake.ts';
import { type AlertRule, readRuleDocuments } from './rule-documents.ts';

export type { AlertRule } from './rule-documents.ts';

/** `unseen`: how many documents may hold alerts that could not be read. */
export type ReadRules = { rules: AlertRule[]; mistakes: Mistake[]; unseen: number };

/** The first bytes of a compressed file. https://www.rfc-editor.org/rfc/rfc1952 */
const GZIP = Buffer.from([0x1f, 0x8b]);
/** What only templates of Helm have. Prometheus has templates too, but inside texts and about alerts. */
const HELM = /\{\{-?(?:[^{}]*\s\.(?:Values|Release|Chart|Capabilities)\b|\s*(?:include|toYaml|tpl)\b)/;

/**
 * The alerting rules of rule files, and of objects that hold them. A pattern may match several files; a pattern
 * without a match is a UsageError. What is not read is noted.
 */
export function readRuleFiles(patterns: string[]): ReadRules {
  const read: ReadRules = { rules: [], mistakes: [], unseen: 0 };
  for (const file of new Set(patterns.flatMap(listFiles))) readRuleFile(file, read);
  return read;
}

function readRuleFile(file: string, read: ReadRules): void {
  const bytes = readFileSync(file);
  const source = bytes.toString('utf8');
  const note = (line: number, message: string, severity: Mistake['severity'] = 'error') =>
    read.mistakes.push({ file, line, severity, rule: 'rules', message });
  if (bytes.subarray(0, GZIP.length).equals(GZIP)) {
    read.unseen += 1;
    note(1, 'this file is compressed: unpack it first');
    return;
  }
  const found = readRuleDocuments(source);
  const template = found.isBroken ? HELM.exec(source) : null;
  if (template) {
    read.unseen += 1;
    const line = source.slice(0, template.index).split('\n').length;
    note(line, 'this is a Helm template, not YAML yet: render it (helm template) and lint the result');
    return;
  }
  read.unseen += found.unseen;
  read.rules.push(...found.rules.map((rule) => ({ ...rule, file })));
  for (const { line, message, severity } of found.notes) note(line, message, severity);
}

function listFiles(pattern: string): string[] {
  if (existsSync(pattern)) return [pattern];
  const files = globSync(pattern).toSorted();
  if (files.length === 0) throw new UsageError(`There is no rule file ${pattern}.`);
  return files;
}
