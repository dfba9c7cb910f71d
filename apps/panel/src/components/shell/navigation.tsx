'use client';
/** Where one can go: a rail at the left on wide screens, a bar at the bottom on narrow ones. */
import { History, Settings, Users } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '../ui/class-names';

const PLACES = [
  { href: '/', name: 'People', Icon: Users },
  { href: '/history', name: 'History', Icon: History },
  { href: '/settings', name: 'Settings', Icon: Settings },
];

export function Navigation() {
  const here = usePathname();
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-paper/92 pb-[env(safe-area-inset-bottom)] backdrop-blur lg:static lg:border-0 lg:bg-transparent lg:pb-0 lg:backdrop-blur-none"
    >
      <ul className="grid grid-cols-3 gap-1 p-2 lg:grid-cols-1 lg:p-0">
        {PLACES.map(({ href, name, Icon }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={here === href ? 'page' : undefined}
              className={cn(
                'flex flex-col items-center gap-1 rounded-2xl px-4 py-2 text-xs font-medium transition-colors lg:flex-row lg:gap-3.5 lg:py-3 lg:text-base',
                here === href
                  ? 'text-accent lg:bg-surface lg:text-ink lg:shadow-rest lg:[&_svg]:text-accent'
                  : 'text-soft hover:text-ink',
              )}
            >
              <Icon className="size-5.5 lg:size-5" aria-hidden />
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
