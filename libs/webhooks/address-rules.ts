import { BlockList, isIP } from 'node:net';

/** IPv4 networks that aren't the public internet's hosts, by IANA's registry of special-purpose addresses. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/** Of IPv6 only this is given out to hosts: `::1`, `::10.0.0.1`, `::ffff:10.0.0.1`, `64:ff9b::a00:1`, `fc00::1`, `fe80::1` and `fec0::1` lie outside. */
const GLOBAL_V6 = ['2000::/3'];
/** And within it these are special: protocol assignments (Teredo, ORCHID), documentation, 6to4, AS112. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const SPECIAL = blockList([...SPECIAL_V4, ...SPECIAL_V6]);
const GLOBAL = blockList(GLOBAL_V6);

/** Whether an IP address is one of a host on the public internet, and so may be sent to. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !SPECIAL.check(address, 'ipv4');
    case 6:
      // An address with a zone (fe80::1%eth0) is one of this machine's own networks.
      return !address.includes('%') && GLOBAL.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6');
    default:
      return false;
  }
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
