import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserName } from '@kyberline/shared/ids';
import { USUAL_PROCESSING } from '@kyberline/shared/voice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from './database.js';
import { openSettings, type Settings } from './settings.js';

let home: string;
let db: Db;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-settings-'));
  db = openDatabase(home);
});
afterEach(() => {
  db.close();
  rmSync(home, { recursive: true, force: true });
});

const DEFAULTS = {
  suite: 1,
  input: 'default',
  output: 'default',
  autoAnswer: false,
  ringtone: true,
  ringOutput: 'panel',
  codec: 'opus',
  processing: USUAL_PROCESSING,
};
const ALL: Settings = {
  registryUrl: 'http://192.0.2.7:5001',
  name: 'alice' as UserName,
  suite: 3,
  input: 'file:/tmp/speech.wav',
  output: 'silence',
  autoAnswer: true,
  ringtone: false,
  ringOutput: 'portaudio:Desk',
  codec: 'pcm16',
  processing: { ...USUAL_PROCESSING, noiseSuppression: false, disguise: true },
};

describe('settings', () => {
  it('are the defaults before anything was chosen', () => {
    expect(openSettings(db).read()).toEqual(DEFAULTS);
  });

  it('come back as they were chosen, after a restart too', () => {
    expect(openSettings(db).change(ALL)).toEqual(ALL);
    db.close();
    db = openDatabase(home);
    expect(openSettings(db).read()).toEqual(ALL);
  });

  it('change one by one, and undefined forgets', () => {
    const settings = openSettings(db);
    settings.change(ALL);
    expect(settings.change({ suite: 2, ringtone: true })).toEqual({
      ...ALL,
      suite: 2,
      ringtone: true,
    });
    const { registryUrl: _, ...without } = { ...ALL, suite: 2, ringtone: true };
    expect(settings.change({ registryUrl: undefined })).toEqual(without);
  });

  it('that this version cannot read count as never chosen', () => {
    const insert = db.prepare('INSERT INTO settings VALUES (?, ?)');
    insert.run('suite', '9');
    insert.run('input', '"tape recorder"');
    insert.run('name', '"Not A Name"');
    insert.run('registryUrl', '17');
    insert.run('fromTheFuture', '{"a":1}');
    insert.run('ringtone', 'false');
    insert.run('ringOutput', '"bicycle bell"');
    insert.run('codec', '"wax cylinder"');
    insert.run('processing', '{"autoGain":false,"disguise":"a little"}');
    expect(openSettings(db).read()).toEqual({
      ...DEFAULTS,
      ringtone: false,
      processing: { ...USUAL_PROCESSING, autoGain: false },
    });
  });

  it('change all together or not at all', () => {
    const settings = openSettings(db);
    const change = { suite: 2, unknown: 1 } as Partial<Settings>;
    expect(() => settings.change(change)).toThrow('unknown is no setting');
    expect(settings.read()).toEqual(DEFAULTS);
  });
});
