/** Numbers of bytes as people write them: `64 MiB`, `500 kB`, `4096`. */
import * as z from "zod";

const BYTES = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
} as const;

const PATTERN = /^(\d+) ?(B|kB|KiB|MB|MiB|GB|GiB)?$/;

function parseSize(text: string): number {
  const [, digits, unit] = PATTERN.exec(text) ?? [];
  return Number(digits) * BYTES[(unit ?? "B") as keyof typeof BYTES];
}

const isSize = (bytes: number): boolean => Number.isSafeInteger(bytes) && bytes > 0;

/** A size as text; output: bytes. */
export const sizeText = z
  .string()
  .regex(PATTERN, { message: "expected a size such as 64 MiB", abort: true })
  .refine((text) => isSize(parseSize(text)), "expected at least one byte and less than 8 PiB")
  .transform(parseSize);

/** Output: bytes. */
export const size = z
  .union([z.int().positive(), sizeText])
  .describe("A number of bytes, with or without a unit.")
  .meta({ examples: ["64 MiB"] });
