import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/processes/wait-for.ts';
import {
  axeFindings,
  type ConsoleBrowser,
  overflowOf,
  signIn,
  startConsoleBrowser,
} from '../support/servers/console-browser.ts';
import { type FiredAlert, fireAlerts } from '../support/servers/fire-alerts.ts';
import { type AlertmanagerPair, startAlertmanagerPair } from '../support/servers/real-alertmanager.ts';
import {
  READ_TOKEN,
  type RunningFirstResponder,
  startFirstResponder,
  WEBHOOK_TOKEN,
  WRITE_TOKEN,
} from '../support/servers/running-first-responder.ts';
import { startWebhookRecorder, type WebhookRecorder } from '../support/servers/webhook-recorder.ts';

const HOSTILE = '<img src=x onerror="document.title=1"><b>bold</b>';
const phone = { width: 375, height: 812 };
const desktop = { width: 1280, height: 900 };

const pool: FiredAlert = {
  labels: {
    alertname: 'DatabaseConnectionPoolCritical',
    severity: 'critical',
    instance: 'api:8080',
    job: 'api',
  },
  annotations: { summary: 'No idle database connections' },
};
const hostile: FiredAlert = {
  labels: { alertname: 'StrangeLabels', severity: 'warning', service: HOSTILE },
  annotations: { summary: HOSTILE, runbook_url: 'javascript:alert(1)' },
  generatorURL: 'http://prometheus.example/graph?g0.expr=up',
};
const late: FiredAlert = { labels: { alertname: 'ArrivesLater', severity: 'info', service: 'batch' } };

let folder: string;
let recorder: WebhookRecorder;
let alertmanagers: AlertmanagerPair;
let system: RunningFirstResponder;
let browser: ConsoleBrowser;
let keep = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'first-responder-console-'));
  recorder = await startWebhookRecorder();
  const url = `${recorder.url}/webhooks/alertmanager`;
  // One after the other: if one does not start, the other is still stopped.
  alertmanagers = await startAlertmanagerPair({
    folder,
    receivers: [{ name: 'first-responder', url, auth: { kind: 'bearer', token: WEBHOOK_TOKEN } }],
  });
  system = await startFirstResponder({ LOCAL_TICK_SECONDS: '3' });
  recorder.forwardTo(system.url);
  await fireAlerts(alertmanagers.urls[0], [pool, hostile]);
  browser = await startConsoleBrowser(system.url);
  await waitFor('both incidents', async () => ((await system.incidents()).length >= 2 ? true : undefined));
});

afterEach(({ task }) => {
  keep ||= task.result?.state === 'fail';
});

afterAll(async () => {
  await browser?.close();
  await system?.stop({ keep });
  await alertmanagers?.stop();
  await recorder?.stop();
  if (keep) console.error(`the Alertmanagers' logs are kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
});

describe('the token', () => {
  it('is requested at any address, refused in one sentence when unknown, and leads to that address', async () => {
    const page = await browser.page();
    const id = await idOf('DatabaseConnectionPoolCritical');
    await page.goto(`/console/incidents/${id}`);

    await signIn(page, 'no-such-token');
    await visible(page.getByText('The API does not know this token.'));
    await signIn(page, READ_TOKEN);

    await visible(page.getByRole('heading', { level: 1, name: 'DatabaseConnectionPoolCritical' }));
    expect(new URL(page.url()).pathname).toBe(`/console/incidents/${id}`);
  });

  it('stays in the session only, and the page forgets it when the API refuses it', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await visible(page.getByRole('heading', { level: 1, name: 'Open incidents' }));
    const [inSession, elsewhere, cookies] = await page.evaluate<unknown[]>(
      `[sessionStorage.getItem('first-responder.token'), localStorage.length, document.cookie]`,
    );

    expect([inSession, elsewhere, cookies]).toEqual([READ_TOKEN, 0, '']);
    await page.route('**/incidents?*', (route) => route.fulfill({ status: 401, body: '' }));
    await page.reload();
    await visible(page.getByText('The API does not take this token any more. Enter another one to go on.'));
    expect(await page.evaluate(() => sessionStorage.getItem('first-responder.token'))).toBeNull();
    expect(browser.requests().filter((url) => url.includes('token'))).toEqual([]);
  });

  it('that may only read is reported in words, and the buttons go', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await openIncident(page, 'DatabaseConnectionPoolCritical');

    await page.getByLabel('Your name').fill('Ana');
    await page.getByRole('button', { name: 'Acknowledge' }).click();

    await visible(page.getByText('This token may only read.'));
    expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
  });
});

describe('open incidents', () => {
  it('appear by themselves, are announced, and show their age when no answer comes', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await visible(page.getByRole('link', { name: 'DatabaseConnectionPoolCritical' }));
    const before = await page.getByRole('list', { name: 'Open incidents' }).getByRole('listitem').count();

    await fireAlerts(alertmanagers.urls[0], [late]);

    await visible(page.getByRole('link', { name: 'ArrivesLater' }));
    await visible(page.locator('[aria-live]', { hasText: '1 new incident: info ArrivesLater.' }), 'attached');
    const rows = page.getByRole('list', { name: 'Open incidents' }).getByRole('listitem');
    expect(await rows.count()).toBe(before + 1);
    expect(await rows.first().textContent()).toContain('critical');

    await page.route('**/incidents?*', (route) => route.abort());
    await visible(page.getByText(/Stale since \d\d:\d\d:\d\d\. The API cannot be reached\./));
    expect(await rows.count()).toBe(before + 1);
    await page.unroute('**/incidents?*');
    await page.getByRole('button', { name: 'Try now' }).click();
    await visible(page.getByText('Live, every 5 s'));
  });

  it('are not requested while the tab is hidden, and at once when it is shown', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await visible(page.getByText('Live, every 5 s'));

    await show(page, false);
    await visible(page.getByText('Paused while nobody looks'));
    const asked = page.waitForRequest(/\/incidents\?/);
    await show(page, true);

    await asked;
    await visible(page.getByText('Live, every 5 s'));
  });
});

describe('the history', () => {
  it('is filtered by the address, and the address follows the form', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await page.getByRole('link', { name: 'History' }).click();
    await visible(page.getByRole('link', { name: 'StrangeLabels' }));

    await page.getByLabel('Severity').selectOption('critical');
    await page.getByRole('button', { name: 'Search' }).click();

    await gone(page.getByRole('link', { name: 'StrangeLabels' }));
    await visible(page.getByRole('link', { name: 'DatabaseConnectionPoolCritical' }));
    expect(new URL(page.url()).search).toBe('?severity=critical');
    await page.goBack();
    await visible(page.getByRole('link', { name: 'StrangeLabels' }));
    expect(await page.getByLabel('Severity').inputValue()).toBe('');
  });

  it('is saved as a file with all incidents that pass the filters', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await page.goto('/console/history?severity=critical');

    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const download = await downloading;

    const text = await readFile(await download.path(), 'utf8');
    expect(download.suggestedFilename()).toBe('incidents.csv');
    expect(text).toMatch(/^id,/);
    expect(text).toContain('DatabaseConnectionPoolCritical');
    expect(text).not.toContain('StrangeLabels');
    await visible(page.getByText('Downloaded'));
  });

  it("shows the API's refusal next to the field", async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await page.goto('/console/history?severity=terrible');

    const field = page.getByLabel('Severity');
    await visible(page.locator('#severity-problem', { hasText: 'severity must be one of' }));

    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.getAttribute('aria-describedby')).toBe('severity-problem');
    expect(await field.inputValue()).toBe('terrible');
  });
});

describe('an incident', () => {
  it('shows its findings, with a chart and the same numbers as a table', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await openIncident(page, 'DatabaseConnectionPoolCritical');

    const chart = page.getByRole('img', { name: /idle connections over the last hour: min/ }).first();
    await visible(chart);

    expect(await inkOf(page)).toBeGreaterThan(500);
    const figure = page.locator('figure', { has: chart });
    await figure.getByText('As a table').click();
    expect(await figure.getByRole('row').count()).toBeGreaterThan(10);
    expect(await page.locator('.findings > li').first().getAttribute('class')).toBe('attention');
    await visible(page.getByRole('heading', { name: 'Do next' }));
  });

  it('shows labels as text, whatever they hold', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await openIncident(page, 'StrangeLabels');

    await visible(page.getByText(HOSTILE).first());

    expect(await page.locator('main img, main b').count()).toBe(0);
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
    expect(await page.title()).toContain('StrangeLabels');
    await visible(page.getByText('javascript:alert(1)'));
    await visible(page.getByRole('link', { name: 'Prometheus' }));
  });

  it('is acknowledged and resolved by hand, which is shown at once and kept', async () => {
    const page = await browser.page({ token: WRITE_TOKEN });
    await openIncident(page, 'StrangeLabels');

    await page.getByLabel('Your name').fill('Ana');
    await page.getByLabel('Note').fill('looking at it');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await visible(page.locator('.badge', { hasText: 'acknowledged by Ana' }));
    await visible(page.locator('.timeline', { hasText: 'looking at it' }));
    await page.getByRole('button', { name: 'Resolve' }).click();

    await visible(page.locator('.state', { hasText: 'resolved' }));
    await gone(page.getByRole('button', { name: 'Resolve' }));
    expect(await page.evaluate(() => sessionStorage.getItem('first-responder.name'))).toBe('Ana');
    const listed = (await system.incidents()).find(({ alertname }) => alertname === 'StrangeLabels');
    expect(listed).toMatchObject({ status: 'resolved', acknowledgedBy: 'Ana' });
  });

  it('has the draft of a post-mortem, as Markdown to save', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await openIncident(page, 'DatabaseConnectionPoolCritical');

    await page.getByRole('link', { name: 'Post-mortem draft' }).click();
    await visible(page.locator('pre.report', { hasText: 'DatabaseConnectionPoolCritical' }));
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();

    expect((await downloading).suggestedFilename()).toMatch(/^incident-.*\.md$/);
  });

  it('that does not exist is reported as missing', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await page.goto('/console/incidents/nobody.1');

    await visible(page.getByRole('heading', { level: 1, name: 'There is no such incident' }));
  });
});

describe('the statistics', () => {
  it('show the counts of incidents, as charts and as tables, for the range in the address', async () => {
    const page = await browser.page({ token: READ_TOKEN });
    await page.goto('/console/statistics?days=7');

    await visible(page.getByRole('img', { name: /^Incidents a day by severity: 3 incidents on 7 days/ }));
    await visible(page.getByRole('img', { name: /^Incidents a day from Mon .*: 3 incidents on 1 day/ }));

    expect(await inkOf(page)).toBeGreaterThan(100);
    await visible(page.locator('#noisiest + table', { hasText: 'DatabaseConnectionPoolCritical' }));
    await page.getByRole('button', { name: '90 days' }).click();
    await visible(page.getByRole('img', { name: /3 incidents on 90 days/ }));
    expect(new URL(page.url()).search).toBe('?days=90');
    await page.getByLabel('Time zone').fill('Mars/Base');
    await page.getByRole('button', { name: 'Show' }).click();
    await visible(page.locator('#tz-problem'));
  });
});

describe('by keyboard alone', () => {
  it('the header can be skipped, and an incident and its buttons reached', async () => {
    const page = await browser.page({ token: WRITE_TOKEN });
    await visible(page.getByRole('link', { name: 'DatabaseConnectionPoolCritical' }));
    await page.evaluate('document.activeElement.blur()');

    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('DatabaseConnectionPoolCritical');
    await page.keyboard.press('Enter');
    await visible(page.getByRole('heading', { level: 1, name: 'DatabaseConnectionPoolCritical' }));

    const seen: string[] = [];
    for (let steps = 0; steps < 10 && seen.at(-1) !== 'Resolve'; steps += 1) {
      await page.keyboard.press('Tab');
      seen.push(await focused(page));
    }
    expect(seen.slice(-2)).toEqual(['Acknowledge', 'Resolve']);
  });
});

describe.each([
  ['a phone', phone, 'light'],
  ['a phone', phone, 'dark'],
  ['a desktop', desktop, 'light'],
  ['a desktop', desktop, 'dark'],
] as const)('on %s %o, %s,', (_where, viewport, colorScheme) => {
  it('every page fits, and axe finds nothing', async () => {
    const page = await browser.page({ viewport, colorScheme });
    const id = await idOf('DatabaseConnectionPoolCritical');
    await page.goto('/console');
    await visible(page.getByLabel('Token'));
    expect(await axeFindings(page), 'sign in').toEqual([]);
    await signIn(page, WRITE_TOKEN);
    await visible(page.getByRole('link', { name: 'DatabaseConnectionPoolCritical' }));

    for (const [path, ready] of [
      ['/console', '.incidents li'],
      ['/console/history', '.incidents li'],
      ['/console/history?category=none', '#category-problem'],
      [`/console/incidents/${id}`, '.u-wrap'],
      [`/console/incidents/${id}/report`, 'pre.report'],
      ['/console/statistics', '.heat'],
      ['/console/nowhere', 'h1'],
    ] as const) {
      await page.goto(path);
      await visible(page.locator(ready).first());
      for (const summary of await page.locator('summary').all()) await summary.click();

      expect(await axeFindings(page), path).toEqual([]);
      expect(await overflowOf(page), path).toBeLessThanOrEqual(0);
    }
  });
});

describe('all of that', () => {
  it('violated no policy, called no other server, and logged no error', () => {
    expect(browser.complaints()).toEqual([]);
    expect(
      browser.requests().filter((url) => !url.startsWith(system.url) && !url.startsWith('data:')),
    ).toEqual([]);
  });
});

async function idOf(alertname: string): Promise<string> {
  const found = (await system.incidents()).find((incident) => incident.alertname === alertname);
  return found?.id ?? expect.fail(`there is no ${alertname}`);
}

async function openIncident(page: Page, alertname: string): Promise<void> {
  await page.getByRole('link', { name: alertname }).click();
  await visible(page.getByRole('heading', { level: 1, name: alertname }));
}

async function visible(
  locator: ReturnType<Page['locator']>,
  state: 'visible' | 'attached' = 'visible',
): Promise<void> {
  await locator.waitFor({ state });
}

async function gone(locator: ReturnType<Page['locator']>): Promise<void> {
  await locator.waitFor({ state: 'detached' });
}

/** Like a tab that goes to the back, and comes to the front again. */
async function show(page: Page, seen: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${!seen} });
    document.dispatchEvent(new Event('visibilitychange'))`);
}

/** The number of coloured points in the first chart. */
function inkOf(page: Page): Promise<number> {
  return page.evaluate<number>(`(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, at) => at % 4 === 3 && value > 0).length;
  })()`);
}

function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`document.activeElement?.textContent.trim() ?? ''`);
}
