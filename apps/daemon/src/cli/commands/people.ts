/** Names: taking one, giving it up, who else is there, and whose key is trusted. */

import type { PersonView } from '@kyberline/shared/snapshot';
import type { Command } from 'commander';
import { fingerprintOption, name as nameOption, read } from '../../option.js';
import { Problem } from '../../problem.js';
import { columns, grouped } from '../columns.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import type { Terminal } from '../terminal.js';

interface JsonOptions extends FindOptions {
  json?: boolean;
}

export function addPeople(program: Command, terminal: Terminal): void {
  findable(program.command('register <name>'))
    .summary('take a name at the registry')
    .description('Take a name at the registry, under which others can call you.')
    .option(...JSON_OPTION)
    .action(async (text: string, options: JsonOptions) => {
      const name = userName(text);
      await withDaemon(options, terminal, async (daemon) => {
        await daemon.ask((api) => api.register.mutate({ name }));
        const { me, registry } = await daemon.ask((api) => api.state.query());
        if (options.json) return terminal.out(json(me));
        terminal.out(`You are ${name} at ${registry.url}.`);
        if (me) terminal.out(`Your key: ${grouped(me.fingerprint)}`);
      });
    });

  findable(program.command('unregister'))
    .summary('give your name up')
    .description('Give your name up at the registry; anyone may take it then.')
    .action(async (options: FindOptions) => {
      await withDaemon(options, terminal, (daemon) =>
        daemon.ask((api) => api.unregister.mutate({})),
      );
      terminal.out('Your name is given up. Nobody can call you until you register again.');
    });

  findable(program.command('people'))
    .summary('who is registered, and who is there')
    .description('Who is registered at your registry, who is there now, and whose key you know.')
    .option(...JSON_OPTION)
    .action(async (options: JsonOptions) => {
      await withDaemon(options, terminal, async (daemon) => {
        const { people, registry } = await daemon.ask((api) => api.state.query());
        if (options.json) return terminal.out(json(people));
        terminal.out(columns([['NAME', '', 'KEY'], ...people.map(row)]));
        for (const { name, trust, fingerprint } of people) {
          if (trust === 'changed') terminal.out(`${name} now shows: ${grouped(fingerprint ?? '')}`);
        }
        if (registry.problem) terminal.err(registry.problem);
      });
    });

  findable(program.command('reset-contact <name> [fingerprint]'))
    .summary('trust the new key of a contact whose key changed')
    .description(
      'Trust the new key of a contact whose key changed. Compare it with them first, over something else than this call: whoever swapped it could be listening. With the fingerprint that you compared, no newer one is trusted by mistake.',
    )
    .action(async (text: string, key: string | undefined, options: FindOptions) => {
      const name = userName(text);
      const fingerprint = read(key, 'FINGERPRINT', fingerprintOption);
      await withDaemon(options, terminal, async (daemon) => {
        await daemon.ask((api) => api.resetContact.mutate({ name, fingerprint }));
        const { people } = await daemon.ask((api) => api.state.query());
        const trusted = people.find((person) => person.name === name)?.fingerprint ?? '';
        terminal.out(`${name} is held to this key from now on: ${grouped(trusted)}`);
        terminal.out('Compare the four words in your next call.');
      });
    });
}

export function userName(text: string) {
  const name = read(text, 'NAME', nameOption);
  if (name === undefined) throw new Problem('bad-option', 'NAME is missing.');
  return name;
}

const TRUST: Record<PersonView['trust'], string> = {
  new: 'not called yet',
  seen: 'known, words not compared',
  verified: 'verified by words',
  changed: 'CHANGED: calls are refused; see "kyberline reset-contact --help"',
};

function row(person: PersonView): string[] {
  const trust = person.isEcho ? 'built in: says back what it hears' : TRUST[person.trust];
  return [person.name, person.online ? 'here' : 'away', trust];
}
