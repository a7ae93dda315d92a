/** The parts of unbzip2-stream that its stream is made of, which its types do not mention. */

declare module "unbzip2-stream/lib/bit_iterator.js" {
  /** Reads n bits; null: skips to the next whole byte. */
  interface Bits {
    (n: number | null): number;
    /** Bytes begun so far. */
    readonly bytesRead: number;
  }
  /** `next` gives the bytes to go on with; it is called once at the beginning, and whenever they are used up. */
  export default function bitIterator(next: () => Uint8Array): Bits;
}

declare module "unbzip2-stream/lib/bzip2.js" {
  import type bitIterator from "unbzip2-stream/lib/bit_iterator.js";

  type Bits = ReturnType<typeof bitIterator>;
  const bzip2: {
    /** Reads a stream's header and returns the size of its blocks in units of 100,000 bytes. Throws for what is none. */
    header(bits: Bits): number;
    /**
     * Decompresses a block, byte by byte, into `push`, and returns the stream's checksum so far; null after the stream's
     * end, which it reads in place of a block. Throws for what is damaged, a wrong checksum included.
     * @param work Room for `size` numbers.
     */
    decompress(
      bits: Bits,
      push: (byte: number) => void,
      work: Int32Array,
      size: number,
      sum: number,
    ): number | null;
  };
  export default bzip2;
}
