/**
 * Which network addresses a definition may reach.
 *
 * Owns: the ranges that are never reached, and the exceptions that whoever runs Throughline makes.
 *
 * 1. An address is refused unless it is known to be public: ranges unknown to the library count as
 *    private, and so does everything outside 2000::/3.
 * 2. A form that carries an IPv4 address inside an IPv6 one (mapped, NAT64, 6to4, Teredo, compatible)
 *    is either unwrapped or refused.
 * 3. Exceptions come from the configuration of the process alone, never from a definition.
 */
import ipaddr from 'ipaddr.js';

export interface AddressPolicy {
  /** Whether a host may have any address and port, because it is listed by name. */
  trustsHost(host: string, port: number): boolean;
  /** Whether a connection to this address may be made. */
  permits(address: string, port: number): boolean;
}

const PUBLIC_PORTS: readonly number[] = [80, 443, 8080, 8443];

/** Public by number, yet answered by the host itself: the agent of Azure's virtual machines. */
const HOST_SERVICES = ['168.63.129.16'];

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

type Block = ReturnType<typeof ipaddr.parseCIDR>;
type Address = ReturnType<typeof ipaddr.process>;

interface NamedHost {
  /** A leading dot means every host below. */
  readonly name: string;
  readonly port: number | null;
}

/**
 * `allow` lists exceptions: a host (`hooks.internal`, `localhost:3000`), all hosts below a domain
 * (`*.internal`), an address or a block (`10.1.0.0/16`). Throws on an entry that is none of these.
 */
export function createAddressPolicy(allow: readonly string[] = []): AddressPolicy {
  const blocks: Block[] = [];
  const hosts: NamedHost[] = [];
  for (const entry of allow) {
    const block = blockOf(entry.trim());
    if (block === null) hosts.push(hostOf(entry.trim()));
    else blocks.push(block);
  }
  const listed = (address: Address) => blocks.some((block) => within(address, block));
  return {
    trustsHost: (host, port) => hosts.some((entry) => covers(entry, host.toLowerCase(), port)),
    permits: (text, port) => {
      const address = parsed(text);
      if (address === null) return false;
      return listed(address) || (isPublic(address) && PUBLIC_PORTS.includes(port));
    },
  };
}

/** Whether a host is an address and no name; brackets of IPv6 are no part of it. */
export function isAddressLiteral(host: string): boolean {
  return ipaddr.isValid(host);
}

function parsed(text: string): Address | null {
  // A zone (fe80::1%eth0) names an interface of this machine.
  return text.includes('%') || !ipaddr.isValid(text) ? null : ipaddr.process(text);
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || HOST_SERVICES.includes(address.toString())) return false;
  return address.kind() === 'ipv4' || within(address, GLOBAL_UNICAST);
}

function within(address: Address, [network, bits]: Block): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

function blockOf(entry: string): Block | null {
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
  const address = parsed(entry.replace(/^\[(.*)\]$/, '$1'));
  return address === null ? null : [address, address.kind() === 'ipv4' ? 32 : 128];
}

const HOST = /^(?<name>(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::(?<port>\d{1,5}))?$/i;

function hostOf(entry: string): NamedHost {
  const { name, port } = HOST.exec(entry)?.groups ?? {};
  if (name === undefined) {
    throw new Error(
      `"${entry}" cannot be allowed: write a host (hooks.internal, localhost:3000, *.internal), an address or a block (10.1.0.0/16).`,
    );
  }
  return {
    name: name.toLowerCase().replace(/^\*/, ''),
    port: port === undefined ? null : Number(port),
  };
}

function covers({ name, port }: NamedHost, host: string, asked: number): boolean {
  if (port !== null && port !== asked) return false;
  return name.startsWith('.') ? host.endsWith(name) : host === name;
}
