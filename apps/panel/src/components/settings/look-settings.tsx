'use client';
/** Light, dark, or as the system has it. */
import { Monitor, Moon, Sun } from 'lucide-react';
import { useTheme } from 'next-themes';
import { RadioCards } from '../ui/radio-cards';
import { Section } from './section';

export function LookSettings() {
  const { theme, setTheme } = useTheme();
  return (
    <Section title="Appearance">
      <RadioCards
        label="Appearance"
        value={theme ?? 'system'}
        className="sm:grid-cols-3"
        cards={[
          { value: 'system', label: 'System', icon: <Monitor aria-hidden /> },
          { value: 'light', label: 'Light', icon: <Sun aria-hidden /> },
          { value: 'dark', label: 'Dark', icon: <Moon aria-hidden /> },
        ]}
        onChange={setTheme}
      />
    </Section>
  );
}
