import type { AlertDetail } from '../alert/alert.ts';
import { findSharedLabels, getLabel } from '../alert/labels.ts';
import { formatEquality } from '../alert/matcher.ts';
import { NO_ALERTNAME } from '../grouping/group-alerts.ts';
import type { Incident } from '../incident/incident.ts';
import { isOnlyGrafanas } from '../incident/status.ts';
import { isSecretLink } from '../redaction/links.ts';
import { isClipped } from '../shared/clip.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import type { Notice } from './notice.ts';

/** A longer link is left out, because it would crowd out the notice. */
const MAX_URL = 1_500;
const MAX_NAME = 40;
/** Beside the four that have places of their own; more would be no help. */
const MAX_OTHERS = 30;

export type NamedLink = { name: string; url: string };

/**
 * Links for people, named by where they lead. They come from outside (generatorURL, annotations), so only
 * absolute http and https addresses pass. The URL parser's spelling leaves no bracket, quote, space or bar in
 * them. `current`: the alerts that the notice is about; `worst` is one of them.
 */
export function listLinks(input: {
  incident: Incident;
  current: AlertDetail[];
  worst: AlertDetail | undefined;
  runbookUrl: string | undefined;
  publicUrl: string | undefined;
}): Notice['links'] {
  const { incident, worst, publicUrl } = input;
  const generator = safeUrl(worst?.generatorURL);
  const fromAnnotations = [worst, ...input.current].flatMap(listAnnotationLinks);
  const annotated = fromAnnotations.find(({ name }) => name === RUNBOOK)?.url;
  const fixed = {
    prometheus: generator !== undefined && isPrometheusGraph(generator) ? generator : undefined,
    alertmanager: safeUrl(alertmanagerUrl(input)),
    incident: safeUrl(
      publicUrl && `${trimSlash(publicUrl)}/console/incidents/${encodeURIComponent(incident.id)}`,
    ),
    runbook: safeUrl(input.runbookUrl) ?? annotated,
  };
  const others = [
    ...(generator === undefined
      ? []
      : [{ name: nameTarget(generator, isFromGrafana(incident, worst)), url: generator }]),
    ...listGrafanaLinks(incident, worst),
    ...fromAnnotations,
  ];
  return {
    ...Object.fromEntries(Object.entries(fixed).filter(([, url]) => url !== undefined)),
    others: keepDistinct(others, nameLinks({ ...fixed, others: [] })),
  };
}

/** All links of a notice, each once, in the order that channels show them. */
export function nameLinks({
  incident,
  prometheus,
  alertmanager,
  runbook,
  others,
}: Notice['links']): NamedLink[] {
  const fixed = {
    Incident: incident,
    Prometheus: prometheus,
    Alertmanager: alertmanager,
    [RUNBOOK]: runbook,
  };
  return [
    ...Object.entries(fixed).flatMap(([name, url]) => (url === undefined ? [] : [{ name, url }])),
    ...others,
  ];
}

const RUNBOOK = 'Runbook';

/** `dashboard_url` leads to `Dashboard`: every annotation whose name ends in `_url`. */
function listAnnotationLinks(worst: AlertDetail | undefined): NamedLink[] {
  return Object.entries(worst?.annotations ?? {}).flatMap(([annotation, value]) => {
    const url = /_url$/i.test(annotation) ? safeUrl(value) : undefined;
    if (url === undefined) return [];
    const words = toOneLine(annotation.slice(0, -'_url'.length).replace(/_/g, ' '));
    const name = clip(words.charAt(0).toUpperCase() + words.slice(1), MAX_NAME);
    return [{ name: name || new URL(url).host, url }];
  });
}

/** The pages that Grafana names for an alert of its own, and Grafana itself if the alert names none. */
function listGrafanaLinks(incident: Incident, worst: AlertDetail | undefined): NamedLink[] {
  const silence = safeUrl(worst?.silenceURL);
  const dashboard = safeUrl(worst?.dashboardURL);
  const panel = safeUrl(worst?.panelURL);
  const home =
    incident.sentBy === 'grafana' && !worst?.generatorURL ? safeUrl(incident.externalURL) : undefined;
  const named = { Grafana: home, 'Silence in Grafana': silence, Dashboard: dashboard, Panel: panel };
  return Object.entries(named).flatMap(([name, url]) => (url === undefined ? [] : [{ name, url }]));
}

/** Prometheus, and whatever shows its graphs at the same address, such as Thanos. */
function isPrometheusGraph(url: string): boolean {
  const { pathname, searchParams } = new URL(url);
  // OpenShift's console shows the same graph on a page of its own.
  return searchParams.has('g0.expr') && /(?<!\/monitoring)\/(?:graph|query)$/.test(pathname);
}

/** What a generatorURL leads to; the host, if its product cannot be told. */
function nameTarget(url: string, fromGrafana: boolean): string {
  const { host, pathname } = new URL(url);
  if (fromGrafana || /\/(?:alerting\/|explore$)/.test(pathname)) return 'Grafana';
  if (/\/vmui(?:\/|$)/.test(pathname)) return 'VictoriaMetrics';
  if (/\/vmalert(?:\/|$)/.test(pathname)) return 'vmalert';
  if (pathname.endsWith('/monitoring/graph')) return 'OpenShift';
  if (host === 'console.cloud.google.com') return 'Google Cloud';
  return clip(host, MAX_NAME);
}

function isFromGrafana({ alerts }: Incident, worst: AlertDetail | undefined): boolean {
  return alerts.find(({ fingerprint }) => fingerprint === worst?.fingerprint)?.sentBy === 'grafana';
}

/** Drops addresses that are shown already; two names alike get a number. */
function keepDistinct(links: NamedLink[], shown: NamedLink[]): NamedLink[] {
  const urls = new Set(shown.map(({ url }) => url));
  const names = new Map(shown.map(({ name }) => [name, 1]));
  const kept: NamedLink[] = [];
  for (const { name, url } of links) {
    if (urls.has(url) || kept.length === MAX_OTHERS) continue;
    urls.add(url);
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    kept.push({ name: count === 1 ? name : `${name} ${count}`, url });
  }
  return kept;
}

/**
 * Alertmanager's page of these alerts, filtered by the name and the grouping labels that they have; without a
 * name by the labels that they share. Grafana's alerts have no such page.
 */
function alertmanagerUrl(input: { incident: Incident; current: AlertDetail[] }): string | undefined {
  const { externalURL, sentBy } = input.incident;
  if (sentBy === 'grafana' || isOnlyGrafanas(input.incident)) return undefined;
  if (isClipped(externalURL) || !URL.canParse(externalURL)) return undefined;
  const page = toAlertsPage(externalURL);
  const wanted = Object.entries(selectFilterLabels(input));
  // What does not fit is left out: a wider page still has these alerts.
  for (let count = wanted.length; count > 0; count -= 1) {
    const filter = `{${wanted
      .slice(0, count)
      .map(([name, value]) => formatEquality(name, value))
      .join(',')}}`;
    // encodeURIComponent throws on half a character.
    const url = `${page}?filter=${encodeURIComponent(filter.toWellFormed())}`;
    if (url.length <= MAX_URL) return url;
  }
  return page;
}

/** An address may have parameters, which a proxy tells tenants apart by. */
function toAlertsPage(externalURL: string): string {
  const url = new URL(externalURL);
  url.pathname = `${trimSlash(url.pathname)}/`;
  url.hash = '';
  return `${url.href}#/alerts`;
}

/** The labels that find these alerts. Alertmanager compares whole values, so one that was cut finds nothing. */
function selectFilterLabels(input: { incident: Incident; current: AlertDetail[] }): Record<string, string> {
  const { alertname, group } = input.incident;
  const shared = findSharedLabels(input.current.map(({ labels }) => labels));
  const isNamed = alertname !== NO_ALERTNAME || getLabel(shared, 'alertname') === NO_ALERTNAME;
  const wanted = isNamed && !isClipped(alertname) ? { alertname, ...group } : { ...group, ...shared };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== '' && !isClipped(value)));
}

/** The address if it is safe to show, else `undefined`. */
function safeUrl(raw: string | undefined): string | undefined {
  if (!raw || raw.length > MAX_URL || isClipped(raw) || !URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username || url.password || isSecretLink(raw)) return undefined;
  const href = url.href.replace(
    /[|<>"'`\\\s]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return href.length > MAX_URL ? undefined : href;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
