/**
 * What is wrong with one's own microphone, a line each, read out when nothing else is said. Where
 * one click mends it, the button for that stands beside it.
 */
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import type { VoiceWarning } from '@kyberline/shared/voice';
import { warningSentence } from '@kyberline/shared/voice-warnings';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { cn } from '../ui/class-names';
import { KeptFocus } from '../ui/kept-focus';

export type VoiceRemedies = {
  onUnmute: () => void;
  onCancelEcho: () => void;
};

type Props = {
  warnings: readonly VoiceWarning[];
  processing: StateSnapshot['settings']['processing'];
  /** Without them there are no buttons. */
  remedies?: VoiceRemedies;
  className?: string;
};

export function VoiceNotices({ warnings, processing, remedies, className }: Props) {
  return (
    <div
      role="status"
      aria-label="Your microphone"
      // Only the line that is new.
      aria-atomic={false}
      className={cn('grid grid-cols-1 gap-3', className)}
    >
      {warnings.map((warning) => {
        const remedy = remedies && remedyFor(warning, processing, remedies);
        return (
          <Callout
            key={warning}
            tone="note"
            className="items-center"
            action={
              remedy && (
                <KeptFocus>
                  <Button size="small" onClick={remedy.onClick}>
                    {remedy.label}
                  </Button>
                </KeptFocus>
              )
            }
          >
            {warningSentence(warning, processing)}
          </Callout>
        );
      })}
    </div>
  );
}

function remedyFor(
  warning: VoiceWarning,
  processing: Props['processing'],
  { onUnmute, onCancelEcho }: VoiceRemedies,
): { label: string; onClick: () => void } | undefined {
  if (warning === 'speaking-while-muted') return { label: 'Unmute', onClick: onUnmute };
  if (warning !== 'echo-heard-by-others' || processing.echoCancellation) return undefined;
  return { label: 'Turn on echo cancellation', onClick: onCancelEcho };
}
