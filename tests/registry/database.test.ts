/** What is on the registry's disk: it survives a restart, and is of no use to a thief. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRegistry } from '@kyberline/registry/open';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Person, personAt, type Reply } from './person.js';
import { openSite, type Site } from './site.js';

let site: Site;
let folder: string;
let dbPath: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-registry-'));
  dbPath = join(folder, 'registry.db');
  site = await openSite({ dbPath });
});
afterEach(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

const code = ({ status, json }: Reply) => `${status} ${json.error?.code}`;

describe('the database', () => {
  it('keeps users and the registry id over a restart', async () => {
    const [alice, bob] = (await site.people('alice', 'bob')) as [Person, Person];
    const { id } = site.registry;
    await site.close();
    site = await openSite({ dbPath });
    expect(site.registry.id).toBe(id);
    Object.assign(alice, { place: site });
    const { status, json } = await alice.ask('GET', '/api/users/bob');
    expect(status).toBe(200);
    expect(Buffer.from(json.bundle, 'base64')).toEqual(Buffer.from(bob.test.bundle.bytes));
    expect(code(await (await personAt(site, 'alice', { seed: 'thief' })).register())).toBe(
      '409 name-taken',
    );
  });

  it('refuses a second registry while this one runs', () => {
    expect(() => openRegistry({ dbPath })).toThrow(/Another registry is running/);
  });

  it('shows its thief public keys and signatures, nothing secret and no call', async () => {
    const [alice, bob] = (await site.people('alice', 'bob')) as [Person, Person];
    await alice.listen();
    const { json } = await alice.call(bob);
    await bob.accept(json.call.call_id);
    const stolen = mkdtempSync(join(tmpdir(), 'kyberline-stolen-'));
    onTestFinished(() => rmSync(stolen, { recursive: true, force: true }));
    cpSync(folder, stolen, { recursive: true });
    const db = new Database(join(stolen, 'registry.db'));
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    expect(tables.sort()).toEqual(['registry', 'users']);
    const rows = db.prepare<[], Record<string, unknown>>('SELECT * FROM users ORDER BY name').all();
    db.close();
    expect(rows).toHaveLength(2);
    for (const [row, person] of [
      [rows[0], alice],
      [rows[1], bob],
    ] as const) {
      const { public: keys } = person.test.identity;
      expect(row).toEqual({
        name: person.name,
        fingerprint: Buffer.from(keys.fingerprint),
        ed_public: Buffer.from(keys.ed),
        mldsa_public: Buffer.from(keys.mldsa),
        bundle: Buffer.from(person.test.bundle.bytes),
        machine_id: person.machineId,
        registered_at: site.now(),
        updated_at: site.now(),
      });
    }
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file)));
    expect(files.some((file) => file.includes(Buffer.from(alice.test.identity.public.ed)))).toBe(
      true,
    );
    for (const secret of [
      Buffer.from(alice.test.keys.kemSeed),
      Buffer.from(alice.test.keys.x25519Seed),
      Buffer.from(json.call.call_id, 'hex'),
      Buffer.from(json.call.call_id),
      Buffer.from(json.call.offer),
    ]) {
      for (const file of files) expect(file.includes(secret)).toBe(false);
    }
  });
});
