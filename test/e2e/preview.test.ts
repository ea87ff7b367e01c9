import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChromium } from '../support/servers/headless-chromium.ts';

const run = promisify(execFile);
const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };
const shown = [
  'DatabaseConnectionPoolCritical-opened',
  'DatabaseConnectionPoolCritical-escalated-L2',
  'AgentDown-joined',
  'AgentDown-resolved',
  'AgentDown-40-alerts-opened',
];
const alerts = [
  'DatabaseConnectionPoolCritical',
  'HighErrorRate',
  'AgentDown',
  'AgentDown-40-alerts',
  'default',
];

/** Mails with a table of many columns as a finding. */
const withTables = [
  'DatabaseConnectionPoolCritical-opened',
  'AgentDown-opened',
  'AgentDown-40-alerts-opened',
  'HighErrorRate-opened',
];

let folder: string;
let browser: Browser;
let printed: string;
/** The HTML of the mails of `withTables`, by their ids. */
let mails: ReadonlyMap<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preview-'));
  const chosen = alerts.flatMap((alert) => ['--alert', alert]);
  const made = run('npm', ['run', '--silent', 'preview', '--', '--out', folder, ...chosen]);
  [{ stdout: printed }, browser] = await Promise.all([made, startChromium()]);
  await onPage({ viewport: desktop, javaScriptEnabled: false }, async (page) => {
    mails = await mailsOn(page, withTables);
  });
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the gallery of notices', () => {
  it('is one file that loads nothing, and its path is printed', async () => {
    const asked: string[] = [];

    await onPage({ viewport: desktop }, async (page) => {
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(address(''));

      expect(await page.locator('.overview a').count()).toBe(14 * alerts.length);
      expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('about:'))).toEqual([]);
      expect(printed.trim()).toBe(address(''));
    });
  });

  it('leads from the table to a notice, and from one notice to the next reason and the next alert', async () => {
    await onPage({ viewport: desktop, javaScriptEnabled: false }, async (page) => {
      await page.goto(address(''));
      await page.getByRole('link', { name: 'HighErrorRate opened' }).click();
      await visible(page.locator('#HighErrorRate-opened'));

      await page
        .locator('#HighErrorRate-opened')
        .getByRole('link', { name: 'resolved', exact: true })
        .click();
      await visible(page.locator('#HighErrorRate-resolved'));
      expect(await page.locator('#HighErrorRate-opened').isVisible()).toBe(false);
    });
  });
});

describe.each([
  ['a phone', phone, 'light'],
  ['a phone', phone, 'dark'],
  ['a desktop', desktop, 'light'],
  ['a desktop', desktop, 'dark'],
] as const)('on %s %o, %s,', (_where, viewport, colorScheme) => {
  it('every notice fits, hides nothing, and can be read', async () => {
    await onPage({ viewport, colorScheme }, async (page) => {
      await page.goto(address(''));
      await page.evaluate(axe.source);
      for (const id of shown) {
        const view = await open(page, id);

        expect(await overflowing(view, viewport.width), id).toEqual([]);
        expect(await clipped(view), id).toEqual([]);
        expect(await flat(view), id).toEqual([]);
        expect(await hardToRead(page), id).toEqual([]);
      }
    });
  });
});

describe('the first screen of a phone', () => {
  it.each(['DatabaseConnectionPoolCritical', 'HighErrorRate'])(
    'of %s says what, how bad, why, and what to type',
    async (alert) => {
      await onPage({ viewport: phone }, async (page) => {
        const view = await open(page, `${alert}-opened`);
        const message = view.locator('.slack .message').first();
        const top = (await boxOf(message)).y;

        for (const part of [
          message.locator('h4').first(),
          message.locator('.section', { hasText: '❗' }).first(),
          message.locator('.section', { hasText: 'Do next' }).first(),
        ]) {
          expect((await boxOf(part)).y - top).toBeLessThan(phone.height);
        }
        expect(await message.locator('h4').first().textContent()).toBe(`🔴 CRITICAL ${alert}`);
        const command = message.locator('pre', { hasText: 'kubectl' }).first();
        const { y } = await boxOf(command);
        expect(y - top).toBeLessThan(phone.height);
      });
    },
  );

  it('with 40 alerts names the first two in the title and counts the rest', async () => {
    await onPage({ viewport: phone }, async (page) => {
      const view = await open(page, 'AgentDown-40-alerts-joined');

      expect(await view.locator('.slack h4').first().textContent()).toMatch(
        /^🟠 WARNING AgentDown - 40 agents down \([a-z0-9-]+, [a-z0-9-]+, … \+38\)$/,
      );
    });
  });
});

describe('a mail in the gallery', () => {
  it('is shown in a frame that fits a phone, light or dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await onPage({ viewport: phone, colorScheme }, async (page) => {
        const view = await open(page, 'DatabaseConnectionPoolCritical-opened');
        const frame = view.frameLocator('iframe');
        await visible(frame.locator('body'));
        expect(await frame.locator('body').textContent()).toContain('DatabaseConnectionPoolCritical');

        const box = await boxOf(view.locator('iframe'));
        expect(box.x + box.width).toBeLessThanOrEqual(phone.width);
        await view.locator('label', { hasText: 'Text' }).click();
        await visible(view.locator('pre.text'));
      });
    }
  });
});

describe.each([
  ['with its style sheet', false],
  ['in a client that drops style sheets', true],
])('the tables of a mail, %s,', (_where, plain) => {
  it.each([320, 375, 430, 720])('break no word and fit in a width of %i px', async (width) => {
    await onPage({ viewport: { width, height: 800 } }, async (page) => {
      for (const [id, html] of mails) {
        await page.setContent(plain ? html.replace(/<style>.*?<\/style>/s, '') : html);

        expect(await page.locator('.cell').count(), id).toBeGreaterThan(5);
        expect(await brokenWords(page.locator('.cell')), id).toEqual([]);
        expect(await overflowing(page.locator('body'), width), id).toEqual([]);
      }
    });
  });

  it.each([375, 720])('stand below their heads in a width of %i px', async (width) => {
    await onPage({ viewport: { width, height: 800 } }, async (page) => {
      const html = mails.get('AgentDown-opened') ?? expect.fail('it has no mail');
      await page.setContent(plain ? html.replace(/<style>.*?<\/style>/s, '') : html);

      const head = page.locator('th.head', { hasText: 'silent' });
      const row = page.locator('td.cell', { hasText: 'arbitrage-agent' });
      expect(await placesOf(row)).toEqual(await placesOf(head));
    });
  });
});

type Look = {
  viewport: typeof phone;
  colorScheme?: 'light' | 'dark';
  javaScriptEnabled?: boolean;
  bypassCSP?: boolean;
};

async function onPage(summary: Look, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ ...summary, locale: 'en-GB', timezoneId: 'UTC' });
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

function address(id: string): string {
  return `${pathToFileURL(join(folder, 'index.html')).href}${id === '' ? '' : `#${id}`}`;
}

/** A notice with its thread open. */
async function open(page: Page, id: string): Promise<Locator> {
  await page.goto(address(id));
  const view = page.locator(`section[id="${id}"]`);
  await visible(view);
  for (const thread of await view.locator('details.thread > summary').all()) await thread.click();
  return view;
}

async function mailsOn(page: Page, ids: string[]): Promise<ReadonlyMap<string, string>> {
  await page.goto(address(''));
  const found = await Promise.all(
    ids.map(async (id): Promise<[string, string]> => {
      const html = await page.locator(`section[id="${id}"] iframe`).getAttribute('srcdoc');
      return [id, html ?? expect.fail(`${id} has no mail`)];
    }),
  );
  return new Map(found);
}

async function visible(locator: Locator): Promise<void> {
  await locator.waitFor({ state: 'visible' });
}

async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await visible(locator);
  return (await locator.boundingBox()) ?? expect.fail('it is not drawn');
}

/** Elements that stick out of the page to the right. */
function overflowing(view: Locator, width: number): Promise<string[]> {
  return view
    .locator('*')
    .evaluateAll(
      (all, right) =>
        all
          .filter((each) => each.getBoundingClientRect().right > right + 1)
          .map((each) => `${each.tagName} ${(each.textContent ?? '').slice(0, 60)}`),
      width,
    );
}

/** Words that are short enough for any line and still break. */
function brokenWords(cells: Locator): Promise<string[]> {
  return cells.evaluateAll((all) =>
    all.flatMap((cell) => {
      const onlyText = 4;
      const broken: string[] = [];
      const texts = cell.ownerDocument.createTreeWalker(cell, onlyText);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        for (const { 0: word, index } of (text.textContent ?? '').matchAll(/[^\s-]{1,24}(?=[\s-]|$)/g)) {
          const range = cell.ownerDocument.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
          if (lines.size > 1) broken.push(word);
        }
      }
      return broken;
    }),
  );
}

/** Horizontal positions of the cells of a row that is written in lines, from its own corner. */
function placesOf(row: Locator): Promise<number[][]> {
  return row.evaluate((line) => {
    const corner = line.getBoundingClientRect();
    return [...line.querySelectorAll('span')].map((cell) => {
      const { left, top } = cell.getBoundingClientRect();
      return [left - corner.left, top - corner.top].map(Math.round);
    });
  });
}

/** Texts with a part cut off. */
function clipped(view: Locator): Promise<string[]> {
  return view
    .locator('h4, .section, .context, pre, .notification')
    .evaluateAll((all) =>
      all
        .filter((each) => each.clientHeight > 0 && each.scrollWidth > each.clientWidth + 1)
        .map((each) => (each.textContent ?? '').slice(0, 60)),
    );
}

/** Blocks of a message without a height. */
function flat(view: Locator): Promise<string[]> {
  return view
    .locator('.slack h4, .slack .section, .slack .context, .slack pre')
    .evaluateAll((all) =>
      all.filter((each) => each.clientHeight < 8).map((each) => (each.textContent ?? '').slice(0, 60)),
    );
}

/** Serious findings of axe: too little contrast, controls without a name. Mails are excluded. */
function hardToRead(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`axe
    .run('.view:target', { iframes: false })
    .then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`);
}
