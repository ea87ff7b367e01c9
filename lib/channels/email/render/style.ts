import type { Title } from '../../../core/notice/document/document-types.ts';

/**
 * The style of mails. Each element carries its light style, because many clients drop style sheets. Clients
 * that keep them also get dark colours and narrow margins from `sheet`. Clients that invert colours find dark
 * text on light grounds everywhere, which they invert well.
 */
// Outlook for Windows may take only the first name of a list, so that begins with fonts of Windows.
export const sans = "font-family:'Segoe UI',-apple-system,Roboto,Helvetica,Arial,sans-serif";
export const mono = "font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace";

export const style = {
  body: 'margin:0;padding:0;background-color:#e5e7eb',
  page: 'background-color:#e5e7eb',
  card: 'max-width:720px;background-color:#ffffff;border-radius:8px;text-align:left',
  // Fonts stand on cells: Outlook for Windows takes none over from a table.
  text: `${sans};font-size:15px;line-height:1.5;color:#111827`,
  line: 'margin:0 0 6px',
  soft: 'margin:0 0 10px;color:#4b5563;font-size:13px',
  frame: 'margin:4px 0 10px',
  // Clients that know the second value of `word-break` break long words only; for Outlook the first stands.
  box: `padding:10px 12px;background-color:#f3f4f6;color:#111827;border-radius:6px;${mono};font-size:13px;line-height:1.45;word-break:break-all;word-break:break-word`,
  spaced: `margin:0;${mono};font-size:13px;white-space:pre-wrap`,
  code: `${mono};font-size:12px;background-color:#f3f4f6;color:#111827;padding:1px 4px;border-radius:3px`,
  head: `padding:4px 14px 4px 0;border-bottom:1px solid #d1d5db;color:#4b5563;font-weight:600;${mono};font-size:13px`,
  cell: `padding:4px 14px 4px 0;border-bottom:1px solid #e5e7eb;${mono};font-size:13px`,
  table: 'margin:2px 0 10px;border-collapse:collapse',
  rows: 'margin:2px 0 10px',
  row: `padding:4px 0;border-bottom:1px solid #e5e7eb;${mono};font-size:13px`,
  rowHead: `padding:4px 0;border-bottom:1px solid #d1d5db;color:#4b5563;font-weight:600;${mono};font-size:13px`,
  axis: `color:#4b5563;${sans};font-size:12px;line-height:1.2`,
  link: `color:#1d4ed8;margin-right:16px;${sans}`,
} as const;

/** White text has a contrast of at least 4.5 to 1 on each. */
export function getTitleColour({ severity, resolved }: Title): string {
  if (resolved) return '#15803d';
  switch (severity) {
    case 'critical':
      return '#b91c1c';
    case 'warning':
      return '#b45309';
    case 'info':
      return '#1d4ed8';
  }
}

/** The classes in the body mark the inline styles that this sheet overrides. */
export const sheet = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){.pad{padding-left:12px!important;padding-right:12px!important}.edge{padding:0!important}.cell{padding-right:8px!important;font-size:12px!important}}
@media (prefers-color-scheme:dark){.page{background-color:#0b0f17!important}.card{background-color:#161b26!important}.text{color:#e5e7eb!important}.soft,.head,.axis{color:#a7b0be!important}.box,.code{background-color:#232a38!important;color:#e5e7eb!important}.head,.cell{border-color:#384152!important}.link{color:#8ab4ff!important}}`;
