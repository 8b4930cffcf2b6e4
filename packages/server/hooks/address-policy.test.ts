import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressPolicy, isNetwork } from './address-policy.ts';

const SEED = { seed: 41 };

function lookUp(policy: AddressPolicy, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    policy.lookup(name, { all: false }, (error, address) =>
      error ? reject(error) : resolve(String(address)),
    );
  });
}

describe('AddressPolicy', () => {
  const policy = new AddressPolicy([]);

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:1::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    'not an address',
    '',
  ])('forbids %s', address => {
    expect(policy.isAllowed(address)).toBe(false);
  });

  it.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700::1111', '2a00:1450::1'])(
    'allows %s',
    address => {
      expect(policy.isAllowed(address)).toBe(true);
    },
  );

  it('forbids every address of the private networks, as themselves and mapped into IPv6', () => {
    const inner = fc.nat({ max: 255 });
    fc.assert(
      fc.property(fc.constantFrom('10', '127', '0'), inner, inner, inner, (first, ...rest) => {
        const address = [first, ...rest].join('.');
        expect(policy.isAllowed(address)).toBe(false);
        expect(policy.isAllowed(`::ffff:${address}`)).toBe(false);
      }),
      SEED,
    );
  });

  it('allows networks that are named, and no others', () => {
    const home = new AddressPolicy(['192.168.7.0/24', 'fd00:7::/32']);
    expect(
      ['192.168.7.9', '::ffff:192.168.7.9', 'fd00:7::1'].map(address => home.isAllowed(address)),
    ).toEqual([true, true, true]);
    expect(['192.168.8.9', 'fd00:8::1', '127.0.0.1'].map(address => home.isAllowed(address))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[::]:8080/',
    'http://0/',
    'http://169.254.169.254/latest/meta-data/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'http://user:secret@example.com/',
    'nonsense',
    '',
  ])('takes no hook at %s', url => {
    expect(() => policy.check(url)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }));
  });

  it('takes addresses of the public Internet, and names, which are looked at when they are resolved', async () => {
    expect(policy.check('https://hooks.example.com/x?y=1').hostname).toBe('hooks.example.com');
    expect(policy.check('http://8.8.8.8:9000/').port).toBe('9000');
    policy.check('http://localhost/');
    await expect(lookUp(policy, 'localhost')).rejects.toMatchObject({ code: 'URL_INVALID' });
    expect(['127.0.0.1', '::1']).toContain(
      await lookUp(new AddressPolicy(['127.0.0.0/8', '::1/128']), 'localhost'),
    );
  });

  it.each([
    ['10.0.0.0/8', true],
    ['fd00::/8', true],
    ['10.0.0.0/33', false],
    ['fd00::/129', false],
    ['10.0.0.0', false],
    ['10.0.0/8', false],
    ['x/8', false],
  ])('knows whether %s is a network', (text, expected) => {
    expect(isNetwork(text)).toBe(expected);
  });
});
