import type { Route, RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import type { ReadYaml } from '../check/read-yaml.ts';

/** Warns of routes for a category that no runbook has: a misspelt one never routes anything. */
export function checkCategories(
  { value, report }: ReadYaml<{ routes: Route[] }>,
  { categories }: RunbookCatalog,
): void {
  for (const [index, { category: named = [] }] of value.routes.entries()) {
    for (const [at, category] of named.entries()) {
      if (categories.includes(category)) continue;
      const message = `no runbook has the category ${category}; there are ${categories.join(', ')}`;
      report('references', ['routes', index, 'category', at], message, undefined, 'warning');
    }
  }
}
