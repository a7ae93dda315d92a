/** Who the data are from, and what may be done with them. */
import * as z from "zod";

export const provider = z
  .strictObject({
    name: z.string().min(1).describe("The provider, by its full name."),
    url: z
      .url({ protocol: /^https?$/, message: "expected an http or https URL" })
      .describe("Where the data are described."),
    licence: z
      .string()
      .min(1)
      .describe("The licence, by its usual name.")
      .meta({ examples: ["CC BY 4.0"] }),
    attribution: z
      .string()
      .min(1)
      .describe("What the licence, or good manners, ask to be named wherever the data are shown."),
  })
  .describe("Who the data are from; shown in production.d_sources.")
  .meta({ id: "provider" });

export type Provider = z.output<typeof provider>;
