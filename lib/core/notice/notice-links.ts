import type { AlertDetail } from '../alert/alert.ts';
import type { Incident } from '../incident/incident.ts';
import { isClipped } from '../shared/clip.ts';
import type { Notice } from './notice.ts';

/** A longer link is left out: it would crowd out what the notice has to say. */
const MAX_URL = 900;

/**
 * Links for people. They come from outside (generatorURL, annotations), so only absolute http and https
 * addresses pass, in the URL parser's own spelling, which leaves no bracket, quote, space or bar in them.
 */
export function listLinks(
  incident: Incident,
  worst: AlertDetail | undefined,
  runbookUrl: string | undefined,
  publicUrl: string | undefined,
): Notice['links'] {
  const links: Record<keyof Notice['links'], string | undefined> = {
    prometheus: safeUrl(worst?.generatorURL),
    alertmanager: safeUrl(alertmanagerUrl(incident)),
    incident: safeUrl(
      publicUrl && `${trimSlash(publicUrl)}/console/incidents/${encodeURIComponent(incident.id)}`,
    ),
    runbook: safeUrl(runbookUrl) ?? safeUrl(worst?.annotations.runbook_url),
  };
  return Object.fromEntries(Object.entries(links).filter(([, url]) => url !== undefined));
}

/** Alertmanager's page of this alertname; none where only the beginning of the name or of the address is known. */
function alertmanagerUrl({ externalURL, alertname }: Incident): string | undefined {
  if (externalURL === '' || isClipped(externalURL) || isClipped(alertname)) return undefined;
  const filter = `{alertname="${alertname.replace(/["\\]/g, '\\$&')}"}`;
  // encodeURIComponent throws at half a character.
  return `${trimSlash(externalURL)}/#/alerts?filter=${encodeURIComponent(filter.toWellFormed())}`;
}

/** The address as it may be shown, or `undefined` when it may not. */
function safeUrl(raw: string | undefined): string | undefined {
  if (!raw || raw.length > MAX_URL || isClipped(raw) || !URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username || url.password) return undefined;
  const href = url.href.replace(
    /[|<>"'`\\\s]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return href.length > MAX_URL ? undefined : href;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
