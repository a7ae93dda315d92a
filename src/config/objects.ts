/** Where a pipeline's objects are, and how they become loads. */
import * as z from "zod";
import { size } from "./size.ts";

function isCalendarDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { message: "expected a date as YYYY-MM-DD", abort: true })
  .refine(isCalendarDate, "there is no such day in the calendar")
  .describe("A calendar date.")
  .meta({ examples: ["2020-01-01"] });

/** Names of buckets as S3 has ever allowed them. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

export const objects = z
  .strictObject({
    bucket: z
      .string()
      .regex(BUCKET, "expected a bucket's name, without s3:// and without a key")
      .describe("The bucket.")
      .meta({ examples: ["noaa-ghcn-pds"] }),
    region: z
      .string()
      .min(1)
      .optional()
      .describe("The bucket's region; otherwise AWS_REGION, AWS_DEFAULT_REGION or us-east-1.")
      .meta({ examples: ["us-east-1"] }),
    endpoint: z
      .url({ protocol: /^https?$/, message: "expected an http or https URL" })
      .refine((url) => !/^https?:\/\/[^/]*@/i.test(url), "credentials do not belong into a pipeline file")
      .optional()
      .describe("An S3 endpoint of its own; otherwise AWS_ENDPOINT_URL_S3 or AWS."),
    key: z
      .string()
      .min(1)
      .describe(
        "Template of the keys. {name} stands for any text without `/`, {name:yyyy}, {name:MM}, {name:yyyyMMdd}, … for a date; [text] may be absent.",
      )
      .meta({ examples: ["csv.gz/by_year/{year:yyyy}.csv.gz"] }),
    values: z
      .record(z.string(), z.array(z.union([z.string().min(1), z.int().transform(String)])).min(1))
      .default({})
      .describe("The values of a variable that are wanted; each is listed on its own.")
      .meta({ examples: [{ location: [2178, 8118] }] }),
    from: date
      .optional()
      .describe(
        "Where history starts: objects whose key lies before this date are left alone unless `--from` asks for them.",
      ),
    change: z
      .enum(["content", "etag"])
      .default("etag")
      .describe(
        "What makes an object new: another etag, or another content (gzip trailer: CRC-32 and length).",
      ),
    together: z
      .strictObject({
        objects: z.int().positive().max(10_000).default(500).describe("Objects of one load, at most."),
        bytes: size.prefault("32 MiB").describe("Stored bytes of all objects of one load."),
      })
      .optional()
      .describe(
        "Small objects share a load up to these limits; each is verified before any of it is passed on.",
      ),
  })
  .describe("Where the objects are and which ones belong to the pipeline.");
