import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type * as z from 'zod/mini';
import { readSeverityLabel } from '../../../lib/core/grouping/map-severity.ts';
import { HEARTBEAT_MISSING } from '../../../lib/core/heartbeat/heartbeat.ts';
import { PAYLOAD_TOO_LARGE } from '../../../lib/core/heartbeat/payload-too-large.ts';
import type { Route, Runbook, RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import type { Severity } from '../../../lib/core/shared/severity.ts';
import { fileSchemas } from '../schema/file-schemas.ts';
import { checkContacts, checkTierContacts } from './check-contacts.ts';
import { checkRunbook } from './check-runbook.ts';
import type { Mistake } from './mistake.ts';
import { type Reading, type ReadYaml, readYaml } from './read-yaml.ts';

export const DEFAULT_RUNBOOK = 'default.yaml';
const HEARTBEAT = 'heartbeat.yaml';
const HEARTBEAT_RUNBOOK = 'heartbeat-missing.yaml';
const PAYLOAD_RUNBOOK = 'alertmanager-payload-too-large.yaml';

export type ReadCatalog = {
  /** Later checks of a file add their mistakes here. */
  mistakes: Mistake[];
  /** Every valid file, by its name in the folder. */
  files: ReadYaml<unknown>[];
  runbooks: ReadYaml<Runbook>[];
  defaultRunbook?: ReadYaml<Runbook>;
  routing?: ReadYaml<{ routes: Route[] }>;
  /** Without the unreadable runbooks; absent if any other file is unreadable. */
  catalog?: RunbookCatalog;
};

/** Reads and checks all files under a runbooks folder, and joins the valid ones. `shownAs` is its name for people. */
export function readCatalog(folder: string, shownAs = basename(folder)): ReadCatalog {
  const reading: Reading = { folder, shownAs, mistakes: [] };
  const files: ReadYaml<unknown>[] = [];
  const parts = readParts(reading, files);
  checkParts(parts);
  const { runbooks, defaultRunbook, routing } = parts;
  const catalog = joinParts(parts, revisionOf(files));
  return { mistakes: reading.mistakes, files, runbooks, defaultRunbook, routing, catalog };
}

type Parts = ReturnType<typeof readParts>;

/** Adds every valid file to `files`. */
function readParts(reading: Reading, files: ReadYaml<unknown>[]) {
  const read = <T>(name: string, schema: z.ZodMiniType<T>) => {
    const file = readYaml(reading, name, schema);
    if (file) files.push(file);
    return file;
  };
  // Older folders have no such file, and mean the defaults.
  const readIfThere = <T>(name: string, schema: z.ZodMiniType<T>) =>
    existsSync(join(reading.folder, name)) ? read(name, schema) : undefined;
  return {
    routing: read('routing.yaml', fileSchemas.routing),
    escalation: read('escalation.yaml', fileSchemas.escalation),
    contacts: read('contacts.yaml', fileSchemas.contacts),
    severities: read('severities.yaml', fileSchemas.severities),
    defaultRunbook: read(DEFAULT_RUNBOOK, fileSchemas.default),
    heartbeat: readIfThere(HEARTBEAT, fileSchemas.heartbeat),
    missing: readIfThere(HEARTBEAT_RUNBOOK, fileSchemas.runbook),
    payload: readIfThere(PAYLOAD_RUNBOOK, fileSchemas.runbook),
    runbooks: namesIn(reading).flatMap((name) => read(name, fileSchemas.runbook) ?? []),
  };
}

function listRunbooks({ defaultRunbook, missing, payload, runbooks }: Parts): ReadYaml<Runbook>[] {
  return [...[defaultRunbook, missing, payload].filter((each) => each !== undefined), ...runbooks];
}

function checkParts(parts: Parts): void {
  const { escalation, contacts, severities, defaultRunbook, missing, payload, runbooks } = parts;
  const policies = escalation?.value.policies ?? {};
  for (const file of listRunbooks(parts))
    checkRunbook(file, { policies, anyLabels: file === defaultRunbook });
  checkNames(runbooks);
  if (missing) checkOwnName(missing, HEARTBEAT_MISSING, 'a missing sign');
  if (payload) checkOwnName(payload, PAYLOAD_TOO_LARGE, 'a payload over the limit');
  if (contacts) checkContacts(contacts);
  if (severities) checkAliases(severities);
  if (escalation && contacts) checkTierContacts(escalation, contacts.value);
}

/** Without the unreadable runbooks. Undefined if another file is unreadable. */
function joinParts(parts: Parts, revision: string): RunbookCatalog | undefined {
  const { routing, escalation, contacts, severities, defaultRunbook, heartbeat, missing, payload } = parts;
  if (!routing || !escalation || !contacts || !severities || !defaultRunbook) return undefined;
  const categories = new Set(listRunbooks(parts).map(({ value }) => value.category));
  return {
    revision,
    runbooks: Object.fromEntries(parts.runbooks.map(({ value }) => [value.alertname, value])),
    defaultRunbook: defaultRunbook.value,
    severityAliases: aliasesOf(severities.value.aliases),
    unknownSeverity: severities.value.unknown,
    routes: routing.value.routes,
    categories: [...categories].toSorted(),
    mailLists: mailListsOf(routing.value.routes),
    stormAfter: routing.value.storm_after,
    escalation: escalation.value.policies,
    tierContacts: escalation.value.tier_contacts,
    contacts: contacts.value.contacts,
    heartbeat: {
      ...(heartbeat?.value ?? fileSchemas.heartbeat.parse({})),
      runbook: missing?.value,
    },
    payloadTooLarge: payload?.value,
  };
}

/** Variables are told from addresses by the @. */
function mailListsOf(routes: Route[]): string[] {
  const named = routes.flatMap(({ email = [] }) => email.filter((entry) => !entry.includes('@')));
  return [...new Set(named)];
}

function aliasesOf(aliases: Record<string, Severity>): Record<string, Severity> {
  return Object.fromEntries(
    Object.entries(aliases).map(([written, severity]) => [readSeverityLabel(written), severity]),
  );
}

/** Words that differ only in - and _ are one word, so they cannot mean two severities. */
function checkAliases({ value, report }: ReadYaml<{ aliases: Record<string, Severity> }>): void {
  const meanings = aliasesOf(value.aliases);
  for (const [written, severity] of Object.entries(value.aliases)) {
    const other = meanings[readSeverityLabel(written)];
    if (other !== severity) report('references', ['aliases', written], `${written} also means ${other}`);
  }
}

function namesIn({ folder, shownAs, mistakes }: Reading): string[] {
  const path = join(folder, 'alerts');
  if (!existsSync(path)) {
    const file = join(shownAs, 'alerts');
    mistakes.push({ file, line: 1, severity: 'error', rule: 'yaml', message: 'the folder is missing' });
    return [];
  }
  const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name));
  return names.toSorted().map((name) => join('alerts', name));
}

function checkNames(runbooks: ReadYaml<Runbook>[]): void {
  const known = new Set<string>();
  for (const { value, report } of runbooks) {
    const { alertname } = value;
    if (known.has(alertname)) report('references', ['alertname'], `${alertname} has a second runbook`);
    known.add(alertname);
  }
}

/** The system itself opens the incident under this name, so a runbook of another name would never be found. */
function checkOwnName({ value, report }: ReadYaml<Runbook>, name: string, cause: string): void {
  if (value.alertname === name) return;
  report('references', ['alertname'], `must be ${name}, which is what ${cause} opens`);
}

function revisionOf(files: ReadYaml<unknown>[]): string {
  const sources = files.flatMap(({ name, source }) => [name, source]);
  return createHash('sha256').update(sources.join('\n')).digest('hex').slice(0, 12);
}
