/** One field to look for a person and to dial a name that is not in the list. */
import { Search } from 'lucide-react';
import type { Ref } from 'react';
import { Input } from '../ui/input';

type Props = {
  value: string;
  inputRef?: Ref<HTMLInputElement>;
  onChange: (value: string) => void;
  /** Enter was pressed. */
  onSubmit: () => void;
};

export function DialField({ value, inputRef, onChange, onSubmit }: Props) {
  return (
    <form
      aria-label="Find or dial"
      className="relative"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Search aria-hidden className="absolute top-1/2 left-5 size-5 -translate-y-1/2 text-soft" />
      <Input
        ref={inputRef}
        type="search"
        aria-label="Find or dial a name"
        placeholder="Find or dial a name"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-14 rounded-full pl-13 text-lg"
      />
    </form>
  );
}
