import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { StartError } from '../../infra/local/stack/start-error.ts';
import { shrinkPng } from './shrink-png.ts';

/** A busy machine draws late; an idle one never takes this long. */
const DRAWN_WITHIN = 120_000;

/** Twice the resolution, for sharp text on every screen. The other settings make all machines draw the same. */
const summary: BrowserContextOptions = {
  deviceScaleFactor: 2,
  colorScheme: 'light',
  reducedMotion: 'reduce',
  locale: 'en-US',
  timezoneId: 'UTC',
};

/** The first message about an alert as the inbox page shows it, with its channel. Returns a PNG. */
export function pictureNotice(browser: Browser, inboxUrl: string, alertname: string): Promise<Uint8Array> {
  return onPage(browser, { width: 800, height: 900 }, async (page) => {
    await page.goto(inboxUrl);
    const channel = page.locator('.slack .channel').filter({ hasText: alertname }).first();
    await channel.getByRole('button', { name: 'Acknowledge' }).waitFor();
    return channel.screenshot();
  });
}

/** The console's statistics of the last 30 days, down to the incidents a day. Returns a PNG. */
export function pictureConsole(browser: Browser, url: string, token: string): Promise<Uint8Array> {
  return onPage(browser, { width: 1100, height: 900 }, async (page) => {
    await page.goto(`${url}/console/statistics?days=30`);
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Open the console' }).click();
    const days = page.getByRole('region', { name: 'Incidents a day' });
    await days.getByRole('img', { name: /^Incidents a day by severity/ }).waitFor();
    await page.waitForFunction(CHART_IS_DRAWN);
    const { y, height } = (await days.boundingBox()) ?? { y: 0, height: 0 };
    return page.screenshot({ clip: { x: 0, y: 0, width: 1100, height: y + height + 16 }, fullPage: true });
  });
}

/** True once the first chart has a coloured point. */
const CHART_IS_DRAWN = `(() => {
  const canvas = document.querySelector('canvas');
  return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
})()`;

async function onPage(
  browser: Browser,
  viewport: { width: number; height: number },
  take: (page: Page) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const context = await browser.newContext({ ...summary, viewport });
  context.setDefaultTimeout(DRAWN_WITHIN);
  try {
    return shrinkPng(await take(await context.newPage()));
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new StartError(`A picture could not be taken: ${why}`, { cause: error });
  } finally {
    await context.close();
  }
}
