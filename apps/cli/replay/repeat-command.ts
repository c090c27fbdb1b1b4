import type { Command } from 'commander';

/**
 * The command line that replays the same run again: every option that was given, and the run's name. A key isn't
 * shown, as this ends up in logs.
 */
export function repeatCommand(command: Command, file: string, run: string): string {
  const given = command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli' && option.long !== '--run')
    .flatMap((option) => {
      const name = option.long ?? option.flags;
      if (option.isBoolean()) return [name];
      if (name === '--key') return [name, '"$PURSER_ADMIN_KEY"'];
      const value: unknown = command.getOptionValue(option.attributeName());
      return [name, quoted(String(value))];
    });
  return ['purser replay', quoted(file), ...given, '--run', quoted(run)].join(' ');
}

function quoted(text: string): string {
  return /^[\w.,:/=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
