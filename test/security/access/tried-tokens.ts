import { basic, bearer, type HttpEventFactory } from '../../support/factories/http-event.ts';

export const TOKENS = {
  reader: 'reader-token-of-this-suite',
  writer: 'writer-token-of-this-suite',
  deliverer: 'deliverer-token-of-this-suite',
} as const;

/** What a caller must have: the table is written by hand, so that a route without an entry fails. */
export type Right = 'nothing' | 'read' | 'write' | 'deliver' | 'signature';

export const RIGHTS: Readonly<Record<string, Right>> = {
  'POST /webhooks/alertmanager': 'deliver',
  'GET /incidents': 'read',
  'GET /incidents.csv': 'read',
  'GET /incidents.jsonl': 'read',
  'GET /incidents.atom': 'read',
  'GET /incidents/{id}': 'read',
  'GET /incidents/{id}/report': 'read',
  'GET /stats': 'read',
  'GET /quarantine': 'read',
  'GET /dead-letters': 'read',
  'GET /maintenance': 'read',
  'POST /dead-letters/redrive': 'write',
  'POST /incidents/{id}/acknowledge': 'write',
  'POST /incidents/{id}/resolve': 'write',
  'POST /maintenance': 'write',
  'DELETE /maintenance/{id}': 'write',
  'POST /slack/actions': 'signature',
  'GET /': 'nothing',
  'GET /console': 'nothing',
  'GET /console/{proxy+}': 'nothing',
  'GET /health': 'nothing',
};

export type Holder = keyof typeof TOKENS;

/** What a request shows, and whose token it is: undefined for none. */
export type Try = { what: string; change: HttpEventFactory; holder?: Holder };

function rightly(holder: Holder): Try[] {
  const token = TOKENS[holder];
  return [
    { what: `bearer of ${holder}`, change: { headers: bearer(token) }, holder },
    {
      what: `lower-case scheme of ${holder}`,
      change: { headers: { authorization: `bearer ${token}` } },
      holder,
    },
    {
      what: `upper-case header of ${holder}`,
      change: { headers: { AUTHORIZATION: `Bearer ${token}` } },
      holder,
    },
    { what: `basic password of ${holder}`, change: { headers: basic('anybody', token) }, holder },
  ];
}

function wrongly(holder: Holder): Try[] {
  const token = TOKENS[holder];
  const values = {
    'without a scheme': token,
    'another scheme': `Token ${token}`,
    'a prefix': `Bearer ${token.slice(0, -1)}`,
    'a suffix': `Bearer ${token}x`,
    'a NUL after it': `Bearer ${token}\0`,
    'upper case': `Bearer ${token.toUpperCase()}`,
    'a space within': `Bearer ${token.slice(0, 5)} ${token.slice(5)}`,
    'a hard space around': `Bearer\u00a0${token}\u00a0x`,
    'quotes around': `Bearer "${token}"`,
    'two credentials': `Bearer wrong, Bearer ${token}`,
    'two tokens': `Bearer ${token},${token}`,
    'a list of all tokens': `Bearer ${Object.values(TOKENS).join(',')}`,
    'with its source': `Bearer prod=${token}`,
    'the digest of nothing': 'Bearer ',
    'as the user of basic': basic(token, '')['authorization'] ?? '',
    'basic without a colon': `Basic ${Buffer.from(token).toString('base64')}`,
    'basic that is no base64': `Basic ${token}`,
    'two spaces before, in basic': basic('', `  ${token}`)['authorization'] ?? '',
    'percent escapes': `Bearer ${encodeURIComponent(token).replace('-', '%2d')}`,
  };
  const misplaced: Record<string, HttpEventFactory> = {
    'in the query': { query: { token, access_token: token, authorization: `Bearer ${token}` } },
    'in a cookie': { headers: { cookie: `authorization=Bearer ${token}; token=${token}` } },
    'in another header': { headers: { 'x-api-key': token, 'proxy-authorization': `Bearer ${token}` } },
    'in the body': { body: JSON.stringify({ by: 'Ana', token, authorization: `Bearer ${token}` }) },
  };
  return [
    ...Object.entries(values).map(([what, authorization]) => ({
      what: `${what}: ${holder}`,
      change: { headers: { authorization } },
    })),
    ...Object.entries(misplaced).map(([what, change]) => ({ what: `${what}: ${holder}`, change })),
  ];
}

const holders: Holder[] = ['reader', 'writer', 'deliverer'];

/** Ways to ask, with and without a token that the service knows. */
export const tries: readonly Try[] = [
  { what: 'nothing', change: {} },
  ...[
    '',
    'Bearer',
    'Bearer ',
    'Basic',
    'Basic Og==',
    'Bearer undefined',
    'Bearer null',
    'Bearer wrong',
    'Bearer *',
  ].map((authorization) => ({ what: JSON.stringify(authorization), change: { headers: { authorization } } })),
  ...holders.flatMap(rightly),
  ...holders.flatMap(wrongly),
];

/** The status that a try must get; undefined: anything but a refusal for want of a right. */
export function expectedStatus(right: Right, holder: Holder | undefined): 401 | 403 | undefined {
  switch (right) {
    case 'nothing':
      return undefined;
    case 'signature':
      return 401;
    case 'deliver':
      return holder === 'deliverer' ? undefined : 401;
    case 'read':
      return holder === 'reader' || holder === 'writer' ? undefined : 401;
    case 'write':
      if (holder === 'writer') return undefined;
      return holder === 'reader' ? 403 : 401;
  }
}
