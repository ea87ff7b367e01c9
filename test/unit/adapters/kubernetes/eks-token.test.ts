import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createEksToken, type EksTokenOptions } from '../../../../lib/adapters/kubernetes/eks-token.ts';
import { MINUTE, SECOND } from '../../../../lib/core/shared/time.ts';

const NOW = Date.UTC(2026, 10, 24, 3, 12, 5);
const identity = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'not+a/secret',
  sessionToken: 'a/session+token==',
};

function tokens(change: Partial<EksTokenOptions> = {}) {
  return createEksToken({
    cluster: 'crypto-funk_1',
    region: 'eu-central-1',
    credentials: async () => identity,
    now: () => NOW,
    ...change,
  });
}

async function urlIn(token: ReturnType<typeof createEksToken>): Promise<URL> {
  const answer = await token();
  if (answer.kind === 'failed') throw new Error(answer.reason);
  const [prefix, payload = ''] = answer.value.split(/(?<=^k8s-aws-v1\.)/);
  expect(prefix).toBe('k8s-aws-v1.');
  expect(payload).toMatch(/^[A-Za-z0-9_-]+$/);
  return new URL(Buffer.from(payload, 'base64url').toString('utf8'));
}

/** Signature version 4 by its specification alone: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function signatureOf(url: URL, clusterHeader: string, secret: string): string {
  const encoded = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join('&');
  const canonical = [
    'GET',
    '/',
    query,
    `host:${url.host}`,
    `x-k8s-aws-id:${clusterHeader}`,
    '',
    'host;x-k8s-aws-id',
    createHash('sha256').update('').digest('hex'),
  ].join('\n');
  const time = url.searchParams.get('X-Amz-Date') ?? '';
  const scope = `${time.slice(0, 8)}/eu-central-1/sts/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  );
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return createHmac('sha256', key).update(toSign).digest('hex');
}

test('a token is a signed request to STS that names the cluster and lasts a minute', async () => {
  const url = await urlIn(tokens());

  expect(url.origin + url.pathname).toBe('https://sts.eu-central-1.amazonaws.com/');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIDEXAMPLE/20261124/eu-central-1/sts/aws4_request',
    'X-Amz-Date': '20261124T031205Z',
    'X-Amz-Expires': '60',
    'X-Amz-Security-Token': 'a/session+token==',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('its signature is the one that AWS would calculate, for this cluster and no other', async () => {
  const url = await urlIn(tokens());

  const signature = url.searchParams.get('X-Amz-Signature');

  expect(signature).toBe(signatureOf(url, 'crypto-funk_1', identity.secretAccessKey));
  expect(signature).not.toBe(signatureOf(url, 'another', identity.secretAccessKey));
});

test('credentials that do not end sign as well', async () => {
  const { sessionToken: _, ...lasting } = identity;

  const url = await urlIn(tokens({ credentials: async () => lasting }));

  expect(url.searchParams.has('X-Amz-Security-Token')).toBe(false);
  expect(url.searchParams.get('X-Amz-Signature')).toBe(
    signatureOf(url, 'crypto-funk_1', lasting.secretAccessKey),
  );
});

test('China has an address of its own', async () => {
  const url = await urlIn(tokens({ region: 'cn-north-1' }));

  expect(url.host).toBe('sts.cn-north-1.amazonaws.com.cn');
});

test('a token is used again until it is 13 minutes old, and then made anew', async () => {
  let at = NOW;
  const token = tokens({ now: () => at });
  const timeOf = async () => (await urlIn(token)).searchParams.get('X-Amz-Date');

  const first = await timeOf();
  at = NOW + 13 * MINUTE - SECOND;
  const again = await timeOf();
  at = NOW + 13 * MINUTE;
  const renewed = await timeOf();

  expect([first, again, renewed]).toEqual(['20261124T031205Z', '20261124T031205Z', '20261124T032505Z']);
});

test('a token goes with the credentials behind it', async () => {
  let at = NOW;
  const expiration = new Date(NOW + 5 * MINUTE);
  const token = tokens({ now: () => at, credentials: async () => ({ ...identity, expiration }) });
  await urlIn(token);

  at = NOW + 5 * MINUTE;
  const url = await urlIn(token);

  expect(url.searchParams.get('X-Amz-Date')).toBe('20261124T031705Z');
});

test('without credentials there is one sentence, which tells nothing of where they were looked for', async () => {
  const credentials = () => Promise.reject(new Error('no such file: /home/ana/.aws/credentials'));

  const answer = await tokens({ credentials })();

  expect(answer).toEqual({
    kind: 'failed',
    reason: 'no token for EKS: the AWS credentials to make it of cannot be had',
  });
});
