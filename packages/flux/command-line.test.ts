import { describe, expect, it } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.ts';

describe('parseCommandLine', () => {
  it.each([
    [[], { name: 'start', config: undefined, demo: false }],
    [['--config', 'a.toml', '--demo'], { name: 'start', config: 'a.toml', demo: true }],
    [['-c', 'a.toml'], { name: 'start', config: 'a.toml', demo: false }],
    [['check-config', 'a.toml'], { name: 'check-config', file: 'a.toml' }],
    [['audit', 'verify'], { name: 'audit-verify', config: undefined, noted: undefined }],
    [['audit', 'verify', 'ab12', '-c', 'a.toml'], { name: 'audit-verify', config: 'a.toml', noted: 'ab12' }],
    [['backup', 'b.db', '-c', 'a.toml'], { name: 'backup', config: 'a.toml', file: 'b.db' }],
    [['restore', 'b.db'], { name: 'restore', config: undefined, file: 'b.db' }],
    [['print-config'], { name: 'print-config' }],
    [['print-config', '--help'], { name: 'help' }],
    [['-v'], { name: 'version' }],
  ])('reads %j', (args, command) => {
    expect(parseCommandLine(args)).toEqual(command);
  });

  it.each([
    [['--confg', 'x'], "Unknown option '--confg'"],
    [['--demo=yes'], "Option '--demo' does not take an argument"],
    [['serve'], 'There is no command "serve".'],
    [['check-config'], 'check-config takes one file.'],
    [['check-config', 'a', 'b'], 'check-config takes one file.'],
    [['backup'], 'backup takes one file: flux backup FILE.'],
    [['restore', 'a', 'b'], 'restore takes one file: flux restore FILE.'],
    [['audit'], 'The audit log can be verified: flux audit verify [HASH].'],
    [['print-config', 'a'], 'print-config takes nothing more, not "a".'],
    [['check-config', 'a', '--demo'], '--config and --demo are for starting, not for "check-config".'],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
