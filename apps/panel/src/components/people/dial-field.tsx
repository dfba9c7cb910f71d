/** One field to look for a person and to dial a name that is not in the list. */
import { Search } from 'lucide-react';
import { type Ref, useId } from 'react';
import { Input } from '../ui/input';

type Props = {
  value: string;
  /** What is wrong with it, in a sentence. */
  problem: string | undefined;
  inputRef?: Ref<HTMLInputElement>;
  onChange: (value: string) => void;
  /** Enter was pressed. */
  onSubmit: () => void;
};

export function DialField({ value, problem, inputRef, onChange, onSubmit }: Props) {
  const problemId = useId();
  return (
    <form
      aria-label="Find or dial"
      className="grid grid-cols-1 gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <div className="relative">
        <Search aria-hidden className="absolute top-1/2 left-5 size-5 -translate-y-1/2 text-soft" />
        <Input
          ref={inputRef}
          type="search"
          aria-label="Find or dial a name"
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : problemId}
          placeholder="Find or dial a name"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className="h-14 rounded-full pl-13 text-lg"
        />
      </div>
      {problem !== undefined && (
        <p id={problemId} role="alert" className="text-danger">
          {problem}
        </p>
      )}
    </form>
  );
}
