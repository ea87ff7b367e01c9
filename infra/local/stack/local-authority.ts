import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate authority that lives as long as this process, for stand-ins that have to speak TLS. */
export type LocalAuthority = {
  /** PEM of the authority's certificate. */
  certificate: string;
  /** A server's key and certificate, PEM both, for these host names and addresses. */
  issue(names: string[]): { key: string; cert: string };
};

const DAY = 86_400_000;
const VALID_DAYS = 365;

// The part of ASN.1 in DER that a certificate needs: https://www.rfc-editor.org/rfc/rfc5280#section-4.1
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const BOOLEAN_TRUE = Buffer.from('0101ff', 'hex');
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const KEY_USAGE = Buffer.from('0603551d0f', 'hex');
const ALTERNATIVE_NAMES = Buffer.from('0603551d11', 'hex');
const VERSION_3 = Buffer.from('a003020102', 'hex');
/** keyCertSign and cRLSign. */
const SIGNS = Buffer.from('03020106', 'hex');

/** Its key is made here and never leaves this process, so no private key is stored anywhere. */
export function createLocalAuthority(name: string): LocalAuthority {
  const { publicKey, privateKey } = newKeys();
  const rules = sequence(
    sequence(BASIC_CONSTRAINTS, BOOLEAN_TRUE, der(OCTET_STRING, sequence(BOOLEAN_TRUE))),
    sequence(KEY_USAGE, BOOLEAN_TRUE, der(OCTET_STRING, SIGNS)),
  );
  return {
    certificate: certificate({ subject: name, publicKey, rules, issuer: name, issuerKey: privateKey }),
    issue(names) {
      const keys = newKeys();
      const [subject = name] = names;
      const rules = sequence(
        sequence(ALTERNATIVE_NAMES, der(OCTET_STRING, sequence(...names.map(alternativeName)))),
      );
      return {
        key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate({ subject, publicKey: keys.publicKey, rules, issuer: name, issuerKey: privateKey }),
      };
    },
  };
}

type CertificateParts = {
  subject: string;
  publicKey: KeyObject;
  rules: Buffer;
  issuer: string;
  issuerKey: KeyObject;
};

function certificate({ subject, publicKey, rules, issuer, issuerKey }: CertificateParts): string {
  const now = Date.now();
  const content = sequence(
    VERSION_3,
    // A positive number, whatever its first bit.
    der(INTEGER, Buffer.from([1]), randomBytes(15)),
    sequence(ECDSA_WITH_SHA256),
    distinguishedName(issuer),
    sequence(time(now - DAY), time(now + VALID_DAYS * DAY)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, rules),
  );
  const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', content, issuerKey));
  return pem(sequence(content, sequence(ECDSA_WITH_SHA256), signature));
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function distinguishedName(name: string): Buffer {
  return sequence(der(SET, sequence(COMMON_NAME, der(UTF8_STRING, Buffer.from(name)))));
}

function alternativeName(name: string): Buffer {
  // IPv4 addresses only: loopback uses no others here.
  if (isIP(name) === 4) return der(0x87, Buffer.from(name.split('.').map(Number)));
  return der(0x82, Buffer.from(name));
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '');
  return der(UTC_TIME, Buffer.from(text.slice(2)));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(SEQUENCE, ...parts);
}

/** Tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
