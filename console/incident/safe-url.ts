/** The address if it leads to the web and holds no credentials, else undefined. Labels may hold any address. */
export function safeUrl(raw: string): string | undefined {
  if (!URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return url.username || url.password ? undefined : url.href;
}
