import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export type Certificate = {
  readonly name: string;
  /** PEM */
  readonly cert: string;
  /** PEM */
  readonly key: string;
};

type Issuer = { readonly name: string; readonly key: string };

/** A certificate authority of its own. */
export function createAuthority(name: string): Certificate {
  return certify({ name, issuer: null, hosts: [] });
}

/** A server's certificate, for DNS names. */
export function createServerCertificate(issuer: Issuer, hosts: readonly string[]): Certificate {
  return certify({ name: hosts[0] ?? '', issuer, hosts });
}

/** X.509 in DER, by hand, as Node reads certificates and does not make them: ECDSA with P-256, from yesterday to tomorrow. */
function certify(subject: {
  readonly name: string;
  readonly issuer: Issuer | null;
  readonly hosts: readonly string[];
}): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const issuer = subject.issuer ?? { name: subject.name, key };
  const DAY = 86_400_000;
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    nameOf(issuer.name),
    sequence(utcTime(Date.now() - DAY), utcTime(Date.now() + DAY)),
    nameOf(subject.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensionsOf(subject, publicKey))),
  );
  const signature = sign('sha256', body, issuer.key);
  const der = sequence(body, ECDSA_SHA256, tagged(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  const cert = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  return { name: subject.name, cert, key };
}

function extensionsOf(
  subject: { readonly issuer: Issuer | null; readonly hosts: readonly string[] },
  key: KeyObject,
) {
  const isAuthority = subject.issuer === null;
  const constraints = sequence(...(isAuthority ? [tagged(0x01, Buffer.from([0xff]))] : []));
  const digest = createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
  const all = [
    extension('551d13', constraints), // basicConstraints
    extension('551d0e', tagged(0x04, digest)), // subjectKeyIdentifier
  ];
  if (isAuthority) return all;
  const names = subject.hosts.map((host) => tagged(0x82, Buffer.from(host)));
  return [...all, extension('551d11', sequence(...names))]; // subjectAltName
}

function extension(oid: string, value: Buffer): Buffer {
  return sequence(tagged(0x06, Buffer.from(oid, 'hex')), tagged(0x04, value));
}

/** 1.2.840.10045.4.3.2 */
const ECDSA_SHA256 = sequence(tagged(0x06, Buffer.from('2a8648ce3d040302', 'hex')));

function nameOf(commonName: string): Buffer {
  const attribute = sequence(
    tagged(0x06, Buffer.from('550403', 'hex')),
    tagged(0x0c, Buffer.from(commonName)),
  );
  return sequence(tagged(0x31, attribute));
}

function utcTime(time: number): Buffer {
  const digits = new Date(time).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
