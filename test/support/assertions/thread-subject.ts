/**
 * The base subject by which mail clients decide whether two mails are one conversation: without what RFC 5256 (section
 * 2.1) calls leaders, `[any text]` and `Re:`, as long as some text remains. Gmail skips the same.
 */
export function toThreadSubject(subject: string): string {
  const leader = /^(?:\[[^[\]]*\]\s*|(?:re|fwd?)\s*(?:\[[^[\]]*\]\s*)?:\s*)/i;
  for (let base = subject; ; ) {
    const rest = base.replace(leader, '');
    if (rest === base || rest === '') return base;
    base = rest;
  }
}
