/**
 * Imports point one way: main → cli → {daemon, dry-run, infer} → load → {discover, s3, decode, normalise, postgres} →
 * {config, errors}. Types that several of them speak of may be imported from where they are defined.
 */
const type = { dependencyTypesNot: ["type-only"] };
const parts = "^src/(discover|s3|decode|normalise|postgres)/";

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true, viaOnly: type } },
    {
      name: "foundations-import-nothing-above",
      severity: "error",
      from: { path: "^src/(config/|errors\\.ts)" },
      to: { path: "^src/", pathNot: "^src/(config/|errors\\.ts)", ...type },
    },
    {
      name: "parts-import-foundations-only",
      severity: "error",
      from: { path: parts },
      to: { path: "^src/", pathNot: ["^src/(config/|errors\\.ts|decode/batch\\.ts|observe/events\\.ts)", "^src/$1/"], ...type },
    },
    {
      name: "load-imports-no-daemon",
      severity: "error",
      from: { path: "^src/load(\\.ts|/)" },
      to: { path: "^src/(daemon|cli|demo)/|^src/main\\.ts", ...type },
    },
    { name: "daemon-imports-no-cli", severity: "error", from: { path: "^src/daemon/" }, to: { path: "^src/(cli|demo)/|^src/main\\.ts", ...type } },
    {
      name: "dry-runs-need-no-database",
      severity: "error",
      from: { path: "^src/(dry-run|infer)/" },
      to: { path: "^src/(postgres|daemon|cli|demo)/|^src/main\\.ts", ...type },
    },
    { name: "only-postgres-imports-pg", severity: "error", from: { path: "^src/", pathNot: "^src/postgres/" }, to: { path: "node_modules/(pg|pg-copy-streams)/" } },
    { name: "only-s3-imports-the-sdk", severity: "error", from: { path: "^src/", pathNot: "^src/s3/" }, to: { path: "node_modules/@(aws-sdk|smithy)/" } },
    { name: "no-orphans", severity: "error", from: { orphan: true, path: "^src/", pathNot: "\\.d\\.ts$" }, to: {} },
    { name: "no-dev-dependencies-in-src", severity: "error", from: { path: "^src/" }, to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"], extensions: [".ts", ".js"] },
  },
};
