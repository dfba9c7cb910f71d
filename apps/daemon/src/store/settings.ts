/**
 * What the person has chosen, one row a setting, its value as JSON. A row that is missing or that
 * this version cannot read counts as never chosen.
 */
import { deviceChoice, ringChoice } from '@kyberline/shared/devices';
import { suiteId, userName } from '@kyberline/shared/ids';
import { codecName, USUAL_PROCESSING } from '@kyberline/shared/voice';
import { z } from 'zod';
import type { Db } from './database.js';

/** Each by itself: one that an older version did not know yet is as usual. */
const switches = z.object({
  highPass: z.boolean().catch(USUAL_PROCESSING.highPass),
  echoCancellation: z.boolean().catch(USUAL_PROCESSING.echoCancellation),
  noiseSuppression: z.boolean().catch(USUAL_PROCESSING.noiseSuppression),
  autoGain: z.boolean().catch(USUAL_PROCESSING.autoGain),
  disguise: z.boolean().catch(USUAL_PROCESSING.disguise),
});

const SETTINGS = {
  /** undefined = this machine's own registry. */
  registryUrl: z.url().optional().catch(undefined),
  /** The name that was registered. */
  name: userName.optional().catch(undefined),
  suite: suiteId.catch(1),
  input: deviceChoice.catch('default'),
  output: deviceChoice.catch('default'),
  autoAnswer: z.boolean().catch(false),
  ringtone: z.boolean().catch(true),
  ringOutput: ringChoice.catch('panel'),
  codec: codecName.catch('opus'),
  processing: switches.catch(USUAL_PROCESSING),
};
const schema = z.object(SETTINGS);

export type Settings = z.infer<typeof schema>;
export type SettingName = keyof Settings;

export interface SettingsStore {
  read(): Settings;
  /** All of them or none; undefined forgets what was chosen. */
  change(change: Partial<Settings>): Settings;
}

export function openSettings(db: Db): SettingsStore {
  const rows = db.prepare<[], { name: string; value: string }>('SELECT name, value FROM settings');
  const put = db.prepare<[string, string]>(
    'INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare<[string]>('DELETE FROM settings WHERE name = ?');
  const read = (): Settings =>
    schema.parse(Object.fromEntries(rows.all().map((row) => [row.name, parse(row.value)])));
  const change = db.transaction((change: Partial<Settings>) => {
    for (const name of Object.keys(change) as SettingName[]) {
      if (!(name in SETTINGS)) throw new RangeError(`${name} is no setting`);
      const value = change[name];
      if (value === undefined) remove.run(name);
      else put.run(name, JSON.stringify(value));
    }
  });
  return {
    read,
    change(wanted) {
      change.immediate(wanted);
      return read();
    },
  };
}

/** The table's own check lets only JSON in. */
function parse(value: string): unknown {
  return JSON.parse(value);
}
