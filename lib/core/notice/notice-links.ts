import type { AlertDetail } from '../alert/alert.ts';
import type { Incident } from '../incident/incident.ts';
import { isClipped } from '../shared/clip.ts';
import type { Notice } from './notice.ts';

/** A longer link is left out, because it would crowd out the notice. */
const MAX_URL = 900;

/**
 * Links for people. They come from outside (generatorURL, annotations), so only absolute http and https
 * addresses pass. The URL parser's spelling leaves no bracket, quote, space or bar in them.
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

/** Alertmanager's page of this alertname; none if the name or the address was cut. */
function alertmanagerUrl({ externalURL, alertname }: Incident): string | undefined {
  if (externalURL === '' || isClipped(externalURL) || isClipped(alertname)) return undefined;
  const filter = `{alertname="${alertname.replace(/["\\]/g, '\\$&')}"}`;
  // encodeURIComponent throws on half a character.
  return `${trimSlash(externalURL)}/#/alerts?filter=${encodeURIComponent(filter.toWellFormed())}`;
}

/** The address if it is safe to show, else `undefined`. */
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
