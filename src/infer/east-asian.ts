/**
 * Which encoding of East Asia a text is in: the bytes of several may be letters in others too, but a text mostly has the
 * letters that its country uses every day, and those stand together in its own encoding.
 */
import { isTextIn, type SeveralBytes } from "../decode/encoding.ts";

interface Script {
  readonly encoding: SeveralBytes;
  /** First bytes of the letters and signs in everyday use, both inclusive. */
  readonly leads: readonly (readonly [first: number, last: number])[];
  /** From here on second bytes lie; below 80 they are ASCII. */
  readonly trails: number;
  /** First bytes of letters without which no text gets along. */
  readonly needed?: readonly [first: number, last: number];
}

/**
 * Those with the fewest such letters first: what fits into few is no accident. KS X 1001 (2350 syllables), JIS X 0208 (kana
 * and level 1, 3134), GB 2312 (level 1, 3755), Big5 (level 1, 5401); signs stand before them. The levels of JIS X 0208 and
 * GB 2312 are much the same bytes, so that kana must tell Japanese from Chinese.
 */
const SCRIPTS: readonly Script[] = [
  {
    encoding: "euc-kr",
    leads: [
      [0xa1, 0xa3],
      [0xb0, 0xc8],
    ],
    trails: 0xa1,
  },
  {
    encoding: "euc-jp",
    leads: [
      [0xa1, 0xa5],
      [0xb0, 0xcf],
    ],
    trails: 0xa1,
    needed: [0xa4, 0xa5],
  },
  {
    encoding: "shift_jis",
    leads: [
      [0x81, 0x83],
      [0x88, 0x98],
    ],
    trails: 0x40,
  },
  {
    encoding: "gb18030",
    leads: [
      [0xa1, 0xa3],
      [0xb0, 0xd7],
    ],
    trails: 0xa1,
  },
  { encoding: "big5", leads: [[0xa1, 0xc6]], trails: 0x40 },
];

/** So many of a text's letters are in everyday use; names of places have others too. */
const MOSTLY = 0.9;
/** So many are needed ones. */
const NEEDED = 0.05;
/** So many stand alone between ASCII at most: in the languages of Europe most do. */
const ALONE = 0.5;

/** The encoding that these bytes most likely are in, if it is one of East Asia. */
export function eastAsian(bytes: Buffer): SeveralBytes | undefined {
  return SCRIPTS.find((script) => isWrittenIn(bytes, script) && isTextIn(bytes, script.encoding))?.encoding;
}

function isWrittenIn(bytes: Buffer, { leads, trails, needed = [0, 0xff] }: Script): boolean {
  let letters = 0;
  let usual = 0;
  let alone = 0;
  let necessary = 0;
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) continue;
    const before = bytes[at - 1] ?? 0;
    const trail = bytes[++at] ?? 0;
    letters++;
    if (before < 0x80 && trail < 0x80 && (bytes[at + 1] ?? 0) < 0x80) alone++;
    if (isWithin(lead, needed)) necessary++;
    if (trail >= trails && leads.some((range) => isWithin(lead, range))) usual++;
  }
  if (letters === 0 || necessary < letters * NEEDED) return false;
  return usual >= letters * MOSTLY && alone <= letters * ALONE;
}

function isWithin(byte: number, [first, last]: readonly [number, number]): boolean {
  return byte >= first && byte <= last;
}
