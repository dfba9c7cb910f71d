/** A label, its control, a hint and, when something is wrong, a sentence that says so. */
import { type ReactNode, useId } from 'react';

type ControlProps = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true };

type Props = {
  label: string;
  hint?: ReactNode;
  problem?: string | undefined;
  /** Draws the control with the ids that tie it to its label and texts. */
  children: (control: ControlProps) => ReactNode;
};

export function Field({ label, hint, problem, children }: Props) {
  const id = useId();
  const textId = `${id}-text`;
  const control: ControlProps = { id };
  if (hint !== undefined || problem !== undefined) control['aria-describedby'] = textId;
  if (problem !== undefined) control['aria-invalid'] = true;
  return (
    <div className="grid grid-cols-1 gap-2">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children(control)}
      <div id={textId} className="text-sm">
        {problem !== undefined ? (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        ) : (
          hint !== undefined && <div className="text-soft">{hint}</div>
        )}
      </div>
    </div>
  );
}
