import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod/mini';
import { celMistake } from '../lib/core/diagnosis/cel.ts';
import { promqlHoleMistake } from '../lib/core/diagnosis/insert-safely.ts';
import { templateMistakes } from '../lib/core/diagnosis/template.ts';
import type { Runbook, RunbookCatalog } from '../lib/core/runbook/runbook.ts';
import {
  contactsSchema,
  defaultRunbookSchema,
  escalationSchema,
  routingSchema,
  runbookSchema,
  severitiesSchema,
} from '../lib/core/runbook/schema.ts';
import { type Path, type ReadYaml, readYaml } from './read-yaml.ts';

/** Every mistake, as `runbooks/alerts/x.yaml:12: sentence`. */
export class RunbookMistakes extends Error {
  override name = 'RunbookMistakes';
  readonly mistakes: string[];

  constructor(mistakes: string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** Reads, validates and joins all files under a runbooks folder. Throws RunbookMistakes with all of them. */
export function compileRunbooks(folder: string): RunbookCatalog {
  const mistakes: string[] = [];
  const sources: string[] = [];
  const read = <T>(name: string, schema: z.ZodMiniType<T>) =>
    readYaml(folder, name, schema, mistakes, sources);

  const routing = read('routing.yaml', routingSchema);
  const escalation = read('escalation.yaml', escalationSchema);
  const contacts = read('contacts.yaml', contactsSchema);
  const severities = read('severities.yaml', severitiesSchema);
  const names = readdirSync(join(folder, 'alerts')).filter((name) => /\.ya?ml$/.test(name));
  const files = ['default.yaml', ...names.toSorted().map((name) => join('alerts', name))];

  const runbooks = new Map<string, Runbook>();
  let fallback: Runbook | undefined;
  for (const name of files) {
    const file = name === 'default.yaml' ? read(name, defaultRunbookSchema) : read(name, runbookSchema);
    if (!file) continue;
    checkRunbook(file, escalation?.value.policies ?? {}, mistakes);
    const runbook = file.value;
    if (name === 'default.yaml') fallback = runbook;
    else if (runbooks.has(runbook.alertname)) {
      mistakes.push(file.at(['alertname'], `${runbook.alertname} has a second runbook`));
    } else runbooks.set(runbook.alertname, runbook);
  }
  for (const [tier, people] of Object.entries(escalation?.value.tier_contacts ?? {})) {
    for (const [i, person] of people.entries()) {
      if (contacts && !Object.hasOwn(contacts.value.contacts, person)) {
        mistakes.push(
          escalation?.at(['tier_contacts', tier, i], `there is no contact ${person} in contacts.yaml`) ?? '',
        );
      }
    }
  }
  if (mistakes.length > 0 || !routing || !escalation || !contacts || !severities || !fallback) {
    throw new RunbookMistakes(mistakes);
  }
  return {
    revision: createHash('sha256').update(sources.join('\n')).digest('hex').slice(0, 12),
    runbooks: Object.fromEntries(runbooks),
    fallback,
    severityAliases: severities.value.aliases,
    routes: routing.value.routes,
    escalation: escalation.value.policies,
    tierContacts: escalation.value.tier_contacts,
    contacts: contacts.value.contacts,
  };
}

function checkRunbook(file: ReadYaml<Runbook>, policies: object, mistakes: string[]): void {
  const { value, at } = file;
  const report = (path: Path, sentence: string | undefined) => {
    if (sentence !== undefined) mistakes.push(at(path, sentence));
  };
  const ids = new Set<string>();
  for (const [i, step] of value.diagnostics.entries()) {
    const path: Path = ['diagnostics', i];
    if (ids.has(step.id)) report([...path, 'id'], `the id ${step.id} is used twice`);
    ids.add(step.id);
    if (step.attention !== undefined)
      report([...path, 'attention'], prefixed(celMistake(step.attention, 'step')));
    for (const field of ['sentence', 'normal'] as const) {
      for (const mistake of templateMistakes(step[field] ?? '', 'step')) report([...path, field], mistake);
    }
    switch (step.kind) {
      case 'sql':
        for (const [n, param] of step.params.entries())
          report([...path, 'params', n], prefixed(celMistake(param, 'query')));
        break;
      case 'promql':
        for (const mistake of templateMistakes(step.query, 'query')) report([...path, 'query'], mistake);
        report([...path, 'query'], promqlHoleMistake(step.query));
        break;
      case 'alertmanager':
        for (const [label, match] of Object.entries(step.match)) {
          for (const mistake of templateMistakes(match, 'query')) report([...path, 'match', label], mistake);
        }
        break;
      case 'kubernetes':
        for (const field of ['namespace', 'deployment', 'selector', 'pod'] as const) {
          for (const mistake of templateMistakes(step[field] ?? '', 'query'))
            report([...path, field], mistake);
        }
        break;
      case 'http':
        for (const mistake of templateMistakes(step.path, 'query')) report([...path, 'path'], mistake);
        for (const target of step.read === 'health' ? step.targets : [step.target]) {
          for (const mistake of templateMistakes(target, 'query')) report([...path, 'targets'], mistake);
        }
    }
  }
  for (const [i, id] of value.verification.entries()) {
    if (!ids.has(id)) report(['verification', i], `there is no diagnostic with the id ${id}`);
  }
  for (const [i, command] of value.commands.entries()) {
    for (const mistake of templateMistakes(command.command, 'command')) {
      report(['commands', i, 'command'], mistake);
    }
    if (command.when !== undefined) {
      report(['commands', i, 'when'], prefixed(celMistake(command.when, 'command')));
    }
    for (const field of ['command', 'when'] as const) {
      for (const [, id = ''] of (command[field] ?? '').matchAll(/\bfindings\.(\w+)/g)) {
        if (!ids.has(id)) report(['commands', i, field], `there is no diagnostic with the id ${id}`);
      }
    }
  }
  if (!Object.hasOwn(policies, value.escalation)) {
    report(['escalation'], `there is no escalation policy ${value.escalation} in escalation.yaml`);
  }
}

function prefixed(mistake: string | undefined): string | undefined {
  return mistake === undefined ? undefined : `not a valid expression: ${mistake}`;
}

/**
 * The compiled catalog as the text of a module: whole, and without what only diagnoses and notices need, which is most
 * of it, for the functions that decide about incidents.
 */
export function catalogModule(catalog: RunbookCatalog): string {
  return [
    '// Made by scripts/compile-runbooks.ts from runbooks/. Do not edit, do not commit.',
    "import type { RunbookCatalog } from '../lib/core/runbook/runbook.ts';",
    '',
    `export const runbookCatalog: RunbookCatalog = ${JSON.stringify(catalog, null, 2)};`,
    '',
    `export const incidentCatalog: RunbookCatalog = ${JSON.stringify(withoutSteps(catalog), null, 2)};`,
    '',
  ].join('\n');
}

function withoutSteps(catalog: RunbookCatalog): RunbookCatalog {
  const bare = (runbook: Runbook) => ({
    ...runbook,
    diagnostics: [],
    verification: [],
    commands: [],
    response: [],
  });
  const runbooks = Object.entries(catalog.runbooks).map(([name, runbook]) => [name, bare(runbook)] as const);
  return { ...catalog, runbooks: Object.fromEntries(runbooks), fallback: bare(catalog.fallback) };
}

/** Whole or not at all, and only when it differs: others may be reading the file at this moment. */
function writeChanged(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

function main(): void {
  if (process.argv.includes('--help')) {
    console.log(
      'Usage: npm run build:runbooks [-- FOLDER]\nValidates runbooks/ and writes .build/runbook-catalog.ts.',
    );
    return;
  }
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  try {
    const catalog = compileRunbooks(process.argv[2] ?? join(root, 'runbooks'));
    writeChanged(join(root, '.build', 'runbook-catalog.ts'), catalogModule(catalog));
    console.log(`${Object.keys(catalog.runbooks).length} runbooks compiled, revision ${catalog.revision}`);
  } catch (error) {
    if (!(error instanceof RunbookMistakes)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

if (import.meta.main) main();
