import { describe, expect, it } from 'vitest';
import type { Answer, Api } from '../../../console/api/client.ts';
import { loadPage } from '../../../console/history/load-page.ts';
import type { IncidentPage } from '../../../lib/flow/history/list-incidents.ts';
import { listedIncident } from '../../support/factories/listed-incident.ts';

/** A listing that gives these answers one after the other, and notes the cursors it was asked with. */
function listing(answers: Answer<IncidentPage>[]): { list: Api['list']; asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  const list: Api['list'] = async ({ cursor }) => {
    asked.push(cursor);
    return answers[asked.length - 1] ?? { kind: 'ok', value: { incidents: [], cursor: `c${asked.length}` } };
  };
  return { list, asked };
}

const signal = new AbortController().signal;

describe('the next page of the history', () => {
  it('goes on by itself where a page is empty but not the last', async () => {
    const incident = listedIncident();
    const { list, asked } = listing([
      { kind: 'ok', value: { incidents: [], cursor: 'one' } },
      { kind: 'ok', value: { incidents: [], cursor: 'two' } },
      { kind: 'ok', value: { incidents: [incident], cursor: 'three' } },
    ]);

    const page = await loadPage(list, { severity: 'critical' }, undefined, signal);

    expect(asked).toEqual([undefined, 'one', 'two']);
    expect(page).toEqual({ kind: 'ok', value: { incidents: [incident], cursor: 'three' } });
  });

  it('is the end where there is no cursor', async () => {
    const { list } = listing([{ kind: 'ok', value: { incidents: [] } }]);

    expect(await loadPage(list, {}, 'last', signal)).toEqual({ kind: 'ok', value: { incidents: [] } });
  });

  it('asks people after a long way without any', async () => {
    const { list, asked } = listing([]);

    const page = await loadPage(list, {}, undefined, signal);

    expect(asked.length).toBeLessThan(50);
    expect(page).toMatchObject({ kind: 'ok', value: { incidents: [], cursor: expect.any(String) } });
  });

  it('stops at what is refused', async () => {
    const refused = { kind: 'refused', status: 400, detail: 'severity must be …', path: 'severity' } as const;
    const { list, asked } = listing([{ kind: 'ok', value: { incidents: [], cursor: 'one' } }, refused]);

    expect(await loadPage(list, {}, undefined, signal)).toEqual(refused);
    expect(asked).toHaveLength(2);
  });
});
