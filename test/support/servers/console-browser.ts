import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PATIENCE_MS } from '../processes/wait-for.ts';
import { startChromium } from './headless-chromium.ts';

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation',
  (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`;

export type Look = {
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
};

export type ConsoleBrowser = {
  /** A page of its own session; with a token it is signed in already. */
  page(summary?: Look & { token?: string }): Promise<Page>;
  /** The page's complaints: errors, warnings, and blocked content. Requests that a test had refused are left out. */
  complaints(): string[];
  /** Every requested address. */
  requests(): string[];
  close(): Promise<void>;
};

/** A browser with the console that records every complaint. */
export async function startConsoleBrowser(url: string): Promise<ConsoleBrowser> {
  const browser: Browser = await startChromium();
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const requests: string[] = [];
  return {
    async page({ token, ...summary } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        ...summary,
        baseURL: url,
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
        reducedMotion: 'reduce',
      });
      contexts.push(context);
      context.setDefaultTimeout(PATIENCE_MS);
      // Injected before the page's own scripts, where no policy of the page stops it.
      await context.addInitScript({ content: axe.source });
      await context.addInitScript({ content: REPORT_VIOLATIONS });
      const page = await context.newPage();
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        const text = message.text();
        const refused = /^Failed to load resource: (net::ERR_FAILED|.* status of 40[0134])/.test(text);
        if (['error', 'warning'].includes(message.type()) && !refused) complaints.push(text);
      });
      if (token !== undefined) {
        await signIn(page, token);
        await page.getByRole('navigation').waitFor();
      }
      return page;
    },
    complaints: () => complaints,
    requests: () => requests,
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
    },
  };
}

/** Fills in the form, like people do. */
export async function signIn(page: Page, token: string, path = '/console'): Promise<void> {
  if (page.url() === 'about:blank') await page.goto(path);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Open the console' }).click();
}

/** Everything that axe finds on the page in its present state. */
export function axeFindings(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`axe
    .run(document)
    .then(({ violations }) => violations
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`);
}

/** By how many pixels the page is wider than the window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
