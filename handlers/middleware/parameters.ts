import type { HttpEvent, Refused } from './http.ts';

/** For a route whose senders may add parameters of their own. */
export function takeAnyParameters(): { kind: 'ok' } {
  return { kind: 'ok' };
}

/** For a route without parameters. */
export function refuseParameters(event: HttpEvent): { kind: 'ok' } | Refused {
  const [unknown] = Object.keys(event.queryStringParameters ?? {});
  if (unknown === undefined) return { kind: 'ok' };
  return { kind: 'refused', path: unknown, reason: `${unknown} is not a parameter of this route.` };
}

/** For a path with `{id}`, and no other parameters. `id` is undefined where the path has none. */
export function readId(of: 'incident' | 'maintenance', isValid: (text: string) => boolean) {
  return (event: HttpEvent): { kind: 'ok'; id: string | undefined } | Refused => {
    const id = event.pathParameters?.['id'];
    const reading = refuseParameters(event);
    if (reading.kind === 'refused') return reading;
    if (id === undefined || isValid(id)) return { kind: 'ok', id };
    return { kind: 'refused', path: 'id', reason: `id is not a valid ${of} id.` };
  };
}
