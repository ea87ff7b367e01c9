import type { ComponentChildren } from 'preact';
import { safeUrl } from './safe-url.ts';

/** A way out of the console, for addresses that others wrote; what is no web address is text. */
export function SafeLink({ href, children }: { href: string; children: ComponentChildren }) {
  const url = safeUrl(href);
  if (url === undefined) return <span>{children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}
