/**
 * How long a voice takes from the other's mouth to one's own ear, and which stage has how much of
 * it; below that how one's own voice leaves. The bar is for the eye alone: whoever cannot see it, or
 * its colours, reads the list of the same stages.
 */
import type { CallCounters } from '@kyberline/shared/snapshot';
import { milliseconds } from '../../words/call-words';
import {
  type Budget,
  type Place,
  placeWords,
  STAGES,
  type Stage,
  sendingWords,
} from '../../words/latency-words';
import { cn } from '../ui/class-names';
import { Tooltip } from '../ui/tooltip';

const PLACES: readonly Place[] = ['there', 'between', 'here'];
/** A place has a colour, a stage within it a texture. */
const COLOURS: Record<Place, string> = {
  there: 'bg-accent',
  between: 'bg-strong-line',
  here: 'bg-here',
};
const TEXTURES: Record<Stage['name'], string> = {
  inputMs: '',
  framingMs: 'texture-hatched',
  processingMs: 'texture-dotted',
  codecMs: 'texture-striped',
  networkMs: '',
  waitingMs: '',
  outputMs: 'texture-hatched',
};

type Props = { peer: string; counters: CallCounters | undefined };

export function VoiceDelay({ peer, counters }: Props) {
  const { mouthToEarMs, budget, sending } = counters ?? {};
  return (
    <section aria-label="How long a voice takes" className="grid grid-cols-1 gap-4">
      <dl className="flex items-baseline gap-3">
        <dt>
          <Tooltip text={`From ${peer}'s mouth to your ear, all together.`}>
            <button
              type="button"
              className="cursor-help rounded text-sm text-soft underline decoration-line decoration-dotted underline-offset-4"
            >
              Mouth to ear
            </button>
          </Tooltip>
        </dt>
        <dd className="font-display text-2xl tabular-nums">
          {mouthToEarMs === undefined ? '–' : milliseconds(mouthToEarMs)}
        </dd>
      </dl>
      {budget !== undefined && (
        <>
          <Bar budget={budget} />
          <div className="grid grid-cols-1 gap-x-10 gap-y-4 sm:flex sm:flex-wrap">
            {PLACES.map((place) => (
              <Legend key={place} title={placeWords(place, peer)} place={place} budget={budget} />
            ))}
          </div>
        </>
      )}
      {sending !== undefined && (
        <p className="text-sm text-soft">Your voice: {sendingWords(sending)}</p>
      )}
    </section>
  );
}

function Bar({ budget }: { budget: Budget }) {
  return (
    <div aria-hidden className="flex h-4 gap-0.5 overflow-hidden rounded-full">
      {STAGES.filter(({ name }) => budget[name] > 0).map((stage) => (
        <span
          key={stage.name}
          className={cn('min-w-0.5 basis-0', look(stage))}
          style={{ flexGrow: budget[stage.name] }}
        />
      ))}
    </div>
  );
}

function Legend({ title, place, budget }: { title: string; place: Place; budget: Budget }) {
  return (
    <div className="text-sm">
      <p className="mb-1.5 text-soft">{title}</p>
      <dl aria-label={title} className="flex flex-wrap gap-x-5 gap-y-1.5">
        {STAGES.filter((stage) => stage.place === place).map((stage) => (
          <div key={stage.name} className="flex items-center gap-2">
            <span aria-hidden className={cn('size-3.5 shrink-0 rounded-sm', look(stage))} />
            <dt>{stage.label}</dt>
            {/* The clocks of two machines are known to half a round trip: no way takes less than none. */}
            <dd className="tabular-nums">{milliseconds(Math.max(0, budget[stage.name]))}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function look({ name, place }: Stage): string {
  return cn(COLOURS[place], TEXTURES[name]);
}
