/** The sentences about what is wrong, above the page. They go away by themselves. */
import { Callout } from '../ui/callout';
import type { PanelProblem } from './problems';

export function ProblemList({ problems }: { problems: readonly PanelProblem[] }) {
  return (
    <div role="status" className="grid grid-cols-1 gap-3 not-empty:mb-8">
      {problems.map((problem) => (
        <Callout key={problem.key} tone={problem.tone}>
          {problem.sentence}
        </Callout>
      ))}
    </div>
  );
}
