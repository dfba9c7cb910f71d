/** Where names are looked up, and how it stands with that place. */
import type { RegistryView } from '@kyberline/shared/snapshot';
import { SaveField } from './save-field';
import { Section } from './section';

type Props = { registry: RegistryView; url: string; onSave: (url: string) => Promise<void> };

export function RegistrySettings({ registry, url, onSave }: Props) {
  return (
    <Section
      title="Registry"
      intro="It keeps names and public keys and passes calls on. It cannot listen to any."
    >
      <SaveField
        key={url}
        label="Registry address"
        value={url}
        action="Use this address"
        hint={registrySentence(registry)}
        check={(typed) =>
          isAddress(typed.trim())
            ? undefined
            : 'Write an address such as http://192.168.1.20:5001, with http:// in front.'
        }
        onSave={(typed) => onSave(typed.trim())}
      />
    </Section>
  );
}

/** What stands in the way comes first: a name that is taken keeps a registry “connecting”. */
export function registrySentence({ state, problem, registryId }: RegistryView): string {
  if (problem !== undefined) return problem;
  switch (state) {
    case 'push':
      return 'Connected. Calls arrive at once.';
    case 'polling':
      return 'Asked once a second. Calls arrive a little later.';
    case 'connecting':
      // Without a name there is nothing to listen for, however long it has been answering.
      return registryId === undefined ? 'Being reached…' : 'It answers.';
    case 'unreachable':
      return 'It does not answer right now. It is tried again by itself.';
  }
}

function isAddress(text: string): boolean {
  if (!/^https?:\/\//.test(text)) return false;
  try {
    return new URL(text).hostname !== '';
  } catch {
    return false;
  }
}
