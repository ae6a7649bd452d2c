/** Sixteen bytes of IPv6, where IPv4 lies at `::ffff:0:0/96`. */
interface Address {
  readonly bytes: readonly number[];
  readonly four: boolean;
}

/**
 * Whether an address lies in a block or is it; `undefined` when either is not written as one,
 * `embedded` when the block is IPv4 and the address carries IPv4 in another way than mapped.
 */
export function isInBlock(address: string, block: string): boolean | "embedded" | undefined {
  const own = read(address);
  const [baseText = "", ...lengths] = block.split("/");
  const base = read(baseText);
  if (own === undefined || base === undefined || lengths.length > 1) return undefined;
  const width = base.four ? 32 : 128;
  const [lengthText = String(width)] = lengths;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(lengthText) || Number(lengthText) > width) return undefined;
  const bits = Number(lengthText) + 128 - width;
  // `::/0` names IPv6 addresses; an IPv4 one is inside only where IPv4 is mapped.
  if (own.four && !base.four && bits < 96) return false;
  if (base.four && !own.four && carriesFour(own.bytes)) return "embedded";
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    const difference = (own.bytes[bit / 8] ?? 0) ^ (base.bytes[bit / 8] ?? 0);
    if ((difference & mask) !== 0) return false;
  }
  return true;
}

/** Leading bytes below which IPv6 addresses carry IPv4 ones: NAT64 twice, Teredo and 6to4. */
const carrying: readonly (readonly number[])[] = [
  [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0],
  [0, 0x64, 0xff, 0x9b, 0, 1],
  [0x20, 0x01, 0, 0],
  [0x20, 0x02],
  // Compatible, and translated (RFC 4291, section 2.5.5.1; RFC 2765).
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0],
];

function carriesFour(bytes: readonly number[]): boolean {
  // `::` and `::1` are addresses of their own.
  const last = bytes[15] ?? 0;
  if (last <= 1 && bytes.slice(0, 15).every((byte) => byte === 0)) return false;
  // ISATAP carries it below any prefix (RFC 5214).
  const head = bytes.slice(8, 12).join(".");
  if (head === "0.0.94.254" || head === "2.0.94.254") return true;
  return carrying.some((prefix) => prefix.every((byte, index) => bytes[index] === byte));
}

/** Whether a text is an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return read(text) !== undefined;
}

function read(text: string): Address | undefined {
  if (!text.includes(":")) {
    const four = readFour(text);
    if (four === undefined) return undefined;
    return { bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...four], four: true };
  }
  const sides = text.split("::");
  if (sides.length > 2) return undefined;
  const groups = sides.map((side, index) => readGroups(side, index === sides.length - 1));
  const [head, tail] = groups;
  if (head === undefined) return undefined;
  if (sides.length === 1) return head.length === 16 ? { bytes: head, four: false } : undefined;
  if (tail === undefined || head.length + tail.length > 14) return undefined;
  const gap = Array.from({ length: 16 - head.length - tail.length }, () => 0);
  return { bytes: [...head, ...gap, ...tail], four: false };
}

function readFour(text: string): readonly number[] | undefined {
  const parts = text.split(".");
  const valid = parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return parts.length === 4 && valid ? parts.map(Number) : undefined;
}

/** The bytes of one side of `::`; its last group may be IPv4 at the end of the address. */
function readGroups(side: string, last: boolean): readonly number[] | undefined {
  if (side === "") return [];
  const bytes: number[] = [];
  const parts = side.split(":");
  for (const [index, part] of parts.entries()) {
    const four = part.includes(".");
    if (four) {
      const read = last && index === parts.length - 1 ? readFour(part) : undefined;
      if (read === undefined) return undefined;
      bytes.push(...read);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      const group = Number.parseInt(part, 16);
      bytes.push(group >> 8, group & 0xff);
    }
  }
  return bytes;
}
