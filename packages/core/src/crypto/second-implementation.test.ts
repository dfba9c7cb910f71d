/**
 * A second implementation of SPEC 4 to 8, written from its text with other parts (noble's ML-KEM,
 * keys as JWK, plain Buffers), reads the frozen transcripts as B would and must arrive at the same
 * keys. So the code can be wrong only where SPEC is.
 */
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  verify,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';
import { ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { EMOJI } from './emoji-list.js';
import { seededRandom } from './testing/seeded-random.js';
import { WORDS } from './word-list.js';

type Message = 'bundleA' | 'bundleB' | 'offer' | 'answer' | 'req' | 'ack';
type Frozen = Record<Message, { base64: string }> &
  Record<'epoch0' | 'epoch1', Record<string, string>> &
  Record<`fingerprint${'A' | 'B'}` | `hs ${'ctl' | 'obf'} ${'A' | 'B'}`, string> &
  Record<`confirm${'A' | 'B'}` | 'th3' | 'words' | 'emoji', string> &
  Record<'root0' | 'root1' | 'eth1' | 'fin', string>;

const KEM = { 1: ml_kem512, 2: ml_kem768, 3: ml_kem1024 };

const H = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hmac = (key: Uint8Array, data: Uint8Array) => createHmac('sha256', key).update(data).digest();
const X = (salt: Uint8Array, ikm: Uint8Array) => hmac(salt, ikm);
const E = (key: Uint8Array, label: string, ctx: Uint8Array) =>
  hmac(key, Buffer.concat([Buffer.from(`pqv1 ${label}\0`), ctx, Buffer.from([1])]));
const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);

function LV(...parts: Uint8Array[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, Buffer.from(part)];
    }),
  );
}

function unLV(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

function DH(seed: Uint8Array, theirs: Uint8Array): Buffer {
  const jwk = { kty: 'OKP', crv: 'X25519' };
  const x = Buffer.from(theirs).toString('base64url');
  const publicKey = createPublicKey({ key: { ...jwk, x }, format: 'jwk' });
  const d = Buffer.from(seed).toString('base64url');
  const privateKey = createPrivateKey({ key: { ...jwk, d, x }, format: 'jwk' });
  return diffieHellman({ privateKey, publicKey });
}

function openGcm(key: Buffer, aad: Buffer, sealed: Buffer): string {
  const open = createDecipheriv('aes-256-gcm', key, Buffer.alloc(12), { authTagLength: 16 });
  open.setAAD(aad).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([open.update(sealed.subarray(0, -16)), open.final()]).toString();
}

function verifyBoth(
  bundleContent: Buffer[],
  label: string,
  data: Buffer,
  ed: Buffer,
  mldsa: Buffer,
): boolean {
  const message = Buffer.concat([Buffer.from(`${label}\0`), data]);
  const x = bundleContent[3]!.toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const context = Buffer.from(label);
  return (
    verify(null, message, key, ed) &&
    ml_dsa65.verify(mldsa, message, bundleContent[4]!, { context })
  );
}

it('derives with the platform’s HKDF what it derives by hand', () => {
  const info = Buffer.from('pqv1 master\0context');
  const whole = Buffer.from(hkdfSync('sha256', Buffer.from('ikm'), Buffer.from('salt'), info, 32));
  expect(E(X(Buffer.from('salt'), Buffer.from('ikm')), 'master', Buffer.from('context'))).toEqual(
    whole,
  );
});

describe.each([1, 2, 3] as const)('a second implementation of suite %i', (suite) => {
  const path = new URL(`./testing/transcript-${suite}.json`, import.meta.url);
  const frozen: Frozen = JSON.parse(readFileSync(path, 'utf8'));
  const load = (name: Message) => Buffer.from(frozen[name].base64, 'base64');
  const hex = (name: Exclude<keyof Frozen, Message | 'epoch0' | 'epoch1'>) =>
    Buffer.from(frozen[name], 'hex');

  it('arrives at the frozen keys', () => {
    const kem = KEM[suite];
    const bobRandom = seededRandom('kyberline test person bob');
    bobRandom(64);
    const [bobX, bobKem] = [bobRandom(32), bobRandom(64)];
    const [bundleA, bundleB] = [load('bundleA'), load('bundleB')];
    const contentA = unLV(unLV(bundleA)[0]!);
    const contentB = unLV(unLV(bundleB)[0]!);
    expect(contentA).toHaveLength(9);
    const fp = (content: Buffer[]) =>
      H(Buffer.from('pqv1 identity\0'), LV(content[3]!, content[4]!));
    expect(fp(contentA)).toEqual(hex('fingerprintA'));
    expect(fp(contentB)).toEqual(hex('fingerprintB'));
    expect(Buffer.from(kem.keygen(bobKem).publicKey)).toEqual(contentB[6]);

    // SPEC 4
    const [hdr, sealed, ed, mldsa] = unLV(load('offer')) as [Buffer, Buffer, Buffer, Buffer];
    const fields = unLV(hdr);
    expect(fields).toHaveLength(15);
    expect(fields[0]!.toString()).toBe('KYBERLINE/1');
    expect([...fields[1]!]).toEqual([suite, suite]);
    expect([fields[4]!.toString(), fields[5]!.toString()]).toEqual(['alice', 'bob']);
    expect([fields[6], fields[7]]).toEqual([fp(contentA), fp(contentB)]);
    expect([fields[8], fields[9]]).toEqual([H(bundleA), H(bundleB)]);
    expect(fields[10]!.readBigUInt64BE()).toBe(1_767_225_600_000n);
    const [callId, xA, kemA, ct1, com] = [fields[2]!, ...fields.slice(11)] as Buffer[];
    const th0 = H(hdr);
    const s1 = kem.decapsulate(ct1!, kem.keygen(bobKem).secretKey);
    const ck0 = X(th0, LV(s1, DH(bobX, xA!)));
    expect(JSON.parse(openGcm(E(ck0, 'offer key', th0), hdr, sealed)).v).toBe(1);
    const th1 = H(th0, LV(sealed));
    expect(verifyBoth(contentA, 'pqv1 offer', th1, ed, mldsa)).toBe(true);

    // SPEC 5
    const [hdr2, sealed2, ed2, mldsa2] = unLV(load('answer')) as [Buffer, Buffer, Buffer, Buffer];
    const random = seededRandom('answer');
    const [xBSeed, seed2, nB] = [random(32), random(32), random(32)];
    const [callId2, fpB2, fpA2, xB, ct2, nB2] = unLV(hdr2) as Buffer[];
    expect([callId2, fpB2, fpA2]).toEqual([callId, fp(contentB), fp(contentA)]);
    expect(nB2).toEqual(Buffer.from(nB));
    const to = kem.encapsulate(kemA!, seed2);
    expect(Buffer.from(to.cipherText)).toEqual(ct2);
    const d2 = DH(xBSeed, xA!);
    expect(xB).toHaveLength(32);
    const thA = H(th1, LV(ed, mldsa), hdr2);
    const ck1 = X(ck0, LV(to.sharedSecret, d2, thA));
    expect(JSON.parse(openGcm(E(ck1, 'answer key', thA), hdr2, sealed2)).codec).toBe('pcm16');
    const th2 = H(thA, LV(sealed2));
    expect(verifyBoth(contentB, 'pqv1 answer', th2, ed2, mldsa2)).toBe(true);
    const ms = E(ck1, 'master', th2);

    // SPEC 6 and 7
    expect(E(ms, 'hs ctl A', th2)).toEqual(hex('hs ctl A'));
    expect(E(ms, 'hs ctl B', th2)).toEqual(hex('hs ctl B'));
    expect(E(ms, 'hs obf A', th2)).toEqual(hex('hs obf A'));
    expect(E(ms, 'hs obf B', th2)).toEqual(hex('hs obf B'));
    const nA = hex('confirmA').subarray(0, 32);
    expect(H(Buffer.from('pqv1 sas-commit\0'), LV(callId!, fpA2!, fpB2!, nA))).toEqual(com);
    const th3 = H(th2, LV(nA));
    expect(th3).toEqual(hex('th3'));
    expect(hmac(E(ms, 'confirm A', th2), th3)).toEqual(hex('confirmA').subarray(32));
    expect(hmac(E(ms, 'confirm B', th2), th3)).toEqual(hex('confirmB'));
    const sas = [...E(ms, 'sas', th3).subarray(0, 4)];
    expect(sas.map((byte) => WORDS[byte]).join(' ')).toBe(frozen.words);
    expect(sas.map((byte) => EMOJI[byte]).join(' ')).toBe(frozen.emoji);

    // SPEC 8
    const root0 = E(ms, 'root', th3);
    expect(root0).toEqual(hex('root0'));
    const keys = (root: Buffer, epoch: number, eth: Buffer) =>
      Object.fromEntries(
        Object.keys(frozen.epoch0).map((name) => [
          name,
          E(root, `key ${name}`, Buffer.concat([u16(epoch), eth])).toString('hex'),
        ]),
      );
    expect(keys(root0, 0, th3)).toEqual(frozen.epoch0);
    const [req, ack] = [load('req'), load('ack')];
    const rekey = seededRandom('rekey');
    rekey(96);
    const [xBSeed1, seed3] = [rekey(32), rekey(32)];
    const [e1, x1, kem1] = unLV(req) as [Buffer, Buffer, Buffer];
    expect(e1.readUInt16BE()).toBe(1);
    const s = kem.encapsulate(kem1, seed3).sharedSecret;
    const eth1 = H(th3, LV(req), LV(ack));
    expect(eth1).toEqual(hex('eth1'));
    const root1 = E(X(root0, LV(s, DH(xBSeed1, x1), eth1)), 'root', eth1);
    expect(root1).toEqual(hex('root1'));
    expect(hmac(E(root1, 'rekey fin', eth1), eth1)).toEqual(hex('fin'));
    expect(keys(root1, 1, eth1)).toEqual(frozen.epoch1);
  });
});
