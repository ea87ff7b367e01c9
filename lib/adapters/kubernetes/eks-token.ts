import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';
import type { ProbeResult } from '../../core/diagnosis/checks/probe.ts';
import { MINUTE, type Millis } from '../../core/shared/time.ts';

type Credentials = {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
};

export type EksTokenOptions = {
  /** The cluster's name, which the signature covers: a token for one cluster is none for another. */
  cluster: string;
  region: string;
  credentials?: () => Promise<Credentials>;
  now?: () => Millis;
};

const PREFIX = 'k8s-aws-v1.';
/** STS accepts a signature for 15 minutes, whatever its expiry says; EKS' own clients say 60 s. */
const EXPIRES_SECONDS = 60;
const USED_FOR = 13 * MINUTE;

/**
 * Bearer tokens for EKS, from the credentials of this function: a signed but never sent GetCallerIdentity, which EKS
 * sends to learn who asks. A new one is made after 13 minutes, or when the credentials behind it have ended. Source:
 * https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */
export function createEksToken(options: EksTokenOptions): () => Promise<ProbeResult<string>> {
  const { credentials = defaultProvider(), now = Date.now } = options;
  let made: { token: string; until: Millis } | undefined;

  return async () => {
    const at = now();
    if (made && at < made.until) return { kind: 'ok', value: made.token };
    try {
      const identity = await credentials();
      const token = await signToken(options, identity, new Date(at));
      made = {
        token,
        until: Math.min(at + USED_FOR, identity.expiration?.getTime() ?? Number.POSITIVE_INFINITY),
      };
      return { kind: 'ok', value: token };
    } catch {
      // The SDK's message may name files and addresses of this machine.
      return { kind: 'failed', reason: 'no token for EKS: the AWS credentials to make it of cannot be had' };
    }
  };
}

async function signToken(
  { cluster, region }: EksTokenOptions,
  credentials: Credentials,
  signingDate: Date,
): Promise<string> {
  const hostname = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const signer = new SignatureV4({ credentials, region, service: 'sts', sha256: Sha256 });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster },
    },
    { expiresIn: EXPIRES_SECONDS, signingDate },
  );
  const query = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return PREFIX + Buffer.from(`https://${hostname}/?${query.join('&')}`).toString('base64url');
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 in the shape that the signer expects; with a secret it is the HMAC. */
class Sha256 {
  private readonly secret: Bytes | undefined;
  private hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.secret = secret;
    this.hash = this.begun();
  }

  update(chunk: Uint8Array): void {
    this.hash.update(chunk);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }

  reset(): void {
    this.hash = this.begun();
  }

  private begun(): Hash | Hmac {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(this.secret));
  }
}

function bytesOf(data: Bytes): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
