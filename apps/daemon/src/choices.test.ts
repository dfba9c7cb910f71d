import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_PROCESSING, USUAL_PROCESSING } from '@kyberline/shared/voice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Choices, type RunOptions } from './choices.js';
import { type Db, openDatabase } from './store/database.js';
import { openSettings, type SettingsStore } from './store/settings.js';

const NO_OPTIONS: RunOptions = {
  input: undefined,
  output: undefined,
  autoAnswer: undefined,
  registryUrl: undefined,
  codec: undefined,
  processing: undefined,
  panelPort: 3000,
};

let home: string;
let db: Db;
let settings: SettingsStore;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-choices-'));
  db = openDatabase(home);
  settings = openSettings(db);
});
afterEach(() => {
  db.close();
  rmSync(home, { recursive: true });
});

describe('what holds now', () => {
  it('is the option over the setting over the default', () => {
    expect(new Choices(NO_OPTIONS, settings).read()).toMatchObject({
      input: 'default',
      autoAnswer: false,
      registryUrl: 'http://127.0.0.1:3000',
    });
    settings.change({ input: 'silence', registryUrl: 'http://kept:5001' });
    const run = { ...NO_OPTIONS, registryUrl: 'http://option:5001', autoAnswer: true as const };
    expect(new Choices(run, settings).read()).toMatchObject({
      input: 'silence',
      autoAnswer: true,
      registryUrl: 'http://option:5001',
    });
  });

  it('is what the person chooses during a run, whatever it was started with', () => {
    const run = { ...NO_OPTIONS, registryUrl: 'http://option:5001', input: 'silence' as const };
    const choices = new Choices(run, settings);
    expect(choices.change({ registryUrl: 'http://chosen:5001', input: undefined })).toMatchObject({
      registryUrl: 'http://chosen:5001',
      input: 'silence',
    });
    expect(settings.read().registryUrl).toBe('http://chosen:5001');
    expect(new Choices(run, settings).read().registryUrl).toBe('http://option:5001');
  });

  it('is for the microphone’s sound each switch by itself, in the run and as it is kept', () => {
    settings.change({ processing: { ...USUAL_PROCESSING, highPass: false } });
    const choices = new Choices({ ...NO_OPTIONS, processing: NO_PROCESSING }, settings);
    expect(choices.read().processing).toEqual(NO_PROCESSING);
    choices.change({ processing: { disguise: true, autoGain: undefined } });
    expect(choices.read().processing).toEqual({ ...NO_PROCESSING, disguise: true });
    expect(new Choices(NO_OPTIONS, settings).read().processing).toEqual({
      ...USUAL_PROCESSING,
      highPass: false,
      disguise: true,
    });
    choices.change({ ringtone: false });
    expect(choices.read().processing).toEqual({ ...NO_PROCESSING, disguise: true });
  });
});
