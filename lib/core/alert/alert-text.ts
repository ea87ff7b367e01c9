import { redact } from '../redaction/redact.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import type { AlertDetail } from './alert.ts';
import { getLabel } from './labels.ts';
import { describeMissingData } from './missing-data.ts';

const MAX_TEXT = 500;
const MAX_DESCRIPTION = 1_500;
/** Annotations that hold prose, the shortest first. */
const PROSE = ['summary', 'message', 'description'];

/** The text of an alert's annotations, redacted and on one line; empty without any. */
export function getAlertText(detail: Pick<AlertDetail, 'labels' | 'annotations'>): string {
  const [first = ''] = listProse(detail);
  return clip(describeMissingData(detail) ?? first, MAX_TEXT);
}

/** Further annotation text on one line, as far as it says more than `getAlertText`; empty if none does. */
export function getAlertDescription(detail: Pick<AlertDetail, 'labels' | 'annotations'>): string {
  const prose = listProse(detail);
  if (describeMissingData(detail) !== undefined) {
    // Written for the condition, so it may not read like news.
    return prose.length === 0 ? '' : clip(`The rule's own text: ${prose.join(' · ')}`, MAX_DESCRIPTION);
  }
  const [first = '', ...others] = prose;
  const more = others.filter((text, index) => saysMore(text, [first, ...others.slice(0, index)].join(' ')));
  return clip(more.join(' '), MAX_DESCRIPTION);
}

/** Whether a text is more than a repetition of another, apart from case and its full stop. */
export function saysMore(text: string, known: string): boolean {
  const bare = text.toLowerCase().replace(/[.!\s]+$/, '');
  return bare !== '' && !known.toLowerCase().includes(bare);
}

/** Redacted while the lines of a block are told apart, and before anything is cut. */
function listProse({ annotations }: Pick<AlertDetail, 'annotations'>): string[] {
  return PROSE.map((name) => toOneLine(redact(getLabel(annotations, name) ?? ''))).filter(
    (text) => text !== '',
  );
}
