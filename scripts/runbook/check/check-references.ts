import { listMembers } from '../../../lib/core/diagnosis/expressions/cel.ts';
import type { Runbook } from '../../../lib/core/runbook/runbook.ts';
import { expressionPlaces, expressionsAt } from './expression-places.ts';
import type { Report } from './read-yaml.ts';

/** Ids are unique, and every reference to a step or an escalation policy leads to one. */
export function checkReferences(runbook: Runbook, policies: object, report: Report): void {
  const ids = new Set<string>();
  for (const [i, { id }] of runbook.diagnostics.entries()) {
    if (ids.has(id)) report('references', ['diagnostics', i, 'id'], `the id ${id} is used twice`);
    ids.add(id);
  }
  for (const [i, id] of runbook.verification.entries()) {
    if (!ids.has(id)) report('references', ['verification', i], `there is no diagnostic with the id ${id}`);
  }
  for (const place of expressionPlaces(runbook)) {
    for (const { expression, at } of expressionsAt(place)) {
      for (const { name, at: inside } of listMembers(expression, 'findings')) {
        if (ids.has(name)) continue;
        report('references', place.path, `there is no diagnostic with the id ${name}`, {
          text: place.text,
          at: at + inside,
        });
      }
    }
  }
  if (!Object.hasOwn(policies, runbook.escalation)) {
    report(
      'references',
      ['escalation'],
      `there is no escalation policy ${runbook.escalation} in escalation.yaml`,
    );
  }
}
