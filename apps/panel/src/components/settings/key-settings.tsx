/** The suite, with plain explanations, and the fingerprint that others compare. */
import { SUITE_NAMES, type SuiteId } from '@kyberline/shared/ids';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { SUITE_EXPLANATIONS } from '../../words/call-words';
import { Fingerprint } from '../people/fingerprint';
import { RadioCards } from '../ui/radio-cards';
import { Section } from './section';

const SUITES: readonly SuiteId[] = [1, 2, 3];

type Props = { state: StateSnapshot; onSuite: (suite: SuiteId) => void };

export function KeySettings({ state, onSuite }: Props) {
  return (
    <Section
      title="Keys"
      intro="A call uses the stronger of both sides' choices. Every call is encrypted; there is no way to turn that off."
    >
      <RadioCards
        label="Suite"
        value={String(state.settings.suite)}
        cards={SUITES.map((suite) => ({
          value: String(suite),
          label: SUITE_NAMES[suite],
          hint: SUITE_EXPLANATIONS[suite],
        }))}
        onChange={(value) => {
          const suite = SUITES.find((one) => String(one) === value);
          if (suite !== undefined) onSuite(suite);
        }}
      />
      {state.me !== undefined && (
        <Fingerprint
          label="The fingerprint of your own key, to be read to others"
          fingerprint={state.me.fingerprint}
        />
      )}
    </Section>
  );
}
