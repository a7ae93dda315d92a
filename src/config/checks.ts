/** What must hold before a load is merged. */
import * as z from "zod";

const share = z.number().min(0).max(1);

export const checks = z
  .strictObject({
    required: z
      .array(z.string())
      .default([])
      .describe("Fields that must not be empty; a record that lacks one is rejected.")
      .meta({ examples: [["station_id", "date", "value"]] }),
    rejects: z
      .strictObject({
        share: share
          .default(0.01)
          .describe("Greatest share of rejected records; in wide layouts also of rejected cells."),
        count: z.int().min(0).optional().describe("Greatest number of rejected records."),
      })
      .prefault({})
      .describe("How many records may be rejected."),
    out_of_range: z
      .strictObject({
        share: share.default(0).describe("Greatest share of unflagged values outside their KPI's range."),
      })
      .prefault({})
      .describe("How many values may lie outside the range of their KPI."),
    coverage: z
      .strictObject({
        newest: z.boolean().default(true).describe("Hold a version back whose newest date moves back."),
        month_loss: share
          .default(0.05)
          .describe(
            "Hold a version back in which a month loses more than this share of its rows, or a station file of its stations.",
          ),
      })
      .prefault({})
      .describe("Against the slice's former version; a month that vanishes always holds a version back."),
    expectations: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe("What the answer is called in the ledger."),
          sql: z
            .string()
            .min(1)
            .describe("A query for one value; {rows} stands for the staged rows under their readable names.")
            .meta({
              examples: ["select count(*) from {rows} r where common_kpi_name = 'PRCP' and data_value < 0"],
            }),
          expect: z
            .union([z.string(), z.number(), z.boolean(), z.null()])
            .describe("The answer that must come."),
        }),
      )
      .default([])
      .describe("Questions of your own, asked of the staged rows before merging, and their answers."),
  })
  .describe("What must hold before a load is merged; otherwise it is quarantined.")
  .meta({ id: "checks" });

export type Checks = z.output<typeof checks>;
