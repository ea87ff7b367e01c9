import type { ComponentChildren } from 'preact';
import { safeUrl } from './safe-url.ts';

/** A link out of the console to an untrusted address; anything but a web address is text. */
export function SafeLink({ href, children }: { href: string; children: ComponentChildren }) {
  const url = safeUrl(href);
  if (url === undefined) return <span>{children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}
